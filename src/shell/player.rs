//! Plays transcripts: lines from a pipe, a file or `-c`.

use std::ffi::OsString;
use std::io;
use std::os::unix::ffi::OsStrExt;

use super::exit_reason::{ExitReason, Step};
use super::file_reader::FileReader;
use super::line;
use super::output::Output;
use super::prompt_text::{CONTINUATION, prompt_text};
use super::script::Script;
use crate::chat::{Chat, ask, session};
use crate::command::action::Next;
use crate::domain::{Error, Event, Problem, Sink};
use crate::transcript::{Blocks, Feed, RawLine, Splitter, Utterance};

/// Messages are committed in groups. A group ends at the latest when it holds
/// this many messages or this many bytes of output, so that other writers get
/// their turn within milliseconds.
const GROUP_MESSAGES: usize = 4096;
const GROUP_BYTES: usize = 256 * 1024;

/// Plays one transcript.
pub(crate) struct TranscriptPlayer<'a> {
    chat: &'a mut Chat,
    output: &'a mut Output,
    files: FileReader,
    stop_on_error: bool,
    /// The session to return to at the start.
    resume: Option<String>,
    /// A person types the lines at a terminal that can only show text, and gets
    /// a prompt whenever they are waited for.
    prompts: bool,
    /// The number of the current line, from 1.
    number: u64,
    /// The first line whose outcome has not been written out.
    unconfirmed: u64,
    failed: bool,
}

impl<'a> TranscriptPlayer<'a> {
    pub(crate) fn new(
        chat: &'a mut Chat,
        output: &'a mut Output,
        files: FileReader,
        stop_on_error: bool,
    ) -> Self {
        Self {
            chat,
            output,
            files,
            stop_on_error,
            resume: None,
            prompts: false,
            number: 0,
            unconfirmed: 1,
            failed: false,
        }
    }

    /// Returns to an earlier session first.
    pub(crate) fn resuming(mut self, which: Option<String>) -> Self {
        self.resume = which;
        self
    }

    /// Shows a prompt: a person types the lines at a terminal that can only show text.
    pub(crate) fn prompting(mut self) -> Self {
        self.prompts = true;
        self
    }

    /// Plays a file or standard input to its end.
    pub(crate) fn script(mut self, script: Script) -> ExitReason {
        if let Err(reason) = self.begin() {
            return reason;
        }
        let mut splitter = Splitter::new(script);
        let mut blocks = Blocks::default();
        loop {
            let step = match splitter.next_line() {
                Feed::Line(line) => {
                    self.number += 1;
                    blocks
                        .take(line)
                        .map_or(Ok(()), |said| self.utterance(said))
                }
                Feed::NeedsInput => self.read_more(&mut splitter, blocks.is_open()),
                Feed::End => return self.end(&mut blocks),
            };
            if let Err(reason) = step {
                return reason;
            }
        }
    }

    /// Plays the lines of `-c`. One that contains line breaks is one message.
    pub(crate) fn lines(mut self, lines: &[OsString]) -> ExitReason {
        if let Err(reason) = self.begin() {
            return reason;
        }
        let mut blocks = Blocks::default();
        for line in lines {
            self.number += 1;
            let bytes = line.as_bytes();
            let said = match str::from_utf8(bytes) {
                Ok(text) if text.contains('\n') => blocks.take_text(text),
                _ => blocks.take(RawLine::Bytes(bytes)),
            };
            if let Err(reason) = said.map_or(Ok(()), |said| self.utterance(said)) {
                return reason;
            }
        }
        self.end(&mut blocks)
    }

    /// Stores the part of a reply that an earlier process got before it was
    /// killed, and returns to the session that was asked for. If that fails,
    /// nothing is played: no script may run in the wrong session.
    fn begin(&mut self) -> Step {
        let mut begun = ask::recover(self.chat, self.output);
        if let Some(which) = self.resume.take() {
            begun = begun.and_then(|()| session::resume_unasked(self.chat, &which, self.output));
        }
        begun.or_else(|error| self.fail(error))
    }

    fn end(&mut self, blocks: &mut Blocks) -> ExitReason {
        let step = blocks.end().map_or(Ok(()), |said| self.utterance(said));
        match step.and_then(|()| self.commit_and_flush()) {
            Ok(()) if self.failed => ExitReason::Failure,
            Ok(()) => ExitReason::Success,
            Err(reason) => reason,
        }
    }

    /// Reads more input. If that would wait, everything is committed and written out first.
    fn read_more(&mut self, splitter: &mut Splitter<Script>, in_block: bool) -> Step {
        if !splitter.source().is_ready() {
            self.commit_and_flush()?;
            if self.prompts {
                self.prompt(in_block)?;
            }
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
        let prompt = if in_block {
            CONTINUATION.to_owned()
        } else {
            prompt_text(self.chat.user(), self.chat.session(), None)
        };
        let written = self.output.write(&prompt);
        written.map_err(|_| ExitReason::Unread)
    }

    fn utterance(&mut self, utterance: Utterance<'_>) -> Step {
        self.output.at_line(self.number);
        let is_switch = line::is_switch(&utterance);
        match line::run(utterance, self.chat, self.output, &self.files, false) {
            // Two of the others need a line editor, so they cannot come here, and a
            // file has been read.
            Ok(Next::Line | Next::Edit(_) | Next::Editor(_) | Next::File(_)) => {}
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
                if (is_switch && !self.prompts) || self.stop_on_error {
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
    fn commit_and_flush(&mut self) -> Step {
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
        Err(ExitReason::Failure)
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

    fn interrupted(&self) -> ExitReason {
        self.output
            .signals()
            .caught()
            .map_or(ExitReason::Failure, ExitReason::Signal)
    }
}
