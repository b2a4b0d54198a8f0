//! Plays transcripts: lines from a pipe or a file. What the command line says is
//! played in the same way, by `command_line`.

use std::io;

use super::cli::InputFormat;
use super::exit_reason::{ExitReason, Step};
use super::json_input;
use super::line::{self, Origin};
use super::output::Output;
use super::outside::Outside;
use super::prompt_text::PromptText;
use super::resumed::Resumed;
use super::script::Script;
use crate::chat::{Chat, ask, log, look_around, session};
use crate::command::action::Next;
use crate::command::wanted_follow::WantedFollow;
use crate::domain::{Error, Event, Problem, Result, Sink, is_blank};
use crate::transcript::{
    Blocks, Feed, JSON_LINE_LIMIT, LINE_LIMIT, RawLine, Splitter, Utterance, names_program,
};

/// Messages are committed in groups. A group ends at the latest when it holds
/// this many messages or this many bytes of output, so that other writers get
/// their turn within milliseconds.
const GROUP_MESSAGES: usize = 4096;
const GROUP_BYTES: usize = 256 * 1024;

/// Plays one transcript.
pub(crate) struct TranscriptPlayer<'a> {
    pub(super) chat: &'a mut Chat,
    pub(super) output: &'a mut Output,
    outside: Outside,
    stop_on_error: bool,
    format: InputFormat,
    /// The session to return to at the start.
    resume: Option<Resumed>,
    /// A person types the lines at a terminal that can only show text, and gets a prompt
    /// whenever they are waited for.
    has_prompt: bool,
    /// What is followed once the transcript has ended, and the line that says so.
    follow: Option<(WantedFollow, u64)>,
    /// A message begins a session if there is none: it stands on the command line.
    pub(super) begins_session: bool,
    /// If there is no session yet to return to, that is no failure: one begins.
    pub(super) may_be_first: bool,
    /// The number of the current line, from 1; 0 for what stands on none.
    pub(super) number: u64,
    /// The first line whose outcome has not been written out.
    unconfirmed: u64,
    failed: bool,
}

impl<'a> TranscriptPlayer<'a> {
    pub(crate) fn new(
        chat: &'a mut Chat,
        output: &'a mut Output,
        outside: Outside,
        stop_on_error: bool,
    ) -> Self {
        Self {
            chat,
            output,
            outside,
            stop_on_error,
            format: InputFormat::Lines,
            resume: None,
            has_prompt: false,
            follow: None,
            begins_session: false,
            may_be_first: false,
            number: 0,
            unconfirmed: 1,
            failed: false,
        }
    }

    /// Returns to an earlier session first; if `may_be_first`, it is no failure that
    /// there is none yet.
    pub(crate) fn resuming(mut self, which: Option<Resumed>, may_be_first: bool) -> Self {
        self.resume = which;
        self.may_be_first = may_be_first;
        self
    }

    /// Sets what the lines of a file or of standard input are.
    pub(crate) fn of_format(mut self, format: InputFormat) -> Self {
        self.format = format;
        self
    }

    /// Shows a prompt: a person types the lines at a terminal that can only show text.
    pub(crate) fn prompting(mut self) -> Self {
        self.has_prompt = true;
        self
    }

    /// Plays a file or standard input to its end.
    pub(crate) fn script(mut self, script: Script) -> ExitReason {
        if let Err(reason) = self.begin() {
            return reason;
        }
        // What a person types is never skipped.
        let is_typed = script.is_terminal();
        let mut blocks = if is_typed {
            Blocks::default()
        } else {
            Blocks::of_script()
        };
        let limit = match self.format {
            InputFormat::Lines => LINE_LIMIT,
            InputFormat::Json => JSON_LINE_LIMIT,
        };
        let mut splitter = Splitter::new(script, limit);
        loop {
            let step = match splitter.next_line() {
                Feed::Line(line) => {
                    self.number += 1;
                    match self.format {
                        InputFormat::Lines => blocks
                            .take(line)
                            .map_or(Ok(()), |said| self.utterance(said)),
                        InputFormat::Json
                            if self.number == 1 && !is_typed && names_program(line) =>
                        {
                            Ok(())
                        }
                        InputFormat::Json => self.value(line),
                    }
                }
                Feed::NeedsInput => self.read_more(&mut splitter, blocks.is_open()),
                Feed::End => return self.end(&mut blocks),
            };
            if let Err(reason) = step {
                return reason;
            }
        }
    }

    /// Stores the part of a reply that an earlier process got before it was
    /// killed, and returns to the session that was asked for. If there is no way
    /// there, nothing is played: no script may run in the wrong session.
    pub(super) fn begin(&mut self) -> Step {
        let recovered = ask::recover(self.chat, self.output);
        match recovered.and_then(|()| self.chat.commit(self.output)) {
            // Where nothing can be stored, there may still be something to read.
            Err(error @ Error::Store(_)) => {
                self.failed = true;
                self.output.discard();
                self.output.emit(&Event::Error(&error));
            }
            Err(error) => return self.fail(error),
            Ok(()) => {}
        }
        match self.resume.take() {
            Some(which) => self.return_to(&which).or_else(|error| self.fail(error)),
            None => Ok(()),
        }
    }

    fn return_to(&mut self, wanted: &Resumed) -> Result<()> {
        match session::resume_unasked(self.chat, &wanted.which, self.output) {
            Err(Error::NoSessions | Error::OnlyArchived) if self.may_be_first => Ok(()),
            returned => returned.map_err(|error| wanted.told(error)),
        }
    }

    pub(super) fn end(&mut self, blocks: &mut Blocks) -> ExitReason {
        let step = blocks.end().map_or(Ok(()), |said| self.utterance(said));
        let step = step.and_then(|()| self.commit_and_flush());
        let step = match self.follow.take().filter(|_| step.is_ok()) {
            Some((wanted, line)) => {
                self.output.at_line(line);
                self.follow(&wanted)
            }
            None => step,
        };
        match step {
            Ok(()) if self.failed => ExitReason::Failure,
            Ok(()) => ExitReason::Success,
            Err(reason) => reason,
        }
    }

    /// Something comes behind a line that has no end: that is not done.
    fn cannot_follow(&mut self) -> Step {
        let Some((_, line)) = self.follow.take() else {
            return Ok(());
        };
        self.output.at_line(line);
        let error = Error::BadArgument {
            command: "/follow".into(),
            why: "has to be the last line: it has no end".into(),
            hint: "put it there, or into a process of its own".into(),
        };
        self.settle(Err(error), false)
    }

    /// Shows messages as they are written, until a signal ends it.
    fn follow(&mut self, wanted: &WantedFollow) -> Step {
        let followed = log::follow(self.chat, &wanted.filters, self.output);
        followed.or_else(|error| self.fail(error))
    }

    /// Reads more input. If that would wait, everything is committed and written out first.
    fn read_more(&mut self, splitter: &mut Splitter<Script>, in_block: bool) -> Step {
        if !splitter.source().is_ready() {
            self.commit_and_flush()?;
            self.prompt(in_block)?;
        }
        // This read does not wait, so a signal need not interrupt it: it is
        // checked for after the line.
        let read = if self.output.waiting() > 0 || self.chat.pending() > 0 {
            splitter.fill()
        } else {
            match self.output.signals().wait(|| splitter.fill()) {
                Some(read) => read,
                None => return Err(self.interrupted()),
            }
        };
        read.or_else(|error| self.fail(Error::Input(error)))
    }

    fn prompt(&mut self, in_block: bool) -> Step {
        if !self.has_prompt {
            return Ok(());
        }
        let prompt = if in_block {
            PromptText::continuation(self.chat)
        } else {
            look_around(self.chat, self.output);
            PromptText::new(&self.outside.settings.prompt(), self.chat)
        };
        self.commit_and_flush()?;
        let written = self.output.write(&prompt.bare);
        written.map_err(|_| ExitReason::Unread)
    }

    pub(super) fn utterance(&mut self, utterance: Utterance<'_>) -> Step {
        let (Utterance::Text(text) | Utterance::Line(text)) = utterance else {
            return self.heard(utterance);
        };
        if is_blank(text) && self.follow.is_some() {
            return Ok(());
        }
        self.heard(utterance)
    }

    fn heard(&mut self, utterance: Utterance<'_>) -> Step {
        self.cannot_follow()?;
        self.output.at_line(self.number);
        let is_switch = line::is_switch(&utterance);
        let begun = if self.begins_session && line::said(&utterance).is_some() {
            session::start_if_none(self.chat, self.output)
        } else {
            Ok(())
        };
        let result = begun.and_then(|()| {
            line::run(
                utterance,
                self.chat,
                self.output,
                &self.outside,
                Origin::Script,
            )
        });
        self.settle(result, is_switch)
    }

    fn value(&mut self, line: RawLine<'_>) -> Step {
        self.cannot_follow()?;
        self.output.at_line(self.number);
        let outcome = json_input::run(line, self.chat, self.output, &self.outside);
        self.settle(outcome.result, outcome.is_switch)
    }

    /// Does what follows a line: tells its error, commits a group that is large,
    /// and ends the transcript where it has to end. `is_switch` says that the
    /// line was meant to switch the user.
    fn settle(&mut self, result: Result<Next>, is_switch: bool) -> Step {
        match result {
            // Three of the others need a line editor, so they cannot come here, and the
            // rest is done.
            Ok(
                Next::Line
                | Next::Edit(_)
                | Next::Editor(_)
                | Next::Choose(_)
                | Next::File(_)
                | Next::Copy(_)
                | Next::Save(..)
                | Next::Export(_)
                | Next::Import(_)
                | Next::Set(_),
            ) => {}
            // A person who types lines need not end them first.
            Ok(Next::Follow(wanted)) if self.has_prompt => return self.follow(&wanted),
            Ok(Next::Follow(wanted)) => self.follow = Some((wanted, self.number)),
            Ok(Next::Leave) => {
                self.commit_and_flush()?;
                return Err(if self.failed {
                    ExitReason::Failure
                } else {
                    ExitReason::Success
                });
            }
            Err(error) => {
                self.failed = true;
                if self.chat.is_stopped() || line::is_final(&error) {
                    return self.fail(error);
                }
                self.output.emit(&Event::Error(&error));
                // A person sees in the prompt that the user did not change; a
                // script would go on as the wrong one.
                if (is_switch && !self.has_prompt) || self.stop_on_error {
                    self.commit_and_flush()?;
                    return Err(ExitReason::Stopped);
                }
            }
        }
        if self.output.signals().caught().is_some() {
            self.commit_and_flush()?;
            return Err(self.interrupted());
        }
        if self.output.take_has_waited() {
            // If its reader went away while the reply came, nothing more is played.
            self.commit_and_flush()?;
        }
        if self.chat.pending() == 0 && self.output.waiting() == 0 {
            self.unconfirmed = self.number + 1;
        }
        if self.chat.pending() >= GROUP_MESSAGES || self.output.waiting() >= GROUP_BYTES {
            self.commit_and_flush()?;
        }
        Ok(())
    }

    /// Commits the group, then writes out what its lines answered.
    pub(super) fn commit_and_flush(&mut self) -> Step {
        if let Err(error) = self.chat.commit(self.output) {
            return self.fail(error);
        }
        if let Err(error) = self.output.flush() {
            return self.fail(error);
        }
        self.unconfirmed = self.number + 1;
        Ok(())
    }

    /// Ends the transcript because of something that is not about one line.
    fn fail(&mut self, error: Error) -> Step {
        if let Error::Output(error) = &error
            && error.kind() == io::ErrorKind::BrokenPipe
        {
            return Err(ExitReason::Unread);
        }
        if matches!(error, Error::Interrupted) {
            return Err(self.interrupted());
        }
        let error = if self.chat.is_stopped() {
            // Nothing since the last commit is known to be stored, so none of it is shown.
            self.output.discard();
            self.over_lines(error)
        } else {
            error
        };
        if self.number > 0 {
            self.output.at_line(self.number);
        }
        if matches!(error, Error::Input(_)) {
            // No line caused it.
            self.output.at_ref(None);
        }
        if matches!(error, Error::Output(_)) {
            // Standard output fails: standard error says so.
            self.output.discard();
            let note = format!(
                "saylog: {}\n",
                crate::render::visible_line(&error.to_string())
            );
            self.output.write_note(&note);
        } else {
            let committed = self.chat.is_stopped() || self.chat.commit(self.output).is_ok();
            if !committed {
                self.output.discard();
            }
            self.output.emit(&Event::Error(&error));
            let _ = self.output.flush();
        }
        // A wait may have failed because a person has ended it.
        Err(self.interrupted())
    }

    /// Adds to the error of a failed commit the lines that may not be stored.
    fn over_lines(&self, error: Error) -> Error {
        match error {
            Error::Store(problem) if self.unconfirmed < self.number => Error::Store(Problem {
                what: format!(
                    "lines {} to {}: {}",
                    self.unconfirmed, self.number, problem.what
                ),
                ..problem
            }),
            other => other,
        }
    }

    pub(super) fn interrupted(&self) -> ExitReason {
        self.output
            .signals()
            .caught()
            .map_or(ExitReason::Failure, ExitReason::Signal)
    }
}
