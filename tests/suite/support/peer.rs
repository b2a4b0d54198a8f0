//! Talks to saylog line by line through two pipes, as a program would.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::AsRawFd;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread::{self, JoinHandle};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags, open};
use rustix::process::{Pid, Signal, kill_process};

use super::run::{Outcome, end};

/// saylog behind two pipes.
pub(crate) struct Peer {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    writer: Option<JoinHandle<Option<ChildStdin>>>,
    /// All that the program has printed on standard output, as far as it was read.
    pub printed: String,
}

impl Peer {
    /// Starts the program.
    pub(crate) fn new(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        Self {
            stdin: child.stdin.take(),
            stdout: BufReader::new(child.stdout.take().expect("a pipe")),
            child,
            writer: None,
            printed: String::new(),
        }
    }

    /// Says a line and does not wait.
    pub(crate) fn say(&mut self, line: &str) {
        // The program may be gone; then it does not answer either.
        let stdin = self.stdin.as_mut().expect("nothing was poured");
        let _ = stdin.write_all(format!("{line}\n").as_bytes());
    }

    /// Says a line and waits for the line that answers it; none if the program
    /// ends or complains instead.
    pub(crate) fn ask(&mut self, line: &str) -> Option<String> {
        self.say(line);
        self.next_line()
    }

    /// The next whole line that the program prints, unless it complains first.
    pub(crate) fn next_line(&mut self) -> Option<String> {
        if self.stdout.buffer().is_empty() && !self.prints() {
            return None;
        }
        let from = self.printed.len();
        self.stdout.read_line(&mut self.printed).expect("UTF-8");
        self.printed[from..].strip_suffix('\n').map(str::to_owned)
    }

    /// Waits for the program to print, to end (true) or to complain (false).
    fn prints(&self) -> bool {
        let stderr = self.child.stderr.as_ref().expect("a pipe");
        loop {
            let mut fds = [
                PollFd::new(self.stdout.get_ref(), PollFlags::IN),
                PollFd::new(stderr, PollFlags::IN),
            ];
            poll(&mut fds, None).expect("two pipes");
            if !fds[0].revents().is_empty() {
                return true;
            }
            if fds[1].revents().contains(PollFlags::IN) {
                return false;
            }
        }
    }

    /// Says all of this at once and nothing more.
    pub(crate) fn pour(&mut self, transcript: String) {
        self.pour_and(transcript, |_| None);
    }

    /// Says all of this at once; the program cannot know that nothing more comes.
    pub(crate) fn pour_without_end(&mut self, transcript: String) {
        self.pour_and(transcript, Some);
    }

    fn pour_and(&mut self, transcript: String, then: fn(ChildStdin) -> Option<ChildStdin>) {
        let mut stdin = self.stdin.take().expect("poured once");
        self.writer = Some(thread::spawn(move || {
            // The program may be gone before it has read all.
            let _ = stdin.write_all(transcript.as_bytes());
            then(stdin)
        }));
    }

    /// Reads at least so many bytes in all, or to the end.
    pub(crate) fn read(&mut self, bytes: usize) {
        while self.printed.len() < bytes {
            let from = self.printed.len();
            let missing = (bytes - from) as u64;
            let stdout = self.stdout.by_ref();
            stdout
                .take(missing)
                .read_to_string(&mut self.printed)
                .expect("UTF-8");
            if self.printed.len() == from {
                break;
            }
        }
    }

    /// Whether nothing more fits into the pipe that it prints to. How many bytes that are
    /// depends on how they were written, and on how many pipes there are on the machine.
    pub(crate) fn has_filled_its_pipe(&self) -> bool {
        // The end that it writes to, opened once more for a moment.
        let path = format!("/proc/self/fd/{}", self.stdout.get_ref().as_raw_fd());
        let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let end = open(path, flags, Mode::empty()).expect("a pipe");
        let mut fds = [PollFd::new(&end, PollFlags::OUT)];
        poll(&mut fds, Some(&Timespec::default())).expect("a pipe") == 0
    }

    /// Whether it has read everything that was said.
    pub(crate) fn has_heard(&self) -> bool {
        let stdin = self.stdin.as_ref().expect("nothing was poured");
        rustix::io::ioctl_fionread(stdin).expect("a pipe") == 0
    }

    /// Its process.
    pub(crate) fn process(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.process(), signal).expect("nobody has waited for it yet");
    }

    /// Whether it has ended.
    pub(crate) fn is_gone(&mut self) -> bool {
        self.child.try_wait().expect("a child").is_some()
    }

    /// Waits for its end without saying more; its standard output is all that it ever printed.
    pub(crate) fn leave(mut self) -> Outcome {
        let open = self.stdin.take();
        self.finish(open)
    }

    /// The same, and it is told that nothing more comes.
    pub(crate) fn hang_up(mut self) -> Outcome {
        drop(self.stdin.take());
        self.finish(None)
    }

    fn finish(mut self, open: Option<ChildStdin>) -> Outcome {
        self.stdout
            .read_to_string(&mut self.printed)
            .expect("UTF-8");
        let outcome = end(self.child);
        drop(open);
        if let Some(writer) = self.writer {
            writer.join().expect("the writer ends");
        }
        Outcome {
            stdout: self.printed,
            ..outcome
        }
    }
}
