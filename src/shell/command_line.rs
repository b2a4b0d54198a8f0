//! Plays what the command line says: the lines of `-c`, or a question. What was
//! piped belongs to what is said, if anything is.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use super::exit_reason::{ExitReason, Step};
use super::line;
use super::piped::Piped;
use super::player::TranscriptPlayer;
use super::question::Question;
use crate::domain::{Error, MESSAGE_LIMIT, TextError, is_blank};
use crate::transcript::{Blocks, FENCE_BYTES, LineEnd, RawLine, Utterance, fenced};

impl TranscriptPlayer<'_> {
    /// Plays the lines of `-c`. One that contains line breaks is one message. The
    /// last one that is said is said with what was piped; if all are commands,
    /// standard input is left to whoever reads it next.
    pub(crate) fn lines(mut self, lines: &[OsString], piped: &Piped) -> ExitReason {
        self.begins_session = true;
        if let Err(reason) = self.begin() {
            return reason;
        }
        let with_pipe = last_said(lines).filter(|_| piped.is_there());
        let mut blocks = Blocks::default();
        for (at, line) in lines.iter().enumerate() {
            self.number += 1;
            let step = match take(&mut blocks, line) {
                Some(said) if with_pipe == Some(at) => self.beside(&said, piped),
                Some(said) => self.utterance(said),
                None => Ok(()),
            };
            if let Err(reason) = step {
                return reason;
            }
        }
        self.end(&mut blocks)
    }

    /// Asks a question, in a session begun for it unless one is returned to.
    pub(crate) fn question(mut self, question: &Question, piped: &Piped) -> ExitReason {
        self.begins_session = true;
        self.may_be_first = true;
        let step = self.begin().and_then(|()| match question {
            Question::Stdin => self.all_of(piped),
            Question::Words(words) => match str::from_utf8(words.as_bytes()) {
                Ok(text) if piped.is_there() => self.beside(&Utterance::Text(text), piped),
                Ok(text) => self.utterance(Utterance::Text(text)),
                Err(error) => self.bad(Error::InvalidUtf8(error.valid_up_to() + 1)),
            },
        });
        match step {
            Ok(()) => self.end(&mut Blocks::default()),
            Err(reason) => reason,
        }
    }

    /// Says something with what was piped.
    fn beside(&mut self, said: &Utterance<'_>, piped: &Piped) -> Step {
        let text = line::said(said).unwrap_or_default();
        let room = MESSAGE_LIMIT.saturating_sub(text.len() + FENCE_BYTES);
        let note = "saylog: waiting for the end of standard input, which is said with the \
                    question; `</dev/null` leaves it out\n";
        match self.read(piped, room, note)? {
            Ok(more) if more.is_empty() => self.utterance(Utterance::Text(text)),
            Ok(more) => {
                let message = fenced(text, None, &more);
                if message.len() > MESSAGE_LIMIT {
                    return self.bad(Error::Piped(TextError::TooLong));
                }
                self.utterance(Utterance::Text(&message))
            }
            Err(error) => self.bad(error),
        }
    }

    /// Says all of standard input and nothing else.
    fn all_of(&mut self, piped: &Piped) -> Step {
        let mut note = "saylog: waiting for the end of standard input\n";
        if piped.is_typed() {
            // Later it would stand in the middle of what the person types.
            self.output.write_note("saylog: Ctrl-D ends the message\n");
            note = "";
        }
        match self.read(piped, MESSAGE_LIMIT, note)? {
            Ok(text) if is_blank(&text) => self.bad(Error::NothingPiped),
            Ok(text) => self.utterance(Utterance::Text(&text)),
            Err(error) => self.bad(error),
        }
    }

    /// Reads standard input to its end; `note` is shown if that has to be waited for.
    fn read(
        &mut self,
        piped: &Piped,
        limit: usize,
        note: &str,
    ) -> Result<Result<String, Error>, ExitReason> {
        self.commit_and_flush()?;
        let signals = self.output.signals().clone();
        let output = &mut *self.output;
        let read = signals.wait(|| piped.read(limit, || output.write_note(note)));
        read.ok_or_else(|| self.interrupted())
    }

    fn bad(&mut self, error: Error) -> Step {
        self.utterance(Utterance::Bad { error, head: &[] })
    }
}

/// Takes an argument of `-c`, which is a message if it has several lines.
fn take<'a>(blocks: &'a mut Blocks, line: &'a OsStr) -> Option<Utterance<'a>> {
    let bytes = line.as_bytes();
    match str::from_utf8(bytes) {
        Ok(text) if text.contains('\n') => blocks.take_text(text),
        _ => blocks.take(RawLine::Bytes(bytes, LineEnd::Lf)),
    }
}

/// Which of the lines of `-c` is the last that says something.
fn last_said(lines: &[OsString]) -> Option<usize> {
    let mut blocks = Blocks::default();
    let mut last = None;
    for (at, line) in lines.iter().enumerate() {
        if take(&mut blocks, line).is_some_and(|taken| line::said(&taken).is_some()) {
            last = Some(at);
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_text_is_the_last_line_that_is_no_command() {
        let last = |lines: &[&str]| {
            let lines: Vec<OsString> = lines.iter().map(OsString::from).collect();
            last_said(&lines)
        };
        assert_eq!(last(&["/start", "/users"]), None);
        assert_eq!(last(&["/start", "hello", "/history"]), Some(1));
        assert_eq!(last(&["one", "//two", "/quit", " "]), Some(1));
        assert_eq!(last(&["/start\n/clear", "/nonsense", ""]), Some(0));
        // A block ends where it is said, and an open one is not.
        assert_eq!(last(&["\"\"\"", "/clear", "\"\"\"", "/users"]), Some(2));
        assert_eq!(last(&["one", "\"\"\"", "two"]), Some(0));
        assert_eq!(last(&[]), None);
    }
}
