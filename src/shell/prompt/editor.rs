//! The line editor: rustyline with our keys, our history and our helper.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::thread;

use rustyline::config::{BellStyle, Configurer};
use rustyline::error::ReadlineError;
use rustyline::{
    ColorMode, CompletionType, Config, EditMode, Editor, Event, EventHandler, ExternalPrinter,
    KeyEvent,
};

use super::super::cli::Keys;
use super::super::outside::Outside;
use super::super::prompt_text::PromptText;
use super::columns::{Place, Window};
use super::completion::Completion;
use super::draft::Draft;
use super::editor_folder::remove_left_over;
use super::editor_key::EditorKey;
use super::fitting::Fitting;
use super::folds::Folds;
use super::keys::KeyHandler;
use super::line_helper::LineHelper;
use super::line_history::LineHistory;
use super::line_state::{LineState, Purpose};
use super::past::Past;
use super::paste::Paste;
use super::shown_line::{ERASE, up, write};
use super::terminal_guard::{DEFAULT_SHAPE, TerminalGuard, TerminalModes, skip_paste};
use super::typed_text::as_typed;
use super::vi_cursor;
use super::waiting_terminal;
use crate::chat::Chat;
use crate::command;
use crate::command::line::tells_text;
use crate::domain::UserName;
use crate::transcript::is_mark;

/// How long a key after Esc may take to belong to it, in milliseconds.
const LONE_ESCAPE: u16 = 50;

/// The outcome of asking for a line.
pub(super) enum Typed {
    /// A line, or several that were pasted or typed as one.
    Line(String),
    /// Ctrl-C.
    Cancelled {
        /// Nothing had been typed.
        was_empty: bool,
    },
    /// Bytes that are not UTF-8; what came before them waits on the up-arrow.
    NotUtf8,
    /// Ctrl-D on an empty line.
    End,
    /// The terminal is gone, or cannot be read.
    Lost(io::Error),
}

/// Reads lines from a person.
pub(super) struct LineEditor {
    editor: Editor<LineHelper, LineHistory>,
    past: Rc<Past>,
    keys: Keys,
    terminal: TerminalModes,
    state: LineState,
    folds: Folds,
    /// What is typed and not sent yet.
    draft: Draft,
}

impl LineEditor {
    /// An editor whose history and completions come from `chat`, and those of
    /// paths and settings from `outside`, and which keeps `draft` up to date.
    pub(super) fn new(
        chat: Rc<RefCell<Chat>>,
        outside: &Outside,
        draft: Draft,
        terminal: &TerminalGuard,
    ) -> io::Result<Self> {
        let keys = outside.settings.keys();
        let config = Config::builder()
            // Of the editor's own completion only the call is used, with one candidate.
            .completion_type(CompletionType::List)
            .auto_add_history(false)
            .bell_style(BellStyle::None)
            .edit_mode(edit_mode(keys))
            // Esc alone is a key, too. The mode sets another time.
            .keyseq_timeout(Some(LONE_ESCAPE))
            .build();
        let (state, folds) = (LineState::default(), draft.folds());
        let past = Rc::new(Past::new(Rc::clone(&chat), draft.folder()));
        let history = LineHistory {
            past: Rc::clone(&past),
            folds: folds.clone(),
            state: state.clone(),
        };
        let mut editor = Editor::with_history(config, history).map_err(io::Error::other)?;
        // Without its highlighter the editor would write what is typed and
        // pasted raw; the highlighter itself knows whether colours are wanted.
        editor.set_color_mode(ColorMode::Forced);
        let completion = Completion {
            chat,
            files: outside.files.clone(),
            settings: outside.settings.clone(),
        };
        let helper = LineHelper::new(completion, Rc::clone(&past), draft.clone(), state.clone());
        editor.set_helper(Some(helper));
        let own_editor = EditorKey {
            state: state.clone(),
            folds: folds.clone(),
            terminal: terminal.modes(),
        };
        let sequence = vec![KeyEvent::ctrl('X'), KeyEvent::ctrl('E')];
        let handler = EventHandler::Conditional(Box::new(own_editor.clone()));
        editor.bind_sequence(Event::KeySeq(sequence), handler);
        let handler = KeyHandler::new(own_editor, terminal);
        editor.bind_sequence(Event::Any, EventHandler::Conditional(Box::new(handler)));
        // Nobody waits for a folder that is large.
        let _ = thread::Builder::new().spawn(remove_left_over);
        draw_after_stops(&mut editor, terminal, state.clone());
        Ok(Self {
            editor,
            past,
            keys,
            terminal: terminal.modes(),
            state,
            folds,
            draft,
        })
    }

    /// From the next line on these keys edit it.
    pub(super) fn set_keys(&mut self, keys: Keys) {
        if self.keys == keys {
            return;
        }
        self.keys = keys;
        self.editor.set_edit_mode(edit_mode(keys));
        // The mode sets another time.
        self.editor.set_keyseq_timeout(Some(LONE_ESCAPE));
    }

    /// Asks `user` for a line; the editor starts with `initial` in it.
    pub(super) fn read(
        &mut self,
        prompt: &PromptText,
        user: &UserName,
        purpose: Purpose,
        initial: &str,
    ) -> Typed {
        self.state.begin(purpose);
        self.past.begin_line(user, purpose == Purpose::Block);
        if let Some(helper) = self.editor.helper() {
            helper.begin_line(user);
        }
        self.draft.begin(user);
        // A program that ran meanwhile may have left it.
        waiting_terminal::wait();
        let text = (&prompt.bare, &prompt.shown);
        let window = Window::now();
        let fitting = Fitting {
            folds: &self.folds,
            window,
            from: window.end_of(&prompt.bare, Place::default()),
        };
        let mut initial = fitting.whole(initial);
        let has_shapes = self.keys == Keys::Vi && vi_cursor::are_known();
        if has_shapes {
            self.terminal.shape_cursor(vi_cursor::INSERT);
        }
        let read = loop {
            let read = self.editor.readline_with_initial(&text, (&initial, ""));
            let mut state = self.state.lock();
            // A Ctrl-C that was pressed in the person's editor was meant for it.
            match (&read, state.after_editor.take()) {
                (Err(ReadlineError::Interrupted), Some(line)) => initial = line,
                _ => break read,
            }
            write(&format!("{}{ERASE}", up(state.end.row + 1)));
        };
        if has_shapes {
            self.terminal.shape_cursor(DEFAULT_SHAPE);
        }
        let cancelled = self.state.lock().cancelled.take();
        // A line that came has been sent, or was dropped on purpose; only one at
        // which the terminal hung up is still a draft.
        if matches!(read, Ok(_) | Err(ReadlineError::Interrupted)) {
            self.draft.set_line("");
        }
        match read {
            Ok(text) if cancelled.is_some_and(|line| line == text) => {
                self.drop_line(user, &text, purpose);
                Typed::Cancelled {
                    was_empty: text.is_empty(),
                }
            }
            Ok(text) => Typed::Line(self.folds.expand(&text)),
            Err(ReadlineError::Interrupted) => Typed::Cancelled { was_empty: false },
            Err(ReadlineError::Eof) => Typed::End,
            Err(ReadlineError::Io(error)) if error.kind() == io::ErrorKind::InvalidData => {
                self.drop_broken_line(user, purpose);
                Typed::NotUtf8
            }
            Err(ReadlineError::Io(error)) => Typed::Lost(error),
            Err(ReadlineError::Errno(error)) => Typed::Lost(error.into()),
            Err(error) => Typed::Lost(io::Error::other(error.to_string())),
        }
    }

    /// What was dropped on purpose waits on the up-arrow, in case it was a slip. The
    /// line of a block goes there with the block.
    fn drop_line(&self, user: &UserName, line: &str, purpose: Purpose) {
        let is_recalled = (self.editor.helper()).is_some_and(|helper| helper.is_recalled(line));
        match purpose {
            Purpose::Line if !is_recalled => self.recall(user, &self.folds.expand(line)),
            Purpose::Block => self.draft.set_line(line),
            Purpose::Line | Purpose::Answer => {}
        }
    }

    /// A byte that is no text ended the line: what stood there, with what had come of
    /// a paste, waits on the up-arrow. What comes behind the byte nobody can read.
    fn drop_broken_line(&mut self, user: &UserName, purpose: Purpose) {
        let paste = self.state.lock().paste.take();
        if paste.is_some() {
            skip_paste();
        }
        let line = paste.map_or_else(|| self.draft.line(), Paste::line);
        if purpose == Purpose::Block {
            // The block is still open, and may go on with it.
            self.remember_message(user, &self.folds.expand(&line));
        } else {
            self.drop_line(user, &line, purpose);
        }
        self.draft.set_line("");
    }

    /// Whether escape sequences were left out of what was pasted into the line that came.
    pub(super) fn has_lost(&self) -> bool {
        self.state.lock().has_lost
    }

    /// What was not sent waits on the up-arrow of this run.
    pub(super) fn recall(&self, user: &UserName, typed: &str) {
        self.past.remember(user, typed);
    }

    /// Adds a line, as it was typed, to the past of its user; a command also to
    /// what later runs remember.
    pub(super) fn remember(&mut self, user: &UserName, text: &str) {
        self.past.remember(user, text);
        let word = text.split_whitespace().next().unwrap_or_default();
        let spec = command::find(word).map(|entry| entry.spec);
        // How one leaves is no use at the next start, and what is said is in the log.
        if spec.is_some_and(|spec| !spec.is_called("/quit")) && !tells_text(text) {
            self.past.keep_command(user, text);
        }
    }

    /// Adds a message that was not typed as one line to the history of its user.
    pub(super) fn remember_message(&mut self, user: &UserName, text: &str) {
        if !is_mark(text) {
            self.past.remember(user, &as_typed(text));
        }
    }
}

fn edit_mode(keys: Keys) -> EditMode {
    match keys {
        Keys::Emacs => EditMode::Emacs,
        Keys::Vi => EditMode::Vi,
    }
}

/// What somebody else's stop leaves of the line is drawn again.
fn draw_after_stops(
    editor: &mut Editor<LineHelper, LineHistory>,
    terminal: &TerminalGuard,
    state: LineState,
) {
    // A terminal on which the editor draws nothing has no printer.
    if let Ok(mut printer) = editor.create_external_printer() {
        terminal.jobs().redraw_by(move || {
            write(&state.fresh_rows());
            // The editor draws its line again below what it prints: a line up.
            let _ = printer.print("\x1b[A".to_owned());
        });
    }
}
