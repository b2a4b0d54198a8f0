//! The terminal as it was found, and as the prompt needs it between lines.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{
    Action, InputModes, LocalModes, OptionalActions, QueueSelector, Termios, tcflow, tcflush,
    tcgetattr, tcsetattr,
};

/// Ends bracketed paste and shows the cursor, whatever the line editor had done.
const CALM: &[u8] = b"\x1b[?2004l\x1b[?25h";

/// Keeps the terminal's settings, and puts them back when it is dropped.
///
/// While the program works, what is typed ahead is neither echoed into the
/// output nor changed: a carriage return stays one, so that the line editor can
/// tell Enter from Ctrl-J when it gets to it. Ctrl-C still is a signal.
pub struct Console {
    found: Termios,
    working: Termios,
    early: RefCell<VecDeque<String>>,
}

/// Lends the terminal to another program.
pub struct Lender {
    found: Termios,
    working: Termios,
}

impl Lender {
    /// Gives the terminal back as it was found, for as long as `work` takes.
    pub fn lend<T>(&self, work: impl FnOnce() -> T) -> T {
        restore(&self.found);
        let done = work();
        // Nobody can be told if the terminal is gone: the next read will.
        let _ = tcsetattr(io::stdin(), OptionalActions::Drain, &self.working);
        done
    }
}

impl Console {
    /// Takes the terminal on standard input under control.
    ///
    /// # Errors
    /// If it is no terminal.
    pub fn open() -> io::Result<Self> {
        let found = tcgetattr(io::stdin())?;
        let early = typed_early();
        let mut working = found.clone();
        working.input_modes.remove(InputModes::ICRNL);
        working
            .local_modes
            .remove(LocalModes::ECHO | LocalModes::ICANON);
        // Ctrl-C must not throw away what is typed ahead or already written.
        working.local_modes.insert(LocalModes::NOFLSH);
        tcsetattr(io::stdin(), OptionalActions::Drain, &working)?;
        Ok(Self {
            found,
            working,
            early: RefCell::new(early),
        })
    }

    /// Takes the whole lines that were typed before the terminal was under control.
    pub fn take_early(&self) -> VecDeque<String> {
        self.early.take()
    }

    /// Something that lends the terminal.
    pub fn lender(&self) -> Lender {
        Lender {
            found: self.found.clone(),
            working: self.working.clone(),
        }
    }

    /// Something that puts the terminal back from another thread and ends the line.
    pub fn restorer(&self) -> impl Fn() + Send + 'static {
        let found = self.found.clone();
        move || {
            // Another thread may be stuck in a write, because of Ctrl-S or a
            // terminal that nobody reads: make room, and lock nothing.
            let _ = tcflush(io::stdout(), QueueSelector::OFlush);
            let _ = tcflow(io::stdout(), Action::OOn);
            restore(&found);
            let _ = rustix::io::write(io::stdout(), b"\r\n");
        }
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        restore(&self.found);
    }
}

/// Nobody can be told if the terminal is gone.
fn restore(found: &Termios) {
    let _ = tcsetattr(io::stdin(), OptionalActions::Now, found);
    let _ = rustix::io::write(io::stdout(), CALM);
}

/// Lines that wait in the terminal already. It still ends them by itself, with
/// a line feed where Enter was pressed, which the editor would take for Ctrl-J.
fn typed_early() -> VecDeque<String> {
    let stdin = io::stdin();
    let mut lines = VecDeque::new();
    let mut buffer = vec![0; 4096];
    loop {
        let mut fds = [PollFd::new(&stdin, PollFlags::IN)];
        if !poll(&mut fds, Some(&Timespec::default())).is_ok_and(|ready| ready > 0) {
            return lines;
        }
        // A terminal in this mode gives a line at a time, and never half a line.
        match rustix::io::read(&stdin, &mut buffer) {
            Ok(count) if count > 0 => {
                let text = String::from_utf8_lossy(&buffer[..count]);
                lines.extend(text.split_terminator('\n').map(str::to_owned));
            }
            _ => return lines,
        }
    }
}
