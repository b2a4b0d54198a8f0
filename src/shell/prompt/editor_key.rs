//! The key that opens the line in the person's own editor.

use rustyline::{Cmd, ConditionalEventHandler, Event, EventContext, Movement, RepeatCount};

use super::columns::Window;
use super::external_editor::{During, Edited, edited};
use super::fitting::Fitting;
use super::folds::Folds;
use super::line_state::{LineState, Wish};
use super::shown_line::{ERASE, up, write};
use super::terminal_guard::TerminalModes;
use super::vi_cursor;

/// The notice when an editor ended with an error.
const NOTHING: &str = "the editor left nothing; the line is as it was";

/// Opens the line in an editor, and takes what that leaves: nothing is sent.
#[derive(Clone)]
pub(super) struct EditorKey {
    pub(super) state: LineState,
    pub(super) folds: Folds,
    pub(super) terminal: TerminalModes,
}

impl EditorKey {
    /// Runs the editor in the place of the line.
    pub(super) fn open(&self, context: &EventContext) -> Cmd {
        if self.state.lock().is_searching {
            return Cmd::Move(Movement::EndOfLine);
        }
        let text = self.folds.expand(context.line());
        let row = self.state.lock().cursor.row;
        write(&format!("\r{}{ERASE}", up(row)));
        let shape = vi_cursor::shape_of(context);
        let left = edited(&text, &self.terminal, During::Line);
        if let Some(shape) = shape {
            self.terminal.shape_cursor(shape);
        }
        write(&self.state.fresh_rows());
        let (line, notice) = match left {
            Ok(Edited::Text(left)) => (Some(left).filter(|left| *left != text), None),
            Ok(Edited::Nothing) => (None, Some(NOTHING.to_owned())),
            Err(trouble) => (None, Some(trouble.notice())),
        };
        let mut state = self.state.lock();
        state.notice = notice;
        let Some(left) = line else {
            state.after_editor = Some(context.line().to_owned());
            return Cmd::Repaint;
        };
        let fitting = Fitting {
            folds: &self.folds,
            window: Window::now(),
            from: state.begin,
        };
        let line = fitting.whole(&left);
        let end = line.len();
        state.after_editor = Some(line.clone());
        state.wish = Some(Wish::Set(line, end));
        Cmd::Complete
    }
}

impl ConditionalEventHandler for EditorKey {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext) -> Option<Cmd> {
        Some(self.open(context))
    }
}
