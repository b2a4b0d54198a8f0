//! The output pipes of a program.
//!
//! They are read by the thread that waits for the program, when poll(2) says that
//! there is something. So after the end of the program an empty pipe means that
//! all its output has been read, however busy the machine is.

use std::io::{self, ErrorKind, Read};
use std::process::{ChildStderr, ChildStdout};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::retry_on_intr;

/// How much is read at once.
const READ_BYTES: usize = 16 * 1024;

/// What arrived.
pub(super) enum Arrival<'b> {
    /// Bytes on standard output.
    Output(&'b [u8]),
    /// Bytes on standard error.
    Complaint(&'b [u8]),
    /// The end of one of the two.
    End,
    /// Nothing within the time: all pipes are empty.
    Nothing,
}

/// Standard output and standard error of a program, until each is closed.
pub(super) struct Pipes {
    output: Option<ChildStdout>,
    complaint: Option<ChildStderr>,
    buffer: Vec<u8>,
}

impl Pipes {
    pub(super) fn new(output: Option<ChildStdout>, complaint: Option<ChildStderr>) -> Self {
        Self {
            output,
            complaint,
            buffer: vec![0; READ_BYTES],
        }
    }

    pub(super) fn are_closed(&self) -> bool {
        self.output.is_none() && self.complaint.is_none()
    }

    /// Waits until something arrives, at most for `limit`. Standard output comes first.
    pub(super) fn wait(&mut self, limit: Duration) -> io::Result<Arrival<'_>> {
        let (has_output, has_complaint) = retry_on_intr(|| self.ready(limit))?;
        if has_output {
            let count = read(&mut self.output, &mut self.buffer);
            let bytes = self.buffer.get(..count).unwrap_or_default();
            return Ok(match bytes {
                [] => Arrival::End,
                bytes => Arrival::Output(bytes),
            });
        }
        if has_complaint {
            let count = read(&mut self.complaint, &mut self.buffer);
            let bytes = self.buffer.get(..count).unwrap_or_default();
            return Ok(match bytes {
                [] => Arrival::End,
                bytes => Arrival::Complaint(bytes),
            });
        }
        Ok(Arrival::Nothing)
    }

    /// Whether reading standard output and standard error would not block. Without an
    /// open pipe this only waits.
    fn ready(&self, limit: Duration) -> rustix::io::Result<(bool, bool)> {
        let limit = Timespec::try_from(limit).unwrap_or_default();
        let output = self.output.as_ref();
        let complaint = self.complaint.as_ref();
        let mut pipes = Vec::with_capacity(2);
        pipes.extend(output.map(|pipe| PollFd::new(pipe, PollFlags::IN)));
        pipes.extend(complaint.map(|pipe| PollFd::new(pipe, PollFlags::IN)));
        poll(&mut pipes, Some(&limit))?;
        let mut ready = pipes.iter().map(|pipe| !pipe.revents().is_empty());
        let has_output = output.is_some() && ready.next() == Some(true);
        let has_complaint = complaint.is_some() && ready.next() == Some(true);
        Ok((has_output, has_complaint))
    }
}

/// Reads from a pipe and returns how many bytes; 0 at its end, when it is closed. A
/// pipe that fails has ended, too.
fn read(pipe: &mut Option<impl Read>, buffer: &mut [u8]) -> usize {
    let Some(open) = pipe else { return 0 };
    loop {
        match open.read(buffer) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Ok(0) | Err(_) => {
                *pipe = None;
                return 0;
            }
            Ok(count) => return count,
        }
    }
}
