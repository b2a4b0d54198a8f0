//! Transcripts: lines from a pipe, a file or `-c`, with nobody to ask.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Stdin, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::ffi::OsStrExt;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::{Desk, Ending, line};
use crate::chat::Chat;
use crate::command::action::Next;
use crate::domain::{Error, Event, Fault, SessionId, Sink, UserName};
use crate::transcript::{Blocks, Feed, RawLine, Splitter, Utterance};

/// A group is committed at the latest when it holds so many messages or so many
/// bytes of output, so that other writers get their turn within milliseconds.
const GROUP_MESSAGES: usize = 4096;
const GROUP_BYTES: usize = 256 * 1024;

/// What a transcript is read from.
pub enum Script {
    /// Standard input.
    Stdin(Stdin),
    /// A file.
    File(File),
}

impl Script {
    fn fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Stdin(stdin) => stdin.as_fd(),
            Self::File(file) => file.as_fd(),
        }
    }

    /// Whether reading would not wait.
    fn is_ready(&self) -> bool {
        let fd = self.fd();
        let mut fds = [PollFd::new(&fd, PollFlags::IN)];
        poll(&mut fds, Some(&Timespec::default())).is_ok_and(|ready| ready > 0)
    }
}

impl Read for Script {
    /// Straight from the descriptor: the splitter is the only buffer.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(rustix::io::read(self.fd(), buffer)?)
    }
}

/// A transcript being played.
pub struct Play<'a> {
    chat: &'a mut Chat,
    desk: &'a mut Desk,
    stop_on_error: bool,
    /// The session to return to first.
    resume: Option<String>,
    /// Shows who is speaking whenever a person at a dumb terminal is waited for.
    prompts: bool,
    /// The number of the current line, from 1.
    number: u64,
    /// The first line whose outcome has not been written out.
    unconfirmed: u64,
    failed: bool,
}

/// What is left to do after a step: go on, or end like this.
type Step = std::result::Result<(), Ending>;

impl<'a> Play<'a> {
    /// A transcript of which nothing has been played.
    pub fn new(chat: &'a mut Chat, desk: &'a mut Desk, stop_on_error: bool) -> Self {
        Self {
            chat,
            desk,
            stop_on_error,
            resume: None,
            prompts: false,
            number: 0,
            unconfirmed: 1,
            failed: false,
        }
    }

    /// The same, which returns to an earlier session first.
    pub fn resuming(mut self, which: Option<String>) -> Self {
        self.resume = which;
        self
    }

    /// The same, typed by a person at a terminal that can only show text.
    pub fn prompting(mut self) -> Self {
        self.prompts = true;
        self
    }

    /// Plays a file or standard input to its end.
    pub fn script(mut self, script: Script) -> Ending {
        if let Err(ending) = self.begin() {
            return ending;
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
                Feed::Hungry => self.hungry(&mut splitter, blocks.is_open()),
                Feed::End => return self.end(&mut blocks),
            };
            if let Err(ending) = step {
                return ending;
            }
        }
    }

    /// Plays the lines of `-c`. One that holds several lines is a message.
    pub fn lines(mut self, lines: &[OsString]) -> Ending {
        if let Err(ending) = self.begin() {
            return ending;
        }
        let mut blocks = Blocks::default();
        for line in lines {
            self.number += 1;
            let bytes = line.as_bytes();
            let said = match str::from_utf8(bytes) {
                Ok(text) if text.contains('\n') => blocks.take_text(text),
                _ => blocks.take(RawLine::Bytes(bytes)),
            };
            if let Err(ending) = said.map_or(Ok(()), |said| self.utterance(said)) {
                return ending;
            }
        }
        self.end(&mut blocks)
    }

    /// Keeps what an earlier process heard of a reply before it was ended, and
    /// returns to the session that was asked for. If that fails nothing is
    /// played: no script goes on in the wrong session.
    fn begin(&mut self) -> Step {
        let mut begun = self.chat.recover(self.desk);
        if let Some(which) = self.resume.take() {
            begun = begun.and_then(|()| self.chat.resume_unasked(&which, self.desk));
        }
        begun.or_else(|error| self.fail(error))
    }

    fn end(&mut self, blocks: &mut Blocks) -> Ending {
        let step = blocks.end().map_or(Ok(()), |said| self.utterance(said));
        match step.and_then(|()| self.settle()) {
            Ok(()) if self.failed => Ending::Failed,
            Ok(()) => Ending::Well,
            Err(ending) => ending,
        }
    }

    /// Reads more. If that would wait, everything is committed and shown first.
    fn hungry(&mut self, splitter: &mut Splitter<Script>, in_block: bool) -> Step {
        if !splitter.source().is_ready() {
            self.settle()?;
            if self.prompts {
                self.prompt(in_block)?;
            }
        }
        // Read without waiting: a signal is looked for after the line instead.
        let read = if self.desk.waiting() > 0 || self.chat.pending() > 0 {
            splitter.fill()
        } else {
            match self.desk.signals().wait(|| splitter.fill()) {
                Some(read) => read,
                None => return Err(self.interrupted()),
            }
        };
        read.or_else(|error| self.fail(Error::Input(error)))
    }

    fn prompt(&self, in_block: bool) -> Step {
        let prompt = if in_block {
            "... ".into()
        } else {
            prompt_text(self.chat.user(), self.chat.session(), None)
        };
        let mut out = io::stdout().lock();
        out.write_all(prompt.as_bytes())
            .and_then(|()| out.flush())
            .map_err(|_| Ending::Unread)
    }

    fn utterance(&mut self, utterance: Utterance<'_>) -> Step {
        self.desk.at_line(self.number);
        let is_switch = line::is_switch(&utterance);
        match line::run(utterance, self.chat, self.desk, false) {
            // The others need an editor, and there is none.
            Ok(Next::Line | Next::Edit(_) | Next::Editor(_)) => {}
            Ok(Next::Leave) => {
                self.settle()?;
                return Err(if self.failed {
                    Ending::Failed
                } else {
                    Ending::Well
                });
            }
            Err(error) => {
                self.failed = true;
                if self.chat.is_stopped() || line::is_final(&error) {
                    return self.fail(error);
                }
                self.desk.tell(&Event::Error(&error));
                // A person sees who is speaking; a script does not.
                if (is_switch && !self.prompts) || self.stop_on_error {
                    self.settle()?;
                    return Err(Ending::Stopped);
                }
            }
        }
        if self.desk.signals().caught().is_some() {
            self.settle()?;
            return Err(self.interrupted());
        }
        if self.chat.pending() == 0 && self.desk.waiting() == 0 {
            self.unconfirmed = self.number + 1;
        }
        if self.chat.pending() >= GROUP_MESSAGES || self.desk.waiting() >= GROUP_BYTES {
            self.settle()?;
        }
        Ok(())
    }

    /// Commits, then writes out.
    fn settle(&mut self) -> Step {
        if let Err(error) = self.chat.commit() {
            return self.fail(error);
        }
        if let Err(error) = self.desk.drain() {
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
            return Err(Ending::Unread);
        }
        if matches!(error, Error::Interrupted) {
            return Err(self.interrupted());
        }
        let error = if self.chat.is_stopped() {
            // Nothing that was to be shown since the last commit is known to be kept.
            self.desk.discard();
            self.over_lines(error)
        } else {
            error
        };
        if self.number > 0 {
            self.desk.at_line(self.number);
        }
        if matches!(error, Error::Output(_)) {
            // What cannot be written there is said on the other stream.
            self.desk.discard();
            let note = format!(
                "saylog: {}\n",
                crate::render::visible_line(&error.to_string())
            );
            let _ = io::stderr().write_all(note.as_bytes());
        } else {
            let committed = self.chat.is_stopped() || self.chat.commit().is_ok();
            if !committed {
                self.desk.discard();
            }
            self.desk.tell(&Event::Error(&error));
            let _ = self.desk.drain();
        }
        Err(Ending::Failed)
    }

    /// Names the lines that a failed commit leaves in doubt.
    fn over_lines(&self, error: Error) -> Error {
        match error {
            Error::Store(fault) if self.unconfirmed < self.number => Error::Store(Fault {
                what: format!(
                    "lines {} to {}: {}",
                    self.unconfirmed, self.number, fault.what
                ),
                ..fault
            }),
            other => other,
        }
    }

    fn interrupted(&self) -> Ending {
        self.desk
            .signals()
            .caught()
            .map_or(Ending::Failed, Ending::Signal)
    }
}

/// `alice/5b0c1f7e 12%> `: who is speaking, in which session, and how much of
/// its window that takes, if so wanted.
pub fn prompt_text(user: &UserName, session: Option<SessionId>, share: Option<usize>) -> String {
    let session = session.map_or_else(String::new, |session| format!("/{}", session.short()));
    let share = share.map_or_else(String::new, |percent| format!(" {percent}%"));
    format!("{user}{session}{share}> ")
}
