//! A person who types lines at a terminal without our line editor.
//!
//! Left to itself the kernel edits the line, and cuts it at 4,095 bytes without
//! a word. So the lines are edited here, as plainly as the kernel does it: the
//! keys that the terminal is set to erase a character, a word and the line, and
//! to end the input. Ctrl-C stays a signal.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::sync::Arc;

use rustix::io::Errno;
use rustix::termios::{LocalModes, SpecialCodeIndex};

use super::edited_line::EditedLine;
use super::job_control::JobControl;
use super::panics::before_panics;
use super::taken_terminal::TakenTerminal;
use crate::domain::MESSAGE_LIMIT;

/// How much is read at once.
const CHUNK_BYTES: usize = 4096;

/// The key that erases, on terminals that are not set to it.
const OTHER_ERASE: u8 = 8;

/// Reads whole lines from a terminal, of any length. The terminal is put back
/// when this is dropped.
pub(crate) struct Typist {
    terminal: Arc<TakenTerminal>,
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
    end: Option<End>,
}

/// Why no more keys come.
#[derive(Clone, Copy)]
enum End {
    /// The person ended the input while the kernel edited the line.
    Typed,
    /// The terminal is gone, and with it whoever could finish the line.
    HungUp,
}

impl Typist {
    /// Takes a terminal from the kernel's line editor. None if this is no terminal,
    /// or if nothing that is typed could be shown.
    ///
    /// # Errors
    /// If the terminal cannot be set.
    pub(crate) fn new(device: impl AsFd) -> io::Result<Option<Self>> {
        let Some(terminal) = TakenTerminal::new(device)? else {
            return Ok(None);
        };
        let mut keys = Keys::default();
        // Lines that were typed before: the kernel has shown them.
        keys.fetch(&terminal);
        keys.shown = keys.bytes.len();
        terminal.take()?;
        let terminal = Arc::new(terminal);
        let (given, taken) = (Arc::clone(&terminal), Arc::clone(&terminal));
        let take = move || {
            taken.take_back();
            false
        };
        JobControl::new(move || given.give_back(), take)?;
        let left = Arc::clone(&terminal);
        before_panics(move || left.restore());
        Ok(Some(Self {
            terminal,
            keys: RefCell::new(keys),
            line: EditedLine::default(),
            finished: VecDeque::new(),
        }))
    }

    /// A function that puts the terminal back from another thread, for good.
    pub(crate) fn restorer(&self) -> impl Fn() + Send + 'static {
        let terminal = Arc::clone(&self.terminal);
        move || terminal.release()
    }

    /// Whether a read would return without waiting for a person.
    pub(super) fn is_ready(&self) -> bool {
        let mut keys = self.keys.borrow_mut();
        keys.fetch(&self.terminal);
        let end = self.code(SpecialCodeIndex::VEOF);
        !self.finished.is_empty()
            || keys.end.is_some()
            || keys
                .bytes
                .iter()
                .any(|&key| key == b'\n' || Some(key) == end)
    }

    /// A key as the terminal is set; none if there is none for it.
    fn code(&self, index: SpecialCodeIndex) -> Option<u8> {
        Some(self.terminal.original().special_codes[index]).filter(|&code| code != 0)
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
    /// A line or more, or what was sent by Ctrl-D. Nothing is the end of what was
    /// typed; if the terminal is gone, that is an error, and an unfinished line is
    /// nothing that anybody has sent.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let is_shown = (self.terminal.original().local_modes).contains(LocalModes::ECHO);
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
            self.terminal.show(&echo);
            if ended {
                return Ok(0);
            }
            if self.finished.is_empty() {
                let keys = self.keys.get_mut();
                match keys.end {
                    None => keys.wait(&self.terminal)?,
                    Some(End::Typed) => {
                        self.finished.extend(self.line.take());
                        return self.hand_out(buffer);
                    }
                    Some(End::HungUp) => return Err(Errno::IO.into()),
                }
            }
        }
    }
}

impl Drop for Typist {
    fn drop(&mut self) {
        self.terminal.release();
    }
}

impl Keys {
    /// Waits for keys.
    fn wait(&mut self, terminal: &TakenTerminal) -> io::Result<()> {
        terminal.wait()?;
        self.read(terminal)
    }

    /// Takes the keys that are there; what goes wrong goes wrong again when they
    /// are waited for.
    fn fetch(&mut self, terminal: &TakenTerminal) {
        while self.end.is_none() && self.bytes.len() <= MESSAGE_LIMIT && terminal.is_ready() {
            if self.read(terminal).is_err() {
                return;
            }
        }
    }

    fn read(&mut self, terminal: &TakenTerminal) -> io::Result<()> {
        let mut chunk = [0; CHUNK_BYTES];
        let count = terminal.read(&mut chunk)?;
        if count == 0 {
            let is_typed = terminal.is_edited_by_kernel();
            self.end = Some(if is_typed { End::Typed } else { End::HungUp });
        }
        self.bytes.extend(&chunk[..count]);
        Ok(())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Write;
    use std::thread::yield_now;

    use rustix::fs::{Mode, OFlags, open};
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

    use super::*;

    /// A typist at a terminal that hung up after these keys.
    pub(in crate::shell) fn hung_up(keys: &str) -> Typist {
        let window = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&window).unwrap();
        unlockpt(&window).unwrap();
        let path = ptsname(&window, Vec::new()).unwrap();
        let device = open(path, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
        let typist = Typist::new(device).unwrap().expect("a terminal");
        let mut window = std::fs::File::from(window);
        window.write_all(keys.as_bytes()).unwrap();
        while typist.keys.borrow().bytes.len() < keys.len() {
            typist.is_ready();
            yield_now();
        }
        typist
    }

    #[test]
    fn an_unfinished_line_goes_with_its_terminal() {
        let mut typist = hung_up("sent\n/clear");
        let mut buffer = [0; 100];
        let count = typist.read(&mut buffer).unwrap();
        assert_eq!(&buffer[..count], b"sent\n");
        for _ in 0..2 {
            assert!(typist.read(&mut buffer).is_err());
        }
    }

    #[test]
    fn ctrl_d_sends_a_line_and_then_ends_the_input() {
        let mut typist = hung_up("half\x04\x04");
        let mut buffer = [0; 100];
        assert_eq!(typist.read(&mut buffer).unwrap(), 4);
        assert_eq!(typist.read(&mut buffer).unwrap(), 0);
    }

    #[test]
    fn what_is_no_terminal_is_not_taken() {
        let (reader, _writer) = io::pipe().unwrap();
        assert!(Typist::new(reader).unwrap().is_none());
    }
}
