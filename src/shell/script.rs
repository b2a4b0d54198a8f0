//! What a transcript is read from.

use std::fs::File;
use std::io::{self, IsTerminal, Read, Stdin};
use std::os::fd::{AsFd, BorrowedFd};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::patient;
use super::typist::Typist;

pub(crate) enum Script {
    Stdin(Stdin),
    File(File),
    /// A person at a terminal.
    Typist(Box<Typist>),
}

impl Script {
    /// Whether a person types it.
    pub(super) fn is_terminal(&self) -> bool {
        match self {
            Self::Stdin(stdin) => stdin.is_terminal(),
            Self::File(file) => file.is_terminal(),
            Self::Typist(_) => true,
        }
    }

    /// Whether a read would return without waiting.
    pub(super) fn is_ready(&self) -> bool {
        let fd: BorrowedFd<'_> = match self {
            Self::Stdin(stdin) => stdin.as_fd(),
            Self::File(file) => file.as_fd(),
            Self::Typist(typist) => return typist.is_ready(),
        };
        let mut fds = [PollFd::new(&fd, PollFlags::IN)];
        poll(&mut fds, Some(&Timespec::default())).is_ok_and(|ready| ready > 0)
    }
}

impl Read for Script {
    /// Straight from the descriptor: the splitter is the only buffer.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Stdin(stdin) => patient::read(stdin, buffer),
            Self::File(file) => patient::read(file, buffer),
            Self::Typist(typist) => typist.read(buffer),
        }
    }
}
