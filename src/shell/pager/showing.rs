//! A pager that runs.

use std::io;
use std::os::fd::OwnedFd;
use std::process::ExitStatus;
use std::rc::Rc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process};
use signal_hook::consts::SIGINT;

use super::super::signals::Signals;
use super::{Lender, Pager};

/// How often it is found out whether a signal has come that ends the program.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// How long a pager has to end after it was told to.
const GRACE: Duration = Duration::from_secs(2);

/// What came of a text that was given to the pager.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// The pager has it.
    All,
    /// The pager reads no more: its person has left it.
    NoMore,
    /// A signal came that ends the program.
    Interrupted,
}

/// A pager that runs, and has the terminal.
pub(super) struct Showing {
    /// Where it reads; none once nothing more comes.
    input: Option<OwnedFd>,
    /// Gets its end.
    ended: Receiver<io::Result<ExitStatus>>,
    process: Option<Pid>,
    lender: Rc<dyn Lender>,
    signals: Signals,
}

impl Showing {
    /// Lends it the terminal and starts it.
    ///
    /// # Errors
    /// Why it cannot be run, if that is to be said; the terminal has been taken back.
    pub(super) fn new(
        pager: &Pager,
        lender: Rc<dyn Lender>,
        signals: Signals,
    ) -> Result<Self, Option<String>> {
        signals.leave_interrupt();
        lender.lend();
        let started = pager.start().and_then(|mut child| {
            let input = child.stdin.take().map(OwnedFd::from);
            if let Some(input) = &input {
                // This end is ours alone.
                let flags = fcntl_getfl(input).unwrap_or_else(|_| OFlags::empty());
                let _ = fcntl_setfl(input, flags | OFlags::NONBLOCK);
            }
            let process = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
            let (sender, ended) = mpsc::channel();
            let waiting = thread::Builder::new().name("pager".into());
            let waiting = waiting.spawn(move || sender.send(child.wait()));
            match waiting {
                Ok(_) => Ok((input, ended, process)),
                Err(error) => Err(pager.trouble(&error)),
            }
        });
        match started {
            Ok((input, ended, process)) => Ok(Self {
                input,
                ended,
                process,
                lender,
                signals,
            }),
            Err(why) => {
                lender.take_back();
                signals.take_interrupt();
                Err(why)
            }
        }
    }

    /// Gives it a text, and waits as long as it does not read.
    pub(super) fn take(&mut self, mut text: &[u8]) -> Taken {
        let Some(input) = &self.input else {
            return Taken::NoMore;
        };
        while !text.is_empty() {
            if self.is_interrupted() {
                return Taken::Interrupted;
            }
            match rustix::io::write(input, text) {
                Ok(count) => text = &text[count..],
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => {
                    let timeout = Timespec::try_from(LOOK_EVERY).ok();
                    let _ = poll(&mut [PollFd::new(input, PollFlags::OUT)], timeout.as_ref());
                }
                Err(_) => {
                    self.input = None;
                    return Taken::NoMore;
                }
            }
        }
        Taken::All
    }

    /// Whether it still reads.
    pub(super) fn reads(&self) -> bool {
        self.input.is_some()
    }

    /// Tells it that nothing more comes, waits until its person leaves it, and takes
    /// the terminal back. Gives how it ended, unless a signal came that ends the program.
    pub(super) fn finish(mut self) -> Option<ExitStatus> {
        self.input = None;
        let status = loop {
            match self.ended.recv_timeout(LOOK_EVERY) {
                Ok(status) => break status.ok(),
                Err(RecvTimeoutError::Disconnected) => break None,
                Err(RecvTimeoutError::Timeout) if self.is_interrupted() => {
                    self.end();
                    break None;
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        };
        self.lender.take_back();
        self.signals.take_interrupt();
        status
    }

    /// Whether a signal came that ends the program; Ctrl-C is the pager's.
    fn is_interrupted(&self) -> bool {
        self.signals.caught().is_some_and(|signal| signal != SIGINT)
    }

    /// Ends it: it would be left alone with a terminal that is not its own.
    fn end(&self) {
        for signal in [Signal::TERM, Signal::KILL] {
            if let Some(process) = self.process {
                // It has not been waited for, so that the number is still its own.
                let _ = kill_process(process, signal);
            }
            if self.ended.recv_timeout(GRACE).is_ok() {
                return;
            }
        }
    }
}
