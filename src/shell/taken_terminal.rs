//! A terminal that is taken from the kernel's line editor.

use std::fs::OpenOptions;
use std::io::{self, IsTerminal, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::fs::{OFlags, fcntl_getfl};
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};
use signal_hook::consts::SIGCONT;
use signal_hook::low_level::pipe;

use super::patient::{self, Patient};

/// Keys come as they are typed, and nothing shows them but this program.
pub(super) struct TakenTerminal {
    device: OwnedFd,
    /// Where what is typed is shown: the device may be open for reading only.
    screen: OwnedFd,
    original: Termios,
    /// As it is needed.
    working: Termios,
    /// Gets a byte whenever the program goes on after it was stopped.
    continued: UnixStream,
    holder: Mutex<Holder>,
}

/// Who has the terminal.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holder {
    Program,
    /// Whoever stopped the program.
    Shell,
    /// It was put back for good.
    Nobody,
}

impl TakenTerminal {
    /// Takes nothing yet. None if this is no terminal, or if nothing that is typed
    /// could be shown: then the kernel does it better.
    pub(super) fn new(device: impl AsFd) -> io::Result<Option<Self>> {
        let device = device.as_fd();
        if !device.is_terminal() {
            return Ok(None);
        }
        let Some(screen) = screen(device) else {
            return Ok(None);
        };
        let original = tcgetattr(device)?;
        let mut working = original.clone();
        working
            .local_modes
            .remove(LocalModes::ICANON | LocalModes::ECHO);
        working.special_codes[SpecialCodeIndex::VMIN] = 1;
        working.special_codes[SpecialCodeIndex::VTIME] = 0;
        let (continued, bell) = UnixStream::pair()?;
        continued.set_nonblocking(true)?;
        pipe::register(SIGCONT, bell)?;
        Ok(Some(Self {
            device: device.try_clone_to_owned()?,
            screen,
            original,
            working,
            continued,
            holder: Mutex::new(Holder::Program),
        }))
    }

    /// Takes it for the first time.
    pub(super) fn take(&self) -> io::Result<()> {
        Ok(tcsetattr(
            &self.device,
            OptionalActions::Drain,
            &self.working,
        )?)
    }

    /// Takes it again from whoever had it while the program was stopped, unless it
    /// was put back.
    pub(super) fn retake(&self) {
        self.retake_from(*self.holder());
    }

    /// Puts it back while the program is stopped.
    pub(super) fn give_back(&self) {
        let mut holder = self.holder();
        if *holder == Holder::Program {
            *holder = Holder::Shell;
            let _ = tcsetattr(&self.device, OptionalActions::Now, &self.original);
        }
    }

    /// Takes it again when the program goes on.
    pub(super) fn take_back(&self) {
        let mut holder = self.holder();
        if *holder == Holder::Shell {
            *holder = Holder::Program;
            self.retake_from(*holder);
        }
    }

    fn retake_from(&self, holder: Holder) {
        let is_lost = |modes: Termios| {
            let edited = LocalModes::ICANON | LocalModes::ECHO;
            modes.local_modes.intersects(edited) || modes.special_codes[SpecialCodeIndex::VMIN] == 0
        };
        if holder == Holder::Program && tcgetattr(&self.device).is_ok_and(is_lost) {
            // If the terminal is gone, the next read fails.
            let _ = tcsetattr(&self.device, OptionalActions::Now, &self.working);
        }
    }

    /// Puts it back for good, from any thread.
    pub(super) fn release(&self) {
        *self.holder() = Holder::Nobody;
        self.restore();
    }

    /// Puts it back, and waits for no lock.
    pub(super) fn restore(&self) {
        // Nobody can be told if the terminal is gone.
        let _ = tcsetattr(&self.device, OptionalActions::Now, &self.original);
    }

    fn holder(&self) -> MutexGuard<'_, Holder> {
        self.holder.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How it was found.
    pub(super) fn original(&self) -> &Termios {
        &self.original
    }

    /// Whether the kernel edits the line now.
    pub(super) fn is_edited_by_kernel(&self) -> bool {
        tcgetattr(&self.device).is_ok_and(|modes| modes.local_modes.contains(LocalModes::ICANON))
    }

    /// Whether a read would return without waiting.
    pub(super) fn is_ready(&self) -> bool {
        patient::is_ready(&self.device)
    }

    /// Waits until a read would not, and takes the terminal again whenever the
    /// program goes on.
    pub(super) fn wait(&self) -> io::Result<()> {
        loop {
            self.retake();
            patient::wait([self.device.as_fd(), self.continued.as_fd()], None)?;
            let has_continued = (&self.continued).read(&mut [0; 64]).is_ok();
            if !has_continued && self.is_ready() {
                return Ok(());
            }
        }
    }

    /// Reads what was typed; nothing means that the line is down.
    pub(super) fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        patient::read(&self.device, buffer)
    }

    /// Shows something, also where standard output goes elsewhere. If the terminal
    /// takes nothing, the person types blindly.
    pub(super) fn show(&self, bytes: &[u8]) {
        let _ = Patient(&self.screen).write_all(bytes);
    }
}

/// The terminal to write to: this one, a standard stream, or the one that the
/// program was started from.
fn screen(device: impl AsFd) -> Option<OwnedFd> {
    let (stdin, stdout, stderr) = (io::stdin(), io::stdout(), io::stderr());
    let candidates = [
        device.as_fd(),
        stdin.as_fd(),
        stdout.as_fd(),
        stderr.as_fd(),
    ];
    let is_screen = |fd: &std::os::fd::BorrowedFd<'_>| {
        fd.is_terminal()
            && fcntl_getfl(fd).is_ok_and(|flags| flags & OFlags::RWMODE != OFlags::RDONLY)
    };
    match candidates.into_iter().find(is_screen) {
        Some(fd) => fd.try_clone_to_owned().ok(),
        None => {
            let opened = OpenOptions::new().write(true).open("/dev/tty");
            opened.ok().map(OwnedFd::from)
        }
    }
}
