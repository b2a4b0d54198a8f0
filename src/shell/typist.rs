//! A person who types lines at a terminal without our line editor.
//!
//! Left to itself the kernel edits the line, and cuts it at 4,095 bytes without
//! a word. So the lines are edited here, as plainly as the kernel does it: the
//! keys that the terminal is set to erase a character, a word and the line, and
//! to end the input. Ctrl-C stays a signal.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, Read, Stdin, Write};

use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};

use super::edited_line::EditedLine;
use super::patient::{self, Patient};
use crate::domain::MESSAGE_LIMIT;

/// How much is read at once.
const CHUNK_BYTES: usize = 4096;

/// The key that erases, on terminals that are not set to it.
const OTHER_ERASE: u8 = 8;

/// Reads whole lines from a terminal, of any length. The terminal is put back
/// when this is dropped.
pub(crate) struct Typist {
    stdin: Stdin,
    original: Termios,
    /// As this needs it.
    working: Termios,
    /// What was typed and has not been looked at.
    keys: RefCell<Keys>,
    line: EditedLine,
    /// What is finished and has not been handed out.
    finished: VecDeque<u8>,
}

/// Bytes from the terminal.
#[derive(Default)]
struct Keys {
    bytes: VecDeque<u8>,
    /// So many of them the kernel has shown already.
    shown: usize,
    ended: bool,
}

impl Typist {
    /// Takes the terminal on standard input from the kernel's line editor.
    ///
    /// # Errors
    /// If it is no terminal.
    pub(crate) fn new() -> io::Result<Self> {
        let stdin = io::stdin();
        let original = tcgetattr(&stdin)?;
        let mut keys = Keys::default();
        // Lines that were typed before: the kernel has shown them.
        keys.fetch(&stdin);
        keys.shown = keys.bytes.len();
        let mut working = original.clone();
        working
            .local_modes
            .remove(LocalModes::ICANON | LocalModes::ECHO);
        working.special_codes[SpecialCodeIndex::VMIN] = 1;
        working.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(&stdin, OptionalActions::Drain, &working)?;
        Ok(Self {
            stdin,
            original,
            working,
            keys: RefCell::new(keys),
            line: EditedLine::default(),
            finished: VecDeque::new(),
        })
    }

    /// A function that puts the terminal back from another thread.
    pub(crate) fn restorer(&self) -> impl Fn() + Send + 'static {
        let original = self.original.clone();
        move || {
            // Nobody can be told if the terminal is gone.
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, &original);
        }
    }

    /// Whether a read would return without waiting for a person.
    pub(super) fn is_ready(&self) -> bool {
        let mut keys = self.keys.borrow_mut();
        keys.fetch(&self.stdin);
        let end = self.code(SpecialCodeIndex::VEOF);
        !self.finished.is_empty()
            || keys.ended
            || keys
                .bytes
                .iter()
                .any(|&key| key == b'\n' || Some(key) == end)
    }

    /// Takes the terminal again from whoever had it while the program was stopped.
    fn retake(&self) {
        let is_edited = |modes: Termios| modes.local_modes.contains(LocalModes::ICANON);
        if tcgetattr(&self.stdin).is_ok_and(is_edited) {
            // If the terminal is gone, the next read fails.
            let _ = tcsetattr(&self.stdin, OptionalActions::Now, &self.working);
        }
    }

    /// A key as the terminal is set; none if there is none for it.
    fn code(&self, index: SpecialCodeIndex) -> Option<u8> {
        Some(self.original.special_codes[index]).filter(|&code| code != 0)
    }

    /// Takes a key; true if it ends the input.
    fn key(&mut self, key: u8, echo: &mut Vec<u8>) -> bool {
        let is = |index| Some(key) == self.code(index);
        if key == b'\n' {
            self.line.push(key, echo);
            self.finished.extend(self.line.take());
        } else if is(SpecialCodeIndex::VERASE) || key == OTHER_ERASE {
            self.line.erase(echo);
        } else if is(SpecialCodeIndex::VKILL) {
            while self.line.erase(echo).is_some() {}
        } else if is(SpecialCodeIndex::VWERASE) {
            let is_blank = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_whitespace);
            while is_blank(self.line.bytes.last()) && self.line.erase(echo).is_some() {}
            while !is_blank(self.line.bytes.last()) && self.line.erase(echo).is_some() {}
        } else if is(SpecialCodeIndex::VEOF) {
            // In the middle of a line it only sends what there is.
            let line = self.line.take();
            if line.is_empty() {
                return true;
            }
            self.finished.extend(line);
        } else {
            self.line.push(key, echo);
            if self.line.bytes.len() > MESSAGE_LIMIT {
                // It is too long in any case: nothing is gained by keeping it whole.
                self.finished.extend(self.line.take());
            }
        }
        false
    }

    fn hand_out(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // A queue is read without waiting and without an error.
        self.finished.read(buffer)
    }
}

impl Read for Typist {
    /// A line or more, or what was sent by Ctrl-D.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let is_shown = self.original.local_modes.contains(LocalModes::ECHO);
        loop {
            if !self.finished.is_empty() {
                return self.hand_out(buffer);
            }
            let mut echo = Vec::new();
            let mut ended = false;
            while self.finished.is_empty() && !ended {
                let keys = self.keys.get_mut();
                let Some(key) = keys.bytes.pop_front() else {
                    break;
                };
                let was_shown = keys.shown > 0;
                keys.shown = keys.shown.saturating_sub(1);
                let before = echo.len();
                ended = self.key(key, &mut echo);
                if was_shown || !is_shown {
                    echo.truncate(before);
                }
            }
            // The terminal itself, also where standard output goes elsewhere. If it
            // takes nothing, the person types blindly.
            let _ = Patient(&self.stdin).write_all(&echo);
            if ended {
                return Ok(0);
            }
            if self.finished.is_empty() {
                self.retake();
                let keys = self.keys.get_mut();
                if keys.ended {
                    self.finished.extend(self.line.take());
                    return self.hand_out(buffer);
                }
                keys.wait(&self.stdin)?;
            }
        }
    }
}

impl Drop for Typist {
    fn drop(&mut self) {
        self.restorer()();
    }
}

impl Keys {
    /// Waits for keys.
    fn wait(&mut self, stdin: &Stdin) -> io::Result<()> {
        let mut chunk = [0; CHUNK_BYTES];
        let count = patient::read(stdin, &mut chunk)?;
        self.ended = count == 0;
        self.bytes.extend(&chunk[..count]);
        Ok(())
    }

    /// Takes the keys that are there; what goes wrong goes wrong again when they
    /// are waited for.
    fn fetch(&mut self, stdin: &Stdin) {
        while !self.ended && self.bytes.len() <= MESSAGE_LIMIT && patient::is_ready(stdin) {
            if self.wait(stdin).is_err() {
                return;
            }
        }
    }
}
