//! The interactive prompt.

mod assistant;
mod console;
mod editor;
mod external;
mod past;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, Write};
use std::rc::Rc;

use colored::Colorize;
use signal_hook::consts::SIGINT;

use super::cli::Keys;
use super::play::prompt_text;
use super::{Desk, Ending, line};
use crate::chat::Chat;
use crate::command::action::Next;
use crate::domain::{Error, Event, Sink, first_words, is_deceptive};
use crate::transcript::{Blocks, RawLine, Utterance};
use editor::{LineEditor, Typed};
use past::as_typed;

pub use console::Console;
use console::Lender;

/// What stands before the further lines of a `"""` block.
const CONTINUATION: &str = "... ";

/// How much of a message that was written elsewhere is shown, in characters.
const SHOWN: usize = 60;

/// What is said when a message that was being edited is dropped.
const STILL_OUT: &str = "the turn is still out of the context; `/redo` brings it back";

/// What is said when an editor left nothing new.
const UNCHANGED: &str = "the editor left nothing new; nothing was sent";

/// What is said of a block that was left open.
const UNSENT: &str = "the block was not sent";

/// A person at a terminal.
pub struct Prompt {
    chat: Rc<RefCell<Chat>>,
    desk: Desk,
    editor: LineEditor,
    blocks: Blocks,
    /// Lines that had been typed before the program took the terminal over.
    early: VecDeque<String>,
    /// Lends the terminal to the person's editor.
    lender: Lender,
    /// What the next line holds already.
    initial: String,
    /// The line that was asked for last held something already.
    is_editing: bool,
    wishes: Wishes,
}

/// What a person wants of a prompt.
pub struct Wishes {
    /// Which keys edit a line.
    pub keys: Keys,
    /// The prompt shows how much of its window the context takes.
    pub share: bool,
    /// The session to return to first.
    pub resume: Option<String>,
}

impl Prompt {
    /// A prompt over a terminal that is already under control.
    ///
    /// # Errors
    /// If the line editor cannot use the terminal.
    pub fn new(chat: Chat, desk: Desk, console: &Console, wishes: Wishes) -> io::Result<Self> {
        let chat = Rc::new(RefCell::new(chat));
        Ok(Self {
            editor: LineEditor::new(Rc::clone(&chat), wishes.keys)?,
            chat,
            desk,
            blocks: Blocks::default(),
            early: console.take_early(),
            lender: console.lender(),
            initial: String::new(),
            is_editing: false,
            wishes,
        })
    }

    /// Takes lines until the person leaves.
    pub fn run(mut self) -> Ending {
        self.greet();
        if let Err(ending) = self.begin() {
            return ending;
        }
        loop {
            if let Err(ending) = self.settle() {
                return ending;
            }
            let step = match self.read() {
                Some(Typed::Line(text)) => self.typed(&text),
                Some(Typed::Cancelled { was_empty }) => {
                    self.cancel(was_empty);
                    Ok(())
                }
                Some(Typed::End) => self.end(),
                Some(Typed::NotUtf8) => {
                    self.desk.tell(&Event::Error(&Error::NotUtf8));
                    Ok(())
                }
                Some(Typed::Lost) => Err(Ending::Failed),
                None => self.heed_signal(),
            };
            if let Err(ending) = step {
                return ending;
            }
        }
    }

    /// Keeps what an earlier process heard of a reply before it was ended, and
    /// returns to the session that was asked for.
    fn begin(&mut self) -> Result<(), Ending> {
        let recovered = self.chat.borrow_mut().recover(&mut self.desk);
        recovered.or_else(|error| self.failed(&error))?;
        if let Some(which) = self.wishes.resume.take() {
            let resumed = self.chat.borrow_mut().resume(&which, &mut self.desk);
            resumed.or_else(|error| self.failed(&error))?;
        }
        Ok(())
    }

    fn greet(&self) {
        let chat = self.chat.borrow();
        let banner = format!(
            "saylog {}: {} answers {}. /help lists the commands, Ctrl-D leaves.\n",
            env!("CARGO_PKG_VERSION"),
            chat.model(),
            chat.user()
        );
        let _ = io::stderr().write_all(banner.dimmed().to_string().as_bytes());
    }

    /// Asks for a line; none if a signal came first.
    fn read(&mut self) -> Option<Typed> {
        if let Some(line) = self.early.pop_front() {
            return Some(Typed::Line(line));
        }
        let mut chat = self.chat.borrow_mut();
        let user = chat.user().clone();
        let prompt = if self.blocks.is_open() {
            CONTINUATION.to_owned()
        } else {
            let share = self.wishes.share.then(|| chat.share()).flatten();
            prompt_text(&user, chat.session(), share)
        };
        drop(chat);
        let (editor, initial) = (&mut self.editor, std::mem::take(&mut self.initial));
        self.is_editing = !initial.is_empty();
        // Everything is committed: a signal may end the program while it waits.
        self.desk
            .signals()
            .wait(|| editor.read(&prompt, &user, &initial))
    }

    fn typed(&mut self, text: &str) -> Result<(), Ending> {
        let was_open = self.blocks.is_open();
        let utterance = if text.contains('\n') {
            self.blocks.take_text(text)
        } else {
            self.blocks.take(RawLine::Bytes(text.as_bytes()))
        };
        let Some(utterance) = utterance else {
            return Ok(());
        };
        let user = self.chat.borrow().user().clone();
        match &utterance {
            Utterance::Line(line) => self.editor.remember(&user, line),
            Utterance::Text(text) => self.editor.remember(&user, text),
            Utterance::Bad { .. } => {}
        }
        if !was_open
            && let Utterance::Line(text) | Utterance::Text(text) = &utterance
            && text
                .chars()
                .any(|c| is_deceptive(c) && c != '\n' && c != '\t')
        {
            let note = "the line has invisible or control characters; they are kept as they are";
            self.desk.tell(&Event::Notice(note));
        }
        let result = line::run(utterance, &mut self.chat.borrow_mut(), &mut self.desk, true);
        match result {
            Ok(Next::Line) => Ok(()),
            Ok(Next::Edit(said)) => {
                self.initial = as_typed(&said);
                Ok(())
            }
            Ok(Next::Editor(said)) => self.edit(&said),
            Ok(Next::Leave) => {
                self.settle()?;
                Err(Ending::Well)
            }
            Err(error) => self.failed(&error),
        }
    }

    /// Lets the person's editor change what was said last, and says that instead.
    fn edit(&mut self, said: &str) -> Result<(), Ending> {
        self.settle()?;
        let edited = external::edited(said, &self.lender);
        // What was pressed in the editor was meant for it.
        self.heed_signal()?;
        let result = edited.and_then(|edited| {
            let Some(text) = edited else {
                self.desk.tell(&Event::Notice(UNCHANGED));
                return Ok(());
            };
            let user = self.chat.borrow().user().clone();
            self.editor.remember(&user, &text);
            let words = first_words(&text, SHOWN);
            self.desk.tell(&Event::Notice(&format!("you say: {words}")));
            self.chat.borrow_mut().edit_to(&text, &mut self.desk)
        });
        result.or_else(|error| self.failed(&error))
    }

    fn failed(&mut self, error: &Error) -> Result<(), Ending> {
        match error {
            Error::Output(_) => return Err(Ending::Failed),
            Error::Interrupted => self.heed_signal()?,
            _ => {}
        }
        if self.chat.borrow().is_stopped() {
            self.desk.discard();
        }
        self.desk.tell(&Event::Error(error));
        Ok(())
    }

    /// Commits, then writes out. A failure to save is told and the prompt stays.
    fn settle(&mut self) -> Result<(), Ending> {
        let committed = self.chat.borrow_mut().commit();
        if let Err(error) = committed {
            self.failed(&error)?;
        }
        // Ctrl-C came too late to stop anything: what was done is shown.
        if self.desk.signals().caught() == Some(SIGINT) {
            self.desk.signals().forget();
        }
        match self.desk.drain() {
            Ok(()) => Ok(()),
            Err(Error::Interrupted) => self.heed_signal(),
            Err(_) => Err(Ending::Failed),
        }
    }

    /// SIGINT has stopped what it was to stop; another signal ends the program.
    fn heed_signal(&self) -> Result<(), Ending> {
        match self.desk.signals().caught() {
            Some(SIGINT) | None => {
                self.desk.signals().forget();
                Ok(())
            }
            Some(signal) => Err(Ending::Signal(signal)),
        }
    }

    fn cancel(&mut self, was_empty: bool) {
        if self.blocks.is_open() {
            self.blocks.abandon();
            self.desk.tell(&Event::Notice(UNSENT));
        } else if self.is_editing {
            self.desk.tell(&Event::Notice(STILL_OUT));
        } else if was_empty {
            self.desk.tell(&Event::Notice("Ctrl-D or /quit leaves"));
        }
    }

    fn end(&mut self) -> Result<(), Ending> {
        if self.blocks.is_open() {
            self.desk.tell(&Event::Notice(UNSENT));
        }
        self.settle()?;
        Err(Ending::Well)
    }
}
