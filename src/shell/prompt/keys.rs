//! Every key, before the line editor sees it.

use std::sync::{Mutex, PoisonError};

use rustix::process::{Signal, kill_current_process_group};
use rustix::termios::SpecialCodeIndex;
use rustyline::{
    Cmd, ConditionalEventHandler, EditMode, Event, EventContext, InputMode, KeyCode, KeyEvent,
    Modifiers, Movement, RepeatCount,
};

use super::super::job_control::JobControl;
use super::columns::Window;
use super::editor_key::EditorKey;
use super::fitting::{Fitting, Halves};
use super::folds::Folds;
use super::line_state::{LineState, MenuState, Purpose, Wish};
use super::paste::Paste;
use super::shown_line::write;
use super::tail::{Tail, Verdict};
use super::terminal_guard::{DEFAULT_SHAPE, TerminalGuard};
use super::vi_cursor;

/// Handles all keys: nothing but sequences of keys is bound beside it, or pastes
/// would get there.
pub(super) struct KeyHandler {
    state: LineState,
    folds: Folds,
    jobs: JobControl,
    /// The keys that interrupt a program, stop it, and end it for debugging.
    interrupt: Option<KeyEvent>,
    suspend: Option<KeyEvent>,
    quit: Option<KeyEvent>,
    editor: EditorKey,
    tail: Mutex<Tail>,
}

impl KeyHandler {
    pub(super) fn new(editor: EditorKey, terminal: &TerminalGuard) -> Self {
        let (state, folds) = (editor.state.clone(), editor.folds.clone());
        let modes = terminal.modes();
        let key = |index| {
            let code = modes.key(index)?;
            Some(KeyEvent::new(char::from(code), Modifiers::NONE))
        };
        Self {
            state,
            folds,
            jobs: terminal.jobs(),
            interrupt: key(SpecialCodeIndex::VINTR),
            suspend: key(SpecialCodeIndex::VSUSP),
            quit: key(SpecialCodeIndex::VQUIT),
            editor,
            tail: Mutex::default(),
        }
    }

    /// What a key does that is not the editor's own; none if it is.
    fn press(&self, key: KeyEvent, context: &EventContext) -> Option<Cmd> {
        {
            let mut state = self.state.lock();
            // One that a search has left over.
            state.wish = None;
            state.notice = None;
            state.after_editor = None;
        }
        if self.suspend == Some(key) {
            self.stop(context);
            return Some(Cmd::Repaint);
        }
        if self.quit == Some(key) {
            let _ = kill_current_process_group(Signal::QUIT);
            return Some(Cmd::Noop);
        }
        let is_escape = matches!(key.0, KeyCode::Esc) || key == KeyEvent::ctrl('G');
        let is_answer = self.state.lock().purpose == Purpose::Answer;
        if self.interrupt == Some(key) || key == KeyEvent::ctrl('C') || is_escape && is_answer {
            // By default the editor returns an error and drops what was typed ahead.
            self.state.lock().cancelled = Some(context.line().to_owned());
            return Some(Cmd::AcceptLine);
        }
        match key {
            KeyEvent(KeyCode::Char('J'), Modifiers::CTRL)
            | KeyEvent(KeyCode::Enter, Modifiers::ALT) => Some(self.inserted("\n", context)),
            KeyEvent(KeyCode::Char(c), Modifiers::NONE) if is_inserting(context) => {
                self.typed(c.encode_utf8(&mut [0; 4]), context)
            }
            // Somebody has pressed Esc while a reply came, and typed a command behind it.
            KeyEvent(KeyCode::Char('/'), Modifiers::ALT) if context.mode() == EditMode::Emacs => {
                Some(self.inserted("/", context))
            }
            KeyEvent(KeyCode::Char('O'), Modifiers::CTRL) => Some(self.editor.open(context)),
            KeyEvent(KeyCode::Char('v'), Modifiers::NONE) if is_commanded(context) => {
                Some(self.editor.open(context))
            }
            _ if self.state.lock().is_searching => searched(key),
            KeyEvent(KeyCode::Enter, _) => self.walked(key, context),
            // It is folded first, and the key has to be pressed again.
            _ if self.fitting().is_broken(context.line()) => {
                let (before, after) = context.line().split_at(context.pos());
                let halves = self.fitting().fitted(before, after)?;
                Some(self.wish_halves(halves))
            }
            _ => self
                .moved(key, context)
                .or_else(|| self.walked(key, context)),
        }
    }

    /// Stops the program. When it goes on, the line is drawn in rows of its own.
    fn stop(&self, context: &EventContext) {
        let (cursor, end) = {
            let state = self.state.lock();
            (state.cursor, state.end)
        };
        let shape = vi_cursor::shape_of(context);
        if shape.is_some() {
            self.editor.terminal.shape_cursor(DEFAULT_SHAPE);
        }
        write(&"\n".repeat(end.row - cursor.row));
        self.jobs.stop();
        if let Some(shape) = shape {
            self.editor.terminal.shape_cursor(shape);
        }
        write(&self.state.fresh_rows());
    }

    /// Keys that go through the past and through completions.
    fn walked(&self, key: KeyEvent, context: &EventContext) -> Option<Cmd> {
        let menu = self.state.lock().menu;
        let (before, after) = context.line().split_at(context.pos());
        let is_commanded = is_commanded(context);
        let wish = match (key.0, key.1, menu) {
            (KeyCode::Tab, Modifiers::NONE, _) if !is_commanded => Wish::Next,
            (KeyCode::BackTab, _, _) if !is_commanded => Wish::Previous,
            (KeyCode::Down, Modifiers::NONE, MenuState::Open | MenuState::Chosen) => Wish::Next,
            (KeyCode::Up, Modifiers::NONE, MenuState::Open | MenuState::Chosen) => Wish::Previous,
            (KeyCode::Enter, Modifiers::NONE, MenuState::Chosen) => Wish::Take,
            (KeyCode::Esc, Modifiers::NONE, MenuState::Open | MenuState::Chosen)
            | (KeyCode::Char('G'), Modifiers::CTRL, MenuState::Open | MenuState::Chosen) => {
                Wish::Restore
            }
            // Within several lines these keys go from one to the other.
            (KeyCode::Up, Modifiers::NONE, _) if !before.contains('\n') => Wish::Older,
            (KeyCode::Down, Modifiers::NONE, _) if !after.contains('\n') => Wish::Newer,
            (KeyCode::Char('k' | '-'), Modifiers::NONE, _)
                if is_commanded && !before.contains('\n') =>
            {
                Wish::Older
            }
            (KeyCode::Char('j' | '+'), Modifiers::NONE, _)
                if is_commanded && !after.contains('\n') =>
            {
                Wish::Newer
            }
            (KeyCode::Char('P'), Modifiers::CTRL, _) => Wish::Older,
            (KeyCode::Char('N'), Modifiers::CTRL, _) => Wish::Newer,
            (KeyCode::Char('R'), Modifiers::CTRL, _) => {
                self.state.lock().is_searching = true;
                return None;
            }
            _ => return None,
        };
        Some(self.wish(wish))
    }

    /// Keys that go on to the right take what is suggested there.
    fn moved(&self, key: KeyEvent, context: &EventContext) -> Option<Cmd> {
        let suggested = context.hint_text()?;
        if context.pos() < context.line().len() || is_commanded(context) {
            return None;
        }
        let command = match (key.0, key.1) {
            (KeyCode::Right | KeyCode::End, Modifiers::NONE)
            | (KeyCode::Char('E' | 'F'), Modifiers::CTRL) => Cmd::CompleteHint,
            (KeyCode::Right, Modifiers::CTRL) | (KeyCode::Char('f' | 'F'), Modifiers::ALT) => {
                let word = suggested.trim_start();
                let begin = suggested.len() - word.len();
                let end = word.find(char::is_whitespace).unwrap_or(word.len());
                Cmd::Insert(1, suggested[..begin + end].to_owned())
            }
            _ => return None,
        };
        // What nobody sees is shown before it is taken.
        let is_seen = self.state.lock().has_suggestion;
        Some(if is_seen { command } else { Cmd::Repaint })
    }

    /// Puts a text into the line that its key would not: for a new line the editor's own
    /// command draws the line twice.
    fn inserted(&self, text: &str, context: &EventContext) -> Cmd {
        let inserted = || Cmd::Insert(1, text.to_owned());
        self.typed(text, context).unwrap_or_else(inserted)
    }

    /// A character is typed: if the line would be too tall with it, what stands
    /// before the word is folded.
    fn typed(&self, text: &str, context: &EventContext) -> Option<Cmd> {
        if self.state.lock().is_searching {
            return None;
        }
        let (before, after) = context.line().split_at(context.pos());
        let halves = (self.fitting()).fitted(&format!("{before}{text}"), after)?;
        Some(self.wish_halves(halves))
    }

    /// Takes the keys of a paste; none if there is none.
    fn pasted(&self, key: KeyEvent, context: &EventContext) -> Option<Cmd> {
        let mut state = self.state.lock();
        match (key.0, &mut state.paste) {
            (KeyCode::BracketedPasteEnd, Some(_)) => {
                let paste = state.paste.take()?;
                state.has_lost |= paste.has_lost();
                drop(state);
                let text = paste.into_text();
                Some(self.insert(&text, context))
            }
            (KeyCode::BracketedPasteStart, paste @ None) => {
                // There the editor takes digits for counts before it asks.
                if is_commanded(context) {
                    return None;
                }
                *paste = Some(Paste::into_line(context.line(), context.pos()));
                Some(Cmd::Noop)
            }
            (_, Some(paste)) => {
                paste.add(key);
                Some(Cmd::Noop)
            }
            (_, None) => None,
        }
    }

    fn insert(&self, text: &str, context: &EventContext) -> Cmd {
        let (before, after) = context.line().split_at(context.pos());
        match self.fitting().pasted(before, text, after) {
            Ok(inserted) => Cmd::Insert(1, inserted),
            Err(halves) => self.wish_halves(halves),
        }
    }

    fn wish_halves(&self, Halves(before, after): Halves) -> Cmd {
        let at = before.len();
        self.wish(Wish::Set(before + &after, at))
    }

    /// Has the helper do something with the line: this command calls it.
    fn wish(&self, wish: Wish) -> Cmd {
        self.state.lock().wish = Some(wish);
        Cmd::Complete
    }

    fn fitting(&self) -> Fitting<'_> {
        Fitting {
            folds: &self.folds,
            window: Window::now(),
            from: self.state.lock().begin,
        }
    }

    fn judge(&self, key: KeyEvent) -> Verdict {
        let mut tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
        tail.judge(key)
    }
}

impl ConditionalEventHandler for KeyHandler {
    fn handle(
        &self,
        event: &Event,
        _: RepeatCount,
        _: bool,
        context: &EventContext,
    ) -> Option<Cmd> {
        let key = *event.get(0)?;
        if let Some(command) = self.pasted(key, context) {
            return Some(command);
        }
        match self.judge(key) {
            Verdict::Key => {
                let command = self.press(key, context);
                if command.is_none()
                    && let Some(shape) = vi_cursor::shape(key, context)
                {
                    self.editor.terminal.shape_cursor(shape);
                }
                command
            }
            Verdict::Swallow => Some(Cmd::Noop),
            Verdict::Newline => Some(self.inserted("\n", context)),
            Verdict::Text(text) => Some(self.insert(&text, context)),
        }
    }
}

/// A search ends with what was found in the line at keys that it does not know.
fn searched(key: KeyEvent) -> Option<Cmd> {
    match (key.0, key.1) {
        (KeyCode::Tab | KeyCode::BackTab | KeyCode::Up | KeyCode::Down, _)
        | (KeyCode::Char('P' | 'N'), Modifiers::CTRL) => Some(Cmd::Move(Movement::EndOfLine)),
        _ => None,
    }
}

/// Whether keys are commands, as vi has them.
fn is_commanded(context: &EventContext) -> bool {
    context.mode() == EditMode::Vi && context.input_mode() == InputMode::Command
}

/// Whether characters are typed into the line.
fn is_inserting(context: &EventContext) -> bool {
    context.mode() == EditMode::Emacs || context.input_mode() == InputMode::Insert
}
