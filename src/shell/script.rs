//! What a transcript is read from.

use std::fs::File;
use std::io::{self, Read, Stdin};
use std::os::fd::{AsFd, BorrowedFd};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::patient;

pub(crate) enum Script {
    Stdin(Stdin),
    File(File),
}

impl Script {
    fn fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Stdin(stdin) => stdin.as_fd(),
            Self::File(file) => file.as_fd(),
        }
    }

    /// Whether a read would return without waiting.
    pub(super) fn is_ready(&self) -> bool {
        let fd = self.fd();
        let mut fds = [PollFd::new(&fd, PollFlags::IN)];
        poll(&mut fds, Some(&Timespec::default())).is_ok_and(|ready| ready > 0)
    }
}

impl Read for Script {
    /// Straight from the descriptor: the splitter is the only buffer.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        patient::read(self.fd(), buffer)
    }
}
