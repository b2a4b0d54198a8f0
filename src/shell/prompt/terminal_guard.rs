//! The state of the terminal: as it was found, and as the prompt needs it between lines.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::{fs, io};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{
    Action, InputModes, LocalModes, OptionalActions, QueueSelector, SpecialCodeIndex, Termios,
    tcflow, tcflush, tcgetattr, tcsetattr,
};

use super::super::job_control::{JobControl, begin_letting_through, end_letting_through};
use super::super::pager::Lender;
use super::super::panics::before_panics;
use super::waiting_terminal::{self, WaitingTerminal};

/// Ends bracketed paste and shows the cursor, whatever the line editor had done.
const RESET: &[u8] = b"\x1b[?2004l\x1b[?25h";

/// Gives the cursor the shape that it has by itself.
pub(super) const DEFAULT_SHAPE: &str = "\x1b[0 q";

/// Begins bracketed paste again.
const MARK_PASTES: &[u8] = b"\x1b[?2004h";

/// What ends a paste, and how long the next piece of one is waited for.
const PASTE_END: &[u8] = b"\x1b[201~";
const PASTE_PAUSE: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 200_000_000,
};

/// Sets the terminal up for the prompt, and puts it back when it is dropped.
///
/// While the program works, what is typed ahead is neither echoed into the
/// output nor changed: a carriage return stays one, so that the line editor can
/// tell Enter from Ctrl-J when it gets to it. Ctrl-C still is a signal.
pub(crate) struct TerminalGuard {
    modes: TerminalModes,
    jobs: JobControl,
    early: RefCell<VecDeque<String>>,
}

/// The two states of the terminal, and which it is in.
#[derive(Clone)]
pub(super) struct TerminalModes {
    /// As the program found it.
    original: Termios,
    /// While the program runs, outside the line editor.
    working: Termios,
    /// Whether it waited, as the program found it.
    waiting: WaitingTerminal,
    holder: Arc<Mutex<Holder>>,
    /// The cursor has another shape than it was found with.
    has_shape: Arc<AtomicBool>,
}

/// Who has the terminal.
enum Holder {
    Program,
    /// Whoever stopped the program; when it goes on, it needs the terminal like this.
    Shell(Termios),
    /// A program that was started to use it. This folder is for that program only.
    Borrower(Option<PathBuf>),
    /// It was put back for good.
    Nobody,
}

impl TerminalModes {
    /// Puts the terminal back as it was found while another program uses it. The
    /// folder goes if this process is ended meanwhile.
    pub(super) fn lend<T>(&self, folder: Option<PathBuf>, work: impl FnOnce() -> T) -> T {
        self.lend_from(&self.working, folder, work)
    }

    /// The same while a line is edited.
    pub(super) fn lend_amid_line<T>(&self, folder: Option<PathBuf>, work: impl FnOnce() -> T) -> T {
        let modes = tcgetattr(io::stdin()).unwrap_or_else(|_| self.working.clone());
        let done = self.lend_from(&modes, folder, work);
        let _ = rustix::io::write(io::stdout(), MARK_PASTES);
        done
    }

    fn lend_from<T>(
        &self,
        modes: &Termios,
        folder: Option<PathBuf>,
        work: impl FnOnce() -> T,
    ) -> T {
        self.hand_over(folder);
        let done = work();
        self.take_over(modes);
        done
    }

    fn hand_over(&self, folder: Option<PathBuf>) {
        *self.holder() = Holder::Borrower(folder);
        self.restore();
        begin_letting_through();
    }

    fn take_over(&self, modes: &Termios) {
        end_letting_through();
        *self.holder() = Holder::Program;
        waiting_terminal::wait();
        // Nobody can be told if the terminal is gone: the next read will fail.
        let _ = tcsetattr(io::stdin(), OptionalActions::Drain, modes);
    }

    /// A key as the terminal was set when it was found; none if there is none for it.
    pub(super) fn key(&self, index: SpecialCodeIndex) -> Option<u8> {
        Some(self.original.special_codes[index]).filter(|&code| code != 0)
    }

    /// Puts the terminal back as it was found while the program is stopped.
    fn give_back(&self) {
        let mut holder = self.holder();
        if matches!(*holder, Holder::Program)
            && let Ok(modes) = tcgetattr(io::stdin())
        {
            self.restore();
            *holder = Holder::Shell(modes);
        }
    }

    /// Takes the terminal again when the program goes on; true if a line is edited
    /// there.
    fn take_again(&self) -> bool {
        let mut holder = self.holder();
        let Holder::Shell(modes) = &*holder else {
            return false;
        };
        waiting_terminal::wait();
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, modes);
        let is_edited = modes.local_modes != self.working.local_modes;
        if is_edited {
            let _ = rustix::io::write(io::stdout(), MARK_PASTES);
        }
        *holder = Holder::Program;
        is_edited
    }

    fn release(&self) {
        *self.holder() = Holder::Nobody;
        self.restore();
    }

    /// Gives the cursor a shape, or again the one that it was found with.
    pub(super) fn shape_cursor(&self, shape: &str) {
        // Whoever ends the program in between writes it once more, rather than not at all.
        self.has_shape.store(true, Ordering::SeqCst);
        let _ = rustix::io::write(io::stdout(), shape.as_bytes());
        self.has_shape
            .store(shape != DEFAULT_SHAPE, Ordering::SeqCst);
    }

    fn restore_shape(&self) {
        if self.has_shape.swap(false, Ordering::SeqCst) {
            let _ = rustix::io::write(io::stdout(), DEFAULT_SHAPE.as_bytes());
        }
    }

    fn restore(&self) {
        self.restore_shape();
        restore(&self.original);
        self.waiting.restore();
    }

    fn holder(&self) -> MutexGuard<'_, Holder> {
        self.holder.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lender for TerminalModes {
    fn lend(&self) {
        self.hand_over(None);
    }

    fn take_back(&self) {
        self.take_over(&self.working);
    }
}

impl TerminalGuard {
    /// Takes control of the terminal on standard input.
    ///
    /// # Errors
    /// If it is no terminal.
    pub(crate) fn new() -> io::Result<Self> {
        let original = tcgetattr(io::stdin())?;
        let waiting = WaitingTerminal::new();
        let early = typed_early();
        let mut working = original.clone();
        working.input_modes.remove(InputModes::ICRNL);
        working
            .local_modes
            .remove(LocalModes::ECHO | LocalModes::ICANON);
        // Ctrl-C must not throw away what is typed ahead or already written.
        working.local_modes.insert(LocalModes::NOFLSH);
        tcsetattr(io::stdin(), OptionalActions::Drain, &working)?;
        let modes = TerminalModes {
            original,
            working,
            waiting,
            holder: Arc::new(Mutex::new(Holder::Program)),
            has_shape: Arc::default(),
        };
        // From here on the terminal is put back, whatever fails.
        let mut guard = Self {
            modes,
            jobs: JobControl::default(),
            early: RefCell::new(early),
        };
        let (given, taken) = (guard.modes(), guard.modes());
        guard.jobs = JobControl::new(move || given.give_back(), move || taken.take_again())?;
        guard.release_before_panics();
        Ok(guard)
    }

    /// Takes the whole lines that were typed before the terminal was under control.
    pub(super) fn take_early(&self) -> VecDeque<String> {
        self.early.take()
    }

    pub(super) fn modes(&self) -> TerminalModes {
        self.modes.clone()
    }

    pub(super) fn jobs(&self) -> JobControl {
        self.jobs.clone()
    }

    /// A panic ends the program without dropping anything.
    fn release_before_panics(&self) {
        let original = self.modes.original.clone();
        before_panics(move || restore(&original));
    }

    /// A function that puts the terminal back from another thread and ends the line.
    pub(crate) fn restorer(&self) -> impl Fn() + Send + 'static {
        let modes = self.modes();
        move || {
            // Another thread may be stuck in a write, because of Ctrl-S or a
            // terminal that nobody reads: make room, and lock nothing of its own.
            let _ = tcflush(io::stdout(), QueueSelector::OFlush);
            let _ = tcflow(io::stdout(), Action::OOn);
            let holder = std::mem::replace(&mut *modes.holder(), Holder::Nobody);
            if let Holder::Borrower(Some(folder)) = holder {
                let _ = fs::remove_dir_all(folder);
            }
            modes.restore_shape();
            restore(&modes.original);
            let _ = rustix::io::write(io::stdout(), b"\r\n");
            modes.waiting.restore();
        }
    }
}

impl Drop for TerminalGuard {
    fn drop(&mut self) {
        self.modes.release();
    }
}

/// Nobody can be told if the terminal is gone.
fn restore(original: &Termios) {
    let _ = tcsetattr(io::stdin(), OptionalActions::Now, original);
    let _ = rustix::io::write(io::stdout(), RESET);
}

/// Whether the terminal is gone: its window was closed, or the line is down.
pub(super) fn is_hung_up() -> bool {
    let stdin = io::stdin();
    let mut fds = [PollFd::new(&stdin, PollFlags::IN)];
    let polled = poll(&mut fds, Some(&Timespec::default()));
    polled.is_ok() && fds[0].revents().intersects(PollFlags::HUP | PollFlags::ERR)
}

/// Drops the rest of a paste that broke off: as keys, its lines would be sent. The line
/// editor may have dropped its end already, so it ends with a pause, too.
pub(super) fn skip_paste() {
    let stdin = io::stdin();
    let (mut rest, mut buffer) = (Vec::new(), vec![0; 4096]);
    loop {
        let mut fds = [PollFd::new(&stdin, PollFlags::IN)];
        if !poll(&mut fds, Some(&PASTE_PAUSE)).is_ok_and(|ready| ready > 0) {
            return;
        }
        match rustix::io::read(&stdin, &mut buffer) {
            Ok(count) if count > 0 => rest.extend_from_slice(&buffer[..count]),
            _ => return,
        }
        if rest.windows(PASTE_END.len()).any(|end| end == PASTE_END) {
            return;
        }
        // Half of it may have come.
        rest.drain(..rest.len().saturating_sub(PASTE_END.len()));
    }
}

/// The lines that were typed before the program started. The terminal has ended
/// each with a line feed, which the line editor would take for Ctrl-J.
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
