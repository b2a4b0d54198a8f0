//! Streams that other programs have set not to wait.
//!
//! `O_NONBLOCK` belongs to the open file, which everybody shares who has
//! inherited it: another program may have left it on a pipe or a terminal, and it
//! is not for us to clear, because somebody may rely on it. So whoever would have
//! to wait does so here, until the stream is ready.

use std::io::{self, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

/// Writes to a descriptor at once, without a buffer, and waits if it must.
pub(crate) struct Patient<F>(pub(crate) F);

impl<F: AsFd> Write for Patient<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        patiently(&self.0, PollFlags::OUT, || {
            rustix::io::write(&self.0, bytes)
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Reads from a descriptor, and waits if it must.
pub(super) fn read(fd: impl AsFd, buffer: &mut [u8]) -> io::Result<usize> {
    patiently(&fd, PollFlags::IN, || rustix::io::read(&fd, &mut *buffer))
}

/// Waits, at most so long, until a read from one of these would not; false if it
/// still would, also because a signal came.
pub(super) fn wait<const N: usize>(
    fds: [BorrowedFd<'_>; N],
    at_most: Option<Duration>,
) -> io::Result<bool> {
    let timeout = at_most.and_then(|left| Timespec::try_from(left).ok());
    let mut fds = fds.map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN));
    match poll(&mut fds, timeout.as_ref()) {
        Ok(ready) => Ok(ready > 0),
        Err(Errno::INTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Whether a read would return without waiting.
pub(super) fn is_ready(fd: impl AsFd) -> bool {
    wait([fd.as_fd()], Some(Duration::ZERO)).is_ok_and(|ready| ready)
}

/// Whether nobody can read any more what is written to a descriptor.
pub(super) fn is_abandoned(fd: impl AsFd) -> bool {
    let mut fds = [PollFd::new(&fd, PollFlags::empty())];
    poll(&mut fds, Some(&Timespec::default())).is_ok_and(|ready| ready > 0)
}

/// Does it as soon as the descriptor is ready.
///
/// # Errors
/// Also if a signal came while it was waited for.
fn patiently(
    fd: impl AsFd,
    ready: PollFlags,
    mut work: impl FnMut() -> rustix::io::Result<usize>,
) -> io::Result<usize> {
    loop {
        match work() {
            Err(Errno::AGAIN) => poll(&mut [PollFd::new(&fd, ready)], None)?,
            done => return Ok(done?),
        };
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

    use super::*;

    #[test]
    fn a_pipe_that_does_not_wait_loses_nothing_and_keeps_its_flag() {
        let (mut reader, writer) = io::pipe().unwrap();
        for end in [reader.as_fd(), writer.as_fd()] {
            fcntl_setfl(end, fcntl_getfl(end).unwrap() | OFlags::NONBLOCK).unwrap();
        }
        let sent: Vec<u8> = (0..=250).cycle().take(1_000_000).collect();
        let expected = sent.clone();
        let writing = std::thread::spawn(move || {
            let mut patient = Patient(writer);
            patient.write_all(&sent).unwrap();
            assert!(fcntl_getfl(&patient.0).unwrap().contains(OFlags::NONBLOCK));
        });
        let mut received = Vec::new();
        let mut buffer = [0; 1000];
        loop {
            match read(&reader, &mut buffer).unwrap() {
                0 => break,
                count => received.extend_from_slice(&buffer[..count]),
            }
        }
        writing.join().unwrap();
        assert!(received == expected);
        assert_eq!(reader.read(&mut buffer).unwrap(), 0);
    }

    #[test]
    fn a_pipe_is_abandoned_once_its_reader_is_gone() {
        let (reader, writer) = io::pipe().unwrap();
        assert!(!is_abandoned(&writer));
        drop(reader);
        assert!(is_abandoned(&writer));
    }
}
