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
use super::line::{self, Origin};
use super::output::Output;
use super::prompt_text::PromptText;
use crate::chat::{Chat, ask, look_around, session};
use crate::command::action::Next;
use crate::domain::{Error, Event, SessionChoices, Sink, UserName, is_stray};
use crate::transcript::{Blocks, LineEnd, RawLine, Utterance, is_mark};
use asking::{NOTHING_RESUMED, question};
use editor::{LineEditor, Typed};
use line_state::Purpose;
use slashes::{ForgottenSlashes, without_blanks};
use terminal_guard::{TerminalModes, is_hung_up};
use typed_text::as_typed;

pub(crate) use draft::Draft;
pub(crate) use draft_folder::DraftFolder;
pub(crate) use prompt_options::PromptOptions;
pub(crate) use terminal_guard::TerminalGuard;

/// The notice when an edit is cancelled.
const EDIT_CANCELLED: &str = "the turn is still out of the context; `/redo` brings it back";

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
    /// The current line started with a text, which `/edit` put there.
    is_editing: bool,
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
                options.outside.files.clone(),
                options.keys,
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
            is_editing: false,
            asked: None,
            slashes: ForgottenSlashes::default(),
            options,
        })
    }

    /// Reads and runs lines until the person leaves. What was not sent when the
    /// terminal hung up is kept.
    pub(crate) fn run(mut self) -> ExitReason {
        let reason = self.converse();
        if reason == ExitReason::Signal(SIGHUP) || is_hung_up() {
            self.options.draft.keep();
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
                    Ok(())
                }
                Some(Typed::Lost(error)) => {
                    self.output.emit(&Event::Error(&Error::Input(error)));
                    let _ = self.output.flush();
                    Err(ExitReason::Failure)
                }
                None => self.heed_signal(),
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
        if let Some(which) = self.options.resume.take() {
            let resumed = session::resume(&mut self.chat.borrow_mut(), &which, &mut self.output);
            match resumed {
                Err(Error::NoSessions) if self.options.may_be_first => {}
                Err(error) => self.failed(&error)?,
                Ok(()) => {}
            }
        }
        Ok(())
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
        } else {
            let template = &self.options.prompt;
            (PromptText::new(template, &mut chat), Purpose::Line)
        };
        drop(chat);
        let (editor, initial) = (&mut self.editor, std::mem::take(&mut self.initial));
        self.is_editing = !initial.is_empty();
        // Everything is committed: a signal may end the program while it waits.
        let signals = self.output.signals();
        let typed = signals.wait(|| editor.read(&prompt, &user, purpose, &initial));
        // A Ctrl-C that was pressed in an editor was meant for it.
        if typed.is_some() && signals.caught() == Some(SIGINT) {
            signals.forget();
        }
        typed
    }

    fn typed(&mut self, typed: &str) -> Step {
        if let Some(choices) = self.asked.take() {
            return self.answered(choices, typed);
        }
        let was_open = self.blocks.is_open();
        if !was_open && self.asks_about(typed) {
            return Ok(());
        }
        let forgiven = without_blanks(typed);
        let text = if was_open { typed } else { &*forgiven };
        // A message that `/edit` put back may look like a mark.
        let is_text = text.contains('\n') || self.is_editing && is_mark(text);
        let utterance = if is_text {
            self.blocks.take_text(text)
        } else {
            self.blocks
                .take(RawLine::Bytes(text.as_bytes(), LineEnd::Lf))
        };
        let Some(utterance) = utterance else {
            if self.blocks.is_open() {
                self.options.draft.add_to_block(was_open.then_some(text));
            } else {
                self.options.draft.end_block();
            }
            return Ok(());
        };
        let user = self.chat.borrow().user().clone();
        match &utterance {
            Utterance::Line(_) => self.editor.remember(&user, typed),
            Utterance::Text(text) => {
                self.options.draft.end_block();
                self.editor.remember_message(&user, text);
            }
            Utterance::Bad { .. } => {}
        }
        if !was_open
            && let Utterance::Line(text) | Utterance::Text(text) = &utterance
            && text
                .char_indices()
                .any(|(at, c)| is_stray(text, at, c) && c != '\n' && c != '\t')
        {
            let note = "the line has invisible or control characters; they are kept as they are";
            self.output.emit(&Event::Notice(note));
        }
        self.has_said = line::said(&utterance).is_some();
        let result = line::run(
            utterance,
            &mut self.chat.borrow_mut(),
            &mut self.output,
            &self.options.outside,
            Origin::Prompt {
                can_ask: self.options.can_ask,
            },
        );
        match result {
            // The other things have been done already.
            Ok(Next::Line | Next::File(_) | Next::Copy(_) | Next::Save(..)) => Ok(()),
            Ok(Next::Edit(said)) => {
                self.initial = as_typed(&said);
                Ok(())
            }
            Ok(Next::Editor(said)) => self.edit(&said),
            Ok(Next::Choose(choices)) => {
                self.ask(choices);
                Ok(())
            }
            Ok(Next::Leave) => self.leave(),
            Err(error) => self.failed(&error),
        }
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
            self.options.draft.end_block();
            self.output.emit(&Event::Notice(BLOCK_CANCELLED));
        } else if self.is_editing {
            self.output.emit(&Event::Notice(EDIT_CANCELLED));
        } else if was_empty {
            self.output.emit(&Event::Notice("Ctrl-D or /quit leaves"));
        }
    }

    fn end(&mut self) -> Step {
        if self.asked.is_some() {
            self.cancel(true);
            return Ok(());
        }
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
