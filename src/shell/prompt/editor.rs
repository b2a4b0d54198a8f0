//! The line editor: rustyline with our keys, our history and our helper.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use rustix::process::{Signal, kill_current_process_group};
use rustix::termios::SpecialCodeIndex;
use rustyline::config::{BellStyle, Configurer};
use rustyline::error::ReadlineError;
use rustyline::{
    Cmd, ColorMode, CompletionType, ConditionalEventHandler, Config, EditMode, Editor, Event,
    EventContext, EventHandler, ExternalPrinter, KeyCode, KeyEvent, Modifiers, RepeatCount,
};

use super::super::cli::Keys;
use super::super::file_reader::FileReader;
use super::super::job_control::JobControl;
use super::super::prompt_text::PromptText;
use super::draft::Draft;
use super::line_helper::LineHelper;
use super::line_history::{LineHistory, as_typed};
use super::terminal_guard::TerminalGuard;
use super::waiting_terminal;
use crate::chat::Chat;
use crate::domain::UserName;
use crate::transcript::is_mark;

/// The outcome of asking for a line.
pub(super) enum Typed {
    /// A line, or several that were pasted or typed as one.
    Line(String),
    /// Ctrl-C.
    Cancelled {
        /// Nothing had been typed.
        was_empty: bool,
    },
    /// Bytes that are not UTF-8; the line is lost.
    NotUtf8,
    /// Ctrl-D on an empty line.
    End,
    /// The terminal is gone, or cannot be read.
    Lost(io::Error),
}

/// Reads lines from a person.
pub(super) struct LineEditor {
    editor: Editor<LineHelper, LineHistory>,
    /// The line at which Ctrl-C was pressed.
    cancelled: Cancelled,
    /// What is typed and not sent yet.
    draft: Draft,
}

impl LineEditor {
    /// An editor whose history and completions come from `chat`, and those of
    /// paths from `files`, and which keeps `draft` up to date.
    pub(super) fn new(
        chat: Rc<RefCell<Chat>>,
        files: FileReader,
        keys: Keys,
        draft: Draft,
        terminal: &TerminalGuard,
    ) -> io::Result<Self> {
        let config = Config::builder()
            .completion_type(CompletionType::List)
            .completion_show_all_if_ambiguous(true)
            // No question before long lists: Ctrl-C would not answer it.
            .completion_prompt_limit(usize::MAX)
            .auto_add_history(false)
            .bell_style(BellStyle::None)
            .edit_mode(match keys {
                Keys::Emacs => EditMode::Emacs,
                Keys::Vi => EditMode::Vi,
            })
            .build();
        let history = LineHistory::new(Rc::clone(&chat), draft.folder());
        let mut editor = Editor::with_history(config, history).map_err(io::Error::other)?;
        // Without its highlighter the editor would write what is typed and
        // pasted raw; the highlighter itself knows whether colours are wanted.
        editor.set_color_mode(ColorMode::Forced);
        editor.set_helper(Some(LineHelper::new(chat, files, draft.clone())));
        let cancelled = Cancelled::default();
        let cancel = Cancel(Arc::clone(&cancelled));
        editor.bind_sequence(
            KeyEvent::ctrl('C'),
            EventHandler::Conditional(Box::new(cancel)),
        );
        bind_signals(&mut editor, terminal);
        editor.bind_sequence(KeyEvent::ctrl('J'), Cmd::Newline);
        editor.bind_sequence(KeyEvent(KeyCode::Enter, Modifiers::ALT), Cmd::Newline);
        Ok(Self {
            editor,
            cancelled,
            draft,
        })
    }

    /// Asks `user` for a line, `in_block` for one that can only be text; the
    /// editor starts with `initial` in it.
    pub(super) fn read(
        &mut self,
        prompt: &PromptText,
        user: &UserName,
        in_block: bool,
        initial: &str,
    ) -> Typed {
        self.editor.history_mut().begin_line(user, in_block);
        if let Some(helper) = self.editor.helper_mut() {
            helper.begin_line(user, in_block);
        }
        self.draft.begin(user);
        // A program that ran meanwhile may have left it.
        waiting_terminal::wait();
        let prompt = (&prompt.bare, &prompt.shown);
        let read = self.editor.readline_with_initial(&prompt, (initial, ""));
        let cancelled = self.cancelled.lock().ok().and_then(|mut line| line.take());
        // A line that came has been sent, or was dropped on purpose; only one at
        // which the terminal hung up is still a draft.
        if matches!(read, Ok(_) | Err(ReadlineError::Interrupted)) {
            self.draft.set_line("");
        }
        match read {
            // Where Ctrl-C could not end the line, as in the middle of a list of
            // completions, what came is another line.
            Ok(text) if cancelled.is_some_and(|line| line == text) => Typed::Cancelled {
                was_empty: text.is_empty(),
            },
            Ok(text) => Typed::Line(text),
            Err(ReadlineError::Interrupted) => Typed::Cancelled { was_empty: false },
            Err(ReadlineError::Eof) => Typed::End,
            Err(ReadlineError::Io(error)) if error.kind() == io::ErrorKind::InvalidData => {
                Typed::NotUtf8
            }
            Err(ReadlineError::Io(error)) => Typed::Lost(error),
            Err(ReadlineError::Errno(error)) => Typed::Lost(error.into()),
            Err(error) => Typed::Lost(io::Error::other(error.to_string())),
        }
    }

    /// Adds a line, as it was typed, to the history of its user.
    pub(super) fn remember(&mut self, user: &UserName, text: &str) {
        self.editor.history_mut().remember(user, text);
    }

    /// Adds a message that was not typed as one line to the history of its user.
    pub(super) fn remember_message(&mut self, user: &UserName, text: &str) {
        if !is_mark(text) {
            self.remember(user, &as_typed(text));
        }
    }
}

/// Makes the keys that stop a program and end it for debugging do so here, too:
/// the editor would leave the terminal as the rest of the program needs it when
/// it stops, and take the other key for Ctrl-C.
fn bind_signals(editor: &mut Editor<LineHelper, LineHistory>, terminal: &TerminalGuard) {
    let jobs = terminal.jobs();
    // A terminal on which the editor draws nothing has no printer.
    if let Ok(mut printer) = editor.create_external_printer() {
        // The editor draws its line again below what it prints: a line up.
        jobs.redraw_by(move || {
            let _ = printer.print("\x1b[A".to_owned());
        });
    }
    let modes = terminal.modes();
    let mut bind = |index, signal: Box<dyn ConditionalEventHandler>| {
        if let Some(code) = modes.key(index) {
            let key = KeyEvent::new(char::from(code), Modifiers::NONE);
            editor.bind_sequence(key, EventHandler::Conditional(signal));
        }
    };
    bind(SpecialCodeIndex::VSUSP, Box::new(Suspend(jobs)));
    bind(SpecialCodeIndex::VQUIT, Box::new(Quit));
}

/// Stops the program and draws the line when it goes on.
struct Suspend(JobControl);

impl ConditionalEventHandler for Suspend {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, _: &EventContext) -> Option<Cmd> {
        self.0.stop();
        Some(Cmd::Repaint)
    }
}

/// Ends the program by the signal.
struct Quit;

impl ConditionalEventHandler for Quit {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, _: &EventContext) -> Option<Cmd> {
        let _ = kill_current_process_group(Signal::QUIT);
        Some(Cmd::Noop)
    }
}

/// The line at which Ctrl-C was pressed, if it was.
type Cancelled = Arc<Mutex<Option<String>>>;

/// Makes Ctrl-C end the line and records that the line is not to be used.
///
/// By default the editor returns an error and drops what was typed ahead.
struct Cancel(Cancelled);

impl ConditionalEventHandler for Cancel {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext) -> Option<Cmd> {
        if let Ok(mut line) = self.0.lock() {
            *line = Some(context.line().to_owned());
        }
        Some(Cmd::AcceptLine)
    }
}
