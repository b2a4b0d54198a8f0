//! A terminal that another program has set not to wait, while the prompt uses it.

use std::io;
use std::os::fd::AsFd;

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

/// Which of the terminal's streams were found with `O_NONBLOCK`.
///
/// The line editor reads standard input itself and takes a read that would have
/// to wait for the end of the terminal. So the flag is cleared, as shells do it
/// too, and put back at the end. A second descriptor of the terminal, with flags
/// of its own, would leave the flag alone; but it cannot be had after `su`, when
/// the terminal belongs to somebody else.
#[derive(Clone, Copy)]
pub(super) struct WaitingTerminal {
    input: bool,
    output: bool,
}

impl WaitingTerminal {
    /// Looks at both streams and makes them wait.
    pub(super) fn new() -> Self {
        let found = Self {
            input: does_not_wait(io::stdin()),
            output: does_not_wait(io::stdout()),
        };
        wait();
        found
    }

    /// Puts the flags back.
    pub(super) fn restore(self) {
        // Often both are the same open file: then both were found alike.
        if self.input {
            set(io::stdin(), true);
        }
        if self.output {
            set(io::stdout(), true);
        }
    }
}

/// Makes both streams wait, whoever has set them not to meanwhile.
pub(super) fn wait() {
    set(io::stdin(), false);
    set(io::stdout(), false);
}

fn does_not_wait(fd: impl AsFd) -> bool {
    fcntl_getfl(fd).is_ok_and(|flags| flags.contains(OFlags::NONBLOCK))
}

/// Nobody can be told if the terminal is gone: the next read will fail.
fn set(fd: impl AsFd, is_set: bool) {
    if let Ok(mut flags) = fcntl_getfl(&fd)
        && flags.contains(OFlags::NONBLOCK) != is_set
    {
        flags.set(OFlags::NONBLOCK, is_set);
        let _ = fcntl_setfl(&fd, flags);
    }
}
