//! The interactive prompt: reads a line from a person, runs it, shows the answer.

mod asking;
mod columns;
mod command_file;
mod completion;
mod draft;
mod draft_folder;
mod edited_turn;
mod editor;
mod editor_folder;
mod editor_key;
mod external_editor;
mod fitting;
mod folds;
mod highlight;
mod hint;
mod keys;
mod line_helper;
mod line_history;
mod line_state;
mod menu;
mod offers;
mod past;
mod paste;
mod path_completion;
mod prompt_options;
mod recall;
mod shown_line;
mod slashes;
mod tail;
mod terminal_guard;
mod typed_line;
mod typed_text;
mod vi_cursor;
mod waiting_terminal;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;
use std::rc::Rc;

use colored::Colorize;
use signal_hook::consts::{SIGHUP, SIGINT};

use super::exit_reason::{ExitReason, Step};
use super::output::Output;
use super::prompt_text::PromptText;
use crate::chat::{Chat, ask, look_around, session};
use crate::domain::{Error, Event, SessionChoices, Sink, UserName};
use crate::transcript::{Blocks, Utterance};
use asking::{NOTHING_RESUMED, question};
use edited_turn::Editing;
use editor::{LineEditor, Typed};
use line_state::Purpose;
use slashes::ForgottenSlashes;
use terminal_guard::{TerminalModes, is_hung_up};

pub(crate) use draft::Draft;
pub(crate) use draft_folder::DraftFolder;
pub(crate) use prompt_options::PromptOptions;
pub(crate) use terminal_guard::TerminalGuard;

/// The notice when a listing was stopped, or whatever else was waited for.
const STOPPED: &str = "stopped";

/// The notice when a block is cancelled or never ended.
const BLOCK_CANCELLED: &str = "the block was not sent";

/// A person at a terminal.
pub(crate) struct Prompt {
    chat: Rc<RefCell<Chat>>,
    output: Output,
    editor: LineEditor,
    blocks: Blocks,
    /// Lines typed before the program took control of the terminal.
    early: VecDeque<String>,
    terminal: TerminalModes,
    /// The text that the next line starts with.
    initial: String,
    /// Who spoke first.
    first_user: UserName,
    /// Something was said since the last prompt.
    has_said: bool,
    /// The turn that the next message takes the place of.
    editing: Option<Editing>,
    /// Sessions of which the person has been asked for one.
    asked: Option<SessionChoices>,
    slashes: ForgottenSlashes,
    options: PromptOptions,
}

impl Prompt {
    /// A prompt over a terminal that is already under control.
    ///
    /// # Errors
    /// If the line editor cannot use the terminal.
    pub(crate) fn new(
        chat: Chat,
        mut output: Output,
        terminal: &TerminalGuard,
        options: PromptOptions,
    ) -> io::Result<Self> {
        output.lend_by(Rc::new(terminal.modes()));
        let first_user = chat.user().clone();
        let chat = Rc::new(RefCell::new(chat));
        Ok(Self {
            first_user,
            editor: LineEditor::new(
                Rc::clone(&chat),
                &options.outside,
                options.draft.clone(),
                terminal,
            )?,
            chat,
            output,
            blocks: Blocks::default(),
            early: terminal.take_early(),
            terminal: terminal.modes(),
            initial: String::new(),
            has_said: false,
            editing: None,
            asked: None,
            slashes: ForgottenSlashes::default(),
            options,
        })
    }

    /// Reads and runs lines until the person leaves. What was not sent when the
    /// terminal hung up is kept.
    pub(crate) fn run(mut self) -> ExitReason {
        let mut reason = self.converse();
        let is_hung_up = is_hung_up();
        if reason == ExitReason::Signal(SIGHUP) || is_hung_up {
            self.options.draft.keep();
        }
        // That nothing can be read or written there may be seen before the signal comes.
        if reason == ExitReason::Failure && is_hung_up {
            reason = ExitReason::Signal(SIGHUP);
        }
        // Something that was said is not in the log.
        if reason == ExitReason::Success && self.chat.borrow().has_failed() {
            return ExitReason::Failure;
        }
        reason
    }

    fn converse(&mut self) -> ExitReason {
        let greeting = self.options.greeting.text(&self.chat.borrow());
        self.output.write_note(&greeting);
        if let Err(reason) = self.begin() {
            return reason;
        }
        loop {
            if let Err(reason) = self.await_line() {
                return reason;
            }
            let step = match self.read() {
                Some(Typed::Line(text)) => self.typed(&text),
                Some(Typed::Cancelled { was_empty }) => {
                    self.cancel(was_empty);
                    Ok(())
                }
                Some(Typed::End) => self.end(),
                Some(Typed::NotUtf8) => {
                    self.output.emit(&Event::Error(&Error::NotUtf8));
                    self.leave_edit();
                    Ok(())
                }
                Some(Typed::Lost(error)) => {
                    self.output.emit(&Event::Error(&Error::Input(error)));
                    let _ = self.output.flush();
                    Err(ExitReason::Failure)
                }
                None => {
                    self.leave_edit();
                    self.heed_signal()
                }
            };
            if let Err(reason) = step {
                return reason;
            }
        }
    }

    /// Stores the part of a reply that an earlier process got before it was
    /// killed, and returns to the session that was asked for.
    fn begin(&mut self) -> Step {
        let recovered = ask::recover(&mut self.chat.borrow_mut(), &mut self.output);
        recovered.or_else(|error| self.failed(&error))?;
        if let Some(wanted) = self.options.resume.take() {
            match self.resume(&wanted.which) {
                Err(Error::NoSessions | Error::OnlyArchived) if self.options.may_be_first => {}
                Err(error) => self.failed(&wanted.told(error))?,
                Ok(None) => {}
                Ok(Some(choices)) => self.ask(choices),
            }
        }
        Ok(())
    }

    /// Returns to a session, or gives those that may be meant.
    fn resume(&mut self, which: &str) -> Result<Option<SessionChoices>, Error> {
        let (mut chat, output) = (self.chat.borrow_mut(), &mut self.output);
        if self.options.can_ask {
            session::resume_or_ask(&mut chat, Some(which), output)
        } else {
            session::resume(&mut chat, which, output).map(|()| None)
        }
    }

    /// Writes out what was answered, and tells what others have said meanwhile.
    fn await_line(&mut self) -> Step {
        self.commit_and_flush()?;
        if !self.blocks.is_open() && self.asked.is_none() {
            self.output
                .before_prompt(std::mem::take(&mut self.has_said));
            look_around(&mut self.chat.borrow_mut(), &mut self.output);
        }
        self.commit_and_flush()
    }

    /// Reads a line; none if a signal came first.
    fn read(&mut self) -> Option<Typed> {
        if let Some(line) = self.early.pop_front() {
            return Some(Typed::Line(line));
        }
        let mut chat = self.chat.borrow_mut();
        let user = chat.user().clone();
        let (prompt, purpose) = if let Some(choices) = &self.asked {
            (PromptText::plain(&question(choices)), Purpose::Answer)
        } else if self.blocks.is_open() {
            (PromptText::continuation(&chat), Purpose::Block)
        } else if let Some(editing) = &self.editing {
            (
                PromptText::of_edit(&chat, editing.question()),
                Purpose::Line,
            )
        } else {
            let template = self.options.outside.settings.prompt();
            (PromptText::new(&template, &mut chat), Purpose::Line)
        };
        drop(chat);
        self.editor.set_keys(self.options.outside.settings.keys());
        let (editor, initial) = (&mut self.editor, std::mem::take(&mut self.initial));
        // Everything is committed: a signal may end the program while it waits.
        let signals = self.output.signals();
        let typed = signals.wait(|| editor.read(&prompt, &user, purpose, &initial));
        // A Ctrl-C that was pressed in an editor was meant for it.
        if typed.is_some() && signals.caught() == Some(SIGINT) {
            signals.forget();
        }
        typed
    }

    fn failed(&mut self, error: &Error) -> Step {
        match error {
            Error::Output(_) => return Err(ExitReason::Failure),
            Error::Interrupted => {
                self.heed_signal()?;
                self.output.emit(&Event::Notice(STOPPED));
                return Ok(());
            }
            _ => {}
        }
        if self.chat.borrow().is_stopped() {
            self.output.discard();
        }
        self.output.emit(&Event::Error(error));
        Ok(())
    }

    /// Commits, then writes out. A failed commit is shown and the prompt goes on.
    fn commit_and_flush(&mut self) -> Step {
        let committed = self.chat.borrow_mut().commit(&mut self.output);
        if let Err(error) = committed {
            // Whoever is told that it was not saved says it again: later it would be there
            // twice.
            if self.chat.borrow_mut().forget_waiting() {
                self.output.discard();
            }
            self.failed(&error)?;
        }
        // This Ctrl-C came too late to stop anything, so the output is shown.
        if self.output.signals().caught() == Some(SIGINT) {
            self.output.signals().forget();
        }
        match self.output.flush() {
            Ok(()) => Ok(()),
            Err(Error::Interrupted) => self.heed_signal(),
            Err(_) => Err(ExitReason::Failure),
        }
    }

    /// Handles a signal: SIGINT has done its work, another one ends the program.
    fn heed_signal(&self) -> Step {
        match self.output.signals().caught() {
            Some(SIGINT) | None => {
                self.output.signals().forget();
                Ok(())
            }
            Some(signal) => Err(ExitReason::Signal(signal)),
        }
    }

    fn cancel(&mut self, was_empty: bool) {
        if self.asked.take().is_some() {
            self.output.emit(&Event::Notice(NOTHING_RESUMED));
        } else if self.blocks.is_open() {
            self.blocks.abandon();
            self.recall_block();
            self.output.emit(&Event::Notice(BLOCK_CANCELLED));
            self.leave_edit();
        } else if !self.leave_edit() && was_empty {
            self.output.emit(&Event::Notice("Ctrl-D or /quit leaves"));
        }
    }

    /// A block that is not sent waits on the up-arrow.
    fn recall_block(&mut self) {
        if let Some(text) = self.options.draft.take() {
            let user = self.chat.borrow().user().clone();
            self.editor.recall(&user, &text);
        }
    }

    fn end(&mut self) -> Step {
        if self.asked.is_some() || self.editing.is_some() {
            self.cancel(true);
            return Ok(());
        }
        // An open block waits for the next run, as if the terminal had hung up.
        self.options.draft.keep();
        if let Some(Utterance::Bad { error, .. }) = self.blocks.end() {
            self.output.emit(&Event::Error(&error));
        }
        self.leave()
    }

    /// Ends the conversation and says how to come back.
    fn leave(&mut self) -> Step {
        self.commit_and_flush()?;
        let way_back = self.options.way_back.as_ref();
        if let Some(line) = way_back.and_then(|way| way.line(&self.chat.borrow(), &self.first_user))
        {
            // It can be copied: the terminal breaks it, not we.
            self.output.write_note(&format!("{}\n", line.dimmed()));
        }
        Err(ExitReason::Success)
    }
}
