//! A program and everything that it starts, as one process group.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

/// How long a group may take to end after SIGTERM.
const TERM_TIME: Duration = Duration::from_millis(20);

/// How long the end of a killed program is waited for here; after that a thread waits.
const KILL_TIME: Duration = Duration::from_millis(20);

/// A running program, the leader of its own process group.
pub(super) struct ProcessGroup {
    /// None after it was waited for.
    child: Option<Child>,
}

impl ProcessGroup {
    /// Starts a program with exactly this environment.
    pub(super) fn start(
        program: &str,
        arguments: &[String],
        environment: &[(OsString, OsString)],
    ) -> io::Result<Self> {
        let child = Command::new(program)
            .args(arguments)
            .env_clear()
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        Ok(Self { child: Some(child) })
    }

    /// Our ends of its pipes; they can be taken once.
    pub(super) fn pipes(
        &mut self,
    ) -> (Option<ChildStdin>, Option<ChildStdout>, Option<ChildStderr>) {
        match &mut self.child {
            Some(child) => (child.stdin.take(), child.stdout.take(), child.stderr.take()),
            None => (None, None, None),
        }
    }

    /// Whether the program itself has ended. It is not reaped yet, so that its number,
    /// which is also the group's, cannot go to another program.
    pub(super) fn has_ended(&self) -> bool {
        let Some(child) = &self.child else {
            return true;
        };
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        !matches!(
            waitid(WaitId::Pid(Pid::from_child(child)), options),
            Ok(None)
        )
    }

    /// Ends the whole group: SIGTERM, then SIGKILL, then waits for the program. Returns
    /// the exit status, if the program ended in time.
    pub(super) fn end(&mut self) -> Option<ExitStatus> {
        let had_ended = self.has_ended();
        let child = self.child.as_mut()?;
        let group = Pid::from_child(child);
        // If nothing of the group is left, the signals fail, and that is fine.
        if !had_ended {
            let _ = kill_process_group(group, Signal::TERM);
            self.until_ended(TERM_TIME);
        }
        let _ = kill_process_group(group, Signal::KILL);
        let ended = self.until_ended(KILL_TIME);
        let mut child = self.child.take()?;
        if ended {
            return child.wait().ok();
        }
        // It is stuck in the kernel; another thread waits for it.
        let _ = thread::Builder::new().spawn(move || child.wait());
        None
    }

    fn until_ended(&self, limit: Duration) -> bool {
        let until = Instant::now() + limit;
        while !self.has_ended() {
            if Instant::now() >= until {
                return false;
            }
            thread::sleep(Duration::from_millis(1));
        }
        true
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        self.end();
    }
}
