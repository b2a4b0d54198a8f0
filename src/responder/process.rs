//! An external program that answers, run once a turn.
//!
//! It reads the conversation on its standard input, one JSON object a line,
//! `{"role":"system"|"user"|"assistant","content":"…"}`, with the message to be
//! answered last. Its standard output is the reply, which is streamed. There is
//! no shell in between. The program has only the variables that [`ALLOWED`]
//! names, and a process group of its own, which is killed as a whole.

mod child;
mod pipes;
mod reply;
mod text;

use std::ffi::OsString;
use std::io::{self, ErrorKind, Write};
use std::ops::ControlFlow;
use std::os::unix::process::ExitStatusExt;
use std::process::{ChildStdin, ExitStatus};
use std::thread;
use std::time::Duration;

use super::damage::DAMAGED;
use super::{Ask, Ending, LISTENER_INTERVAL, Listener, Responder, Window, wire};
use crate::domain::{MESSAGE_LIMIT, Problem, ProblemKind, Progress, io_reason};
use child::ProcessGroup;
use pipes::{Arrival, Pipes};
use reply::ProgramReply;
use text::Tail;

/// The environment variables that a program gets, by name or, with `*`, by beginning.
const ALLOWED: [&str; 10] = [
    "PATH", "HOME", "LANG", "LC_*", "TERM", "TMPDIR", "TZ", "USER", "LOGNAME", "XDG_*",
];

/// After so long without output a program that has ended counts as finished, even
/// if something that it started holds its output open.
const SILENCE_AFTER_END: Duration = Duration::from_millis(200);

/// A program that answers.
pub(super) struct Process {
    name: String,
    words: Vec<String>,
    window: usize,
    environment: Vec<(OsString, OsString)>,
}

impl Process {
    /// The program `words[0]` with the other words as its arguments, as the model
    /// `name`. It is sent at most `window` tokens of context, and gets the allowed
    /// variables of `environment`.
    pub(super) fn new(
        name: &str,
        words: Vec<String>,
        window: usize,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Self {
        Self {
            name: name.to_owned(),
            words,
            window,
            environment: environment
                .into_iter()
                .filter(|(name, _)| name.to_str().is_some_and(is_allowed))
                .collect(),
        }
    }
}

impl Responder for Process {
    fn model(&self) -> &str {
        &self.name
    }

    fn waits(&self) -> bool {
        true
    }

    fn window(&self) -> Window {
        Window::Tokens(self.window)
    }

    fn respond(&mut self, ask: &Ask<'_>, listener: &mut Listener<'_>) -> Ending {
        let Some((program, arguments)) = self.words.split_first() else {
            return Ending::failed(problem("no program is named", Some("`cmd:PROGRAM ARGS…`")));
        };
        let mut group = match ProcessGroup::start(program, arguments, &self.environment) {
            Ok(group) => group,
            Err(error) => {
                return Ending {
                    is_unstarted: error.kind() == io::ErrorKind::WouldBlock,
                    ..Ending::failed(unstarted(program, &error))
                };
            }
        };
        let (stdin, stdout, stderr) = group.pipes();
        if let Err(error) = write(stdin, input(ask)) {
            group.end();
            return Ending::failed(unstarted(program, &error));
        }
        let outcome = hear(&mut Pipes::new(stdout, stderr), &group, listener);
        // Kills whatever is left of it, however it ended.
        let status = group.end();
        match outcome {
            ControlFlow::Break(()) => Ending::interrupted(),
            ControlFlow::Continue(Err(what)) => Ending::failed(problem(&what, None)),
            ControlFlow::Continue(Ok(finished)) => match status {
                Some(status) if status.success() => match finished.wordless {
                    Some(what) => Ending::failed(problem(what, Some("`/retry` runs it again"))),
                    None => Ending {
                        problem: finished.is_damaged.then(|| problem(DAMAGED, None)),
                        ..Ending::complete()
                    },
                },
                status => Ending::failed(failed(program, status, &finished.complaint)),
            },
        }
    }
}

/// Writes the input on a thread of its own, so that a program that does not read
/// cannot block us. It need not read: an error while writing is no failure.
fn write(stdin: Option<ChildStdin>, input: Vec<u8>) -> io::Result<()> {
    let builder = thread::Builder::new().name("program".into());
    let writer = builder.spawn(move || {
        if let Some(mut stdin) = stdin {
            let _ = stdin.write_all(&input);
        }
    });
    writer.map(drop)
}

/// What is left to be told of a program that has finished.
struct FinishedProgram {
    /// The end of its standard error.
    complaint: String,
    /// What to say if there is no word in its reply.
    wordless: Option<&'static str>,
    /// Something in its reply was replaced.
    is_damaged: bool,
}

/// Passes the output to the listener until the program has finished. The error is
/// what is wrong with the output.
fn hear(
    pipes: &mut Pipes,
    group: &ProcessGroup,
    listener: &mut Listener<'_>,
) -> ControlFlow<(), Result<FinishedProgram, String>> {
    let mut reply = ProgramReply::new(MESSAGE_LIMIT);
    let mut complaint = Tail::default();
    let (mut silence, mut limit) = (Duration::ZERO, LISTENER_INTERVAL);
    loop {
        // Before the pipes are looked at: what the program wrote is in them then.
        let had_ended = group.has_ended();
        let mut is_finished = false;
        match pipes.wait(limit) {
            Ok(Arrival::Output(bytes)) => {
                silence = Duration::ZERO;
                let taken = reply.take(bytes);
                if taken.is_err() {
                    reply.finish();
                }
                reply.pass_on(listener)?;
                if let Err(what) = taken {
                    return ControlFlow::Continue(Err(what));
                }
            }
            Ok(Arrival::Complaint(bytes)) => {
                complaint.push(bytes);
                listener(Progress::Idle)?;
            }
            Ok(Arrival::End) => {}
            Ok(Arrival::Nothing) => {
                silence += limit;
                listener(Progress::Idle)?;
                is_finished = had_ended && silence >= SILENCE_AFTER_END;
            }
            Err(error) => {
                let reason = io_reason(&error);
                return ControlFlow::Continue(Err(format!(
                    "the output of the program cannot be read: {reason}"
                )));
            }
        }
        if pipes.are_closed() {
            is_finished = group.has_ended();
            // Only the program itself has not ended, and it hardly ever takes long.
            limit = if limit == LISTENER_INTERVAL {
                Duration::from_millis(1)
            } else {
                LISTENER_INTERVAL.min(limit * 2)
            };
        }
        if is_finished {
            let end = reply.end();
            reply.finish();
            reply.pass_on(listener)?;
            return ControlFlow::Continue(end.map(|()| FinishedProgram {
                complaint: complaint.text(),
                wordless: reply.wordless(),
                is_damaged: reply.is_damaged(),
            }));
        }
    }
}

/// The input of the program: a JSON object a line.
fn input(ask: &Ask<'_>) -> Vec<u8> {
    let mut input = Vec::new();
    for said in wire::messages(ask) {
        // Two fields of text always become JSON, and writing to memory cannot fail.
        let _ = serde_json::to_writer(&mut input, &said);
        input.push(b'\n');
    }
    input
}

fn is_allowed(name: &str) -> bool {
    ALLOWED
        .iter()
        .any(|allowed| match allowed.strip_suffix('*') {
            Some(beginning) => name.starts_with(beginning),
            None => name == *allowed,
        })
}

fn unstarted(program: &str, error: &io::Error) -> Problem {
    match error.kind() {
        ErrorKind::NotFound => Problem::new(
            ProblemKind::Refused,
            format!("the program `{program}` was not found"),
        )
        .with_hint("give its whole path, or check PATH"),
        ErrorKind::PermissionDenied => Problem::new(
            ProblemKind::Refused,
            format!("the program `{program}` may not be run"),
        )
        .with_hint("check that it is a file and executable"),
        _ => {
            let why = io_reason(error);
            problem(
                &format!("the program `{program}` cannot be run: {why}"),
                None,
            )
        }
    }
}

fn failed(program: &str, status: Option<ExitStatus>, complaint: &str) -> Problem {
    let how = match status.map(|status| (status.code(), status.signal())) {
        Some((Some(code), _)) => format!("exit {code}"),
        Some((_, Some(signal))) => format!("signal {signal}"),
        _ => "no exit status".to_owned(),
    };
    let what = format!("the program `{program}` failed ({how})");
    match complaint {
        "" => problem(&what, None),
        complaint => problem(&format!("{what}: {complaint}"), None),
    }
}

fn problem(what: &str, hint: Option<&str>) -> Problem {
    Problem {
        kind: ProblemKind::Other,
        what: what.to_owned(),
        hint: hint.map(str::to_owned),
    }
}

#[cfg(test)]
mod tests;
