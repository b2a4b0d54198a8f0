//! An external program that answers, run once a turn.
//!
//! It reads the conversation on its standard input, one JSON object a line,
//! `{"role":"system"|"user"|"assistant","content":"…"}`, with the message to be
//! answered last. Its standard output is the reply, which is streamed. There is
//! no shell in between. The program has only the variables that [`ALLOWED`]
//! names, and a process group of its own, which is killed as a whole.

mod child;
mod text;

use std::ffi::OsString;
use std::io::{self, ErrorKind, Read, Write};
use std::ops::ControlFlow;
use std::os::unix::process::ExitStatusExt;
use std::process::{ChildStdin, ExitStatus};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use super::{Ask, Ending, Listener, Responder, Window, wire};
use crate::domain::{MESSAGE_LIMIT, Progress, Trouble, io_reason};
use child::Group;
use text::{Reply, Tail};

/// The environment variables that a program gets, by name or, with `*`, by beginning.
const ALLOWED: [&str; 10] = [
    "PATH", "HOME", "LANG", "LC_*", "TERM", "TMPDIR", "TZ", "USER", "LOGNAME", "XDG_*",
];

/// How long the listener may not be called while nothing arrives.
const LISTENER_INTERVAL: Duration = Duration::from_millis(25);

/// After so long without output a program that has ended counts as finished, even
/// if something that it started holds its output open.
const SILENCE_AFTER_END: Duration = Duration::from_millis(200);

/// How much is read at once, and how many reads the channel holds.
const READ_BYTES: usize = 16 * 1024;
const CHANNEL_PIECES: usize = 16;

/// A program that answers.
pub(super) struct Process {
    name: String,
    words: Vec<String>,
    window: usize,
    environment: Vec<(OsString, OsString)>,
}

impl Process {
    /// The program `words[0]` with the other words as its arguments. It is sent at
    /// most `window` tokens of context, and gets the allowed variables of
    /// `environment`.
    pub(super) fn new(
        words: Vec<String>,
        window: usize,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Self {
        Self {
            name: format!("cmd:{}", words.join(" ")),
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
            return Ending::failed(trouble("no program is named", Some("`cmd:PROGRAM ARGS…`")));
        };
        let mut group = match Group::start(program, arguments, &self.environment) {
            Ok(group) => group,
            Err(error) => return Ending::failed(unstarted(program, &error)),
        };
        let pieces = match listen(&mut group, input(ask)) {
            Ok(pieces) => pieces,
            Err(error) => {
                group.end();
                return Ending::failed(unstarted(program, &error));
            }
        };
        let heard = hear(&pieces, &mut group, listener);
        // Kills whatever is left of it, however it ended.
        let status = group.end();
        match heard {
            ControlFlow::Break(()) => Ending::interrupted(),
            ControlFlow::Continue(Err(what)) => Ending::failed(trouble(&what, None)),
            ControlFlow::Continue(Ok(complaint)) => match status {
                Some(status) if status.success() => Ending::complete(),
                status => Ending::failed(failed(program, status, &complaint)),
            },
        }
    }
}

/// What the threads that read the program's output send.
enum Piece {
    Output(Vec<u8>),
    OutputEnd,
    Complaint(Vec<u8>),
    ComplaintEnd,
}

/// Starts threads that write the program's input and read its output, so that
/// neither a program that does not read nor one that does not write can block us.
fn listen(group: &mut Group, input: Vec<u8>) -> io::Result<Receiver<Piece>> {
    let (stdin, stdout, stderr) = group.pipes();
    let (sender, pieces) = sync_channel(CHANNEL_PIECES);
    spawn(move || tell(stdin, &input))?;
    let output = sender.clone();
    spawn(move || pump(stdout, &output, Piece::Output, Piece::OutputEnd))?;
    spawn(move || pump(stderr, &sender, Piece::Complaint, Piece::ComplaintEnd))?;
    Ok(pieces)
}

fn spawn(work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let builder = thread::Builder::new().name("program".into());
    builder.spawn(work).map(drop)
}

/// Writes the input. A program need not read it, so an error here is no failure.
fn tell(stdin: Option<ChildStdin>, input: &[u8]) {
    if let Some(mut stdin) = stdin {
        let _ = stdin.write_all(input);
    }
}

fn pump(
    stream: Option<impl Read>,
    pieces: &SyncSender<Piece>,
    piece: fn(Vec<u8>) -> Piece,
    end: Piece,
) {
    let mut buffer = vec![0; READ_BYTES];
    if let Some(mut stream) = stream {
        loop {
            match stream.read(&mut buffer) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Ok(0) | Err(_) => break,
                Ok(count) => {
                    let bytes = buffer.get(..count).unwrap_or_default();
                    if pieces.send(piece(bytes.to_vec())).is_err() {
                        return;
                    }
                }
            }
        }
    }
    let _ = pieces.send(end);
}

/// Passes the output to the listener until the program has finished. Returns the
/// end of its standard error, or what is wrong with its output.
fn hear(
    pieces: &Receiver<Piece>,
    group: &mut Group,
    listener: &mut Listener<'_>,
) -> ControlFlow<(), Result<String, String>> {
    let mut reply = Reply::new(MESSAGE_LIMIT);
    let mut complaint = Tail::default();
    let (mut open, mut silence, mut tick) = (2, Duration::ZERO, LISTENER_INTERVAL);
    loop {
        match pieces.recv_timeout(tick) {
            Ok(Piece::Output(bytes)) => {
                silence = Duration::ZERO;
                let taken = reply.take(&bytes);
                if !reply.text().is_empty() {
                    listener(Progress::Delta(reply.text()))?;
                }
                if let Err(what) = taken {
                    return ControlFlow::Continue(Err(what));
                }
            }
            Ok(Piece::Complaint(bytes)) => {
                complaint.push(&bytes);
                listener(Progress::Idle)?;
            }
            Ok(Piece::OutputEnd | Piece::ComplaintEnd) => open -= 1,
            Err(RecvTimeoutError::Timeout) => {
                silence += tick;
                listener(Progress::Idle)?;
            }
            Err(RecvTimeoutError::Disconnected) => {
                // Both streams have ended; the program itself has not.
                open = 0;
                thread::sleep(tick);
                listener(Progress::Idle)?;
            }
        }
        if open == 0 {
            tick = if tick == LISTENER_INTERVAL {
                Duration::from_millis(1)
            } else {
                LISTENER_INTERVAL.min(tick * 2)
            };
        }
        if (open == 0 || silence >= SILENCE_AFTER_END) && group.has_ended() {
            let end = reply.end().map(|()| complaint.text());
            return ControlFlow::Continue(end);
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

fn unstarted(program: &str, error: &io::Error) -> Trouble {
    match error.kind() {
        ErrorKind::NotFound => trouble(
            &format!("the program `{program}` was not found"),
            Some("give its whole path, or check PATH"),
        ),
        ErrorKind::PermissionDenied => trouble(
            &format!("the program `{program}` may not be run"),
            Some("check that it is a file and executable"),
        ),
        _ => {
            let why = io_reason(error);
            trouble(
                &format!("the program `{program}` cannot be run: {why}"),
                None,
            )
        }
    }
}

fn failed(program: &str, status: Option<ExitStatus>, complaint: &str) -> Trouble {
    let how = match status.map(|status| (status.code(), status.signal())) {
        Some((Some(code), _)) => format!("exit {code}"),
        Some((_, Some(signal))) => format!("signal {signal}"),
        _ => "no exit status".to_owned(),
    };
    let what = format!("the program `{program}` failed ({how})");
    match complaint {
        "" => trouble(&what, None),
        complaint => trouble(&format!("{what}: {complaint}"), None),
    }
}

fn trouble(what: &str, hint: Option<&str>) -> Trouble {
    Trouble {
        what: what.to_owned(),
        hint: hint.map(str::to_owned),
    }
}

#[cfg(test)]
mod tests;
