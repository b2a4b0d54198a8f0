//! Replies that stream from a model: a scripted endpoint, and a bare client of it.

// The suite and the unit tests use what is not used here.
#[allow(dead_code)]
#[path = "../suite/support/server.rs"]
pub(crate) mod scripted;

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::iter;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde::Deserialize;

use super::bare;
use super::figures::{median, ms, report, row};
use super::saylog::{self, high_water};

/// How long the reply of the endless stream is, in deltas.
const MANY: usize = 100_000;
const FEW: usize = 1_000;

/// How often a start is measured.
const STARTS: usize = 30;

/// How often the most memory is asked for.
const LOOK: Duration = Duration::from_millis(1);

/// What a delta says: as long as a token.
const TOKEN: &str = "word ";

/// Tells all about replies from models.
pub(crate) fn models(folder: &Path) {
    let store = folder.join("a.db");
    saylog::start_one_turn(&store);
    throughput(&store);
    first_delta(&store);
    interrupt(&store);
    memory(&store);
}

fn throughput(store: &Path) {
    let server = Server::new(MANY, false);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..9 {
        ours.push(MANY as f64 / whole(ask(store, &server)));
        theirs.push(MANY as f64 / whole(bare_ask(&server)));
    }
    let (ours, theirs) = (median(ours), median(theirs));
    let shown = |rate: f64| format!("{:.0} k/s", rate / 1000.0);
    report(
        "100,000 deltas of a streamed reply",
        &shown(ours),
        &shown(theirs),
        ours / theirs,
        "≥ 0.85",
    );
}

fn first_delta(store: &Path) {
    let server = Server::new(1, true);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        ours.push(first(ask(store, &server), &server));
        theirs.push(first(bare_ask(&server), &server));
    }
    let (ours, theirs) = (median(ours), median(theirs));
    report(
        "from the start to the first delta",
        &ms(ours),
        &ms(theirs),
        ours / theirs,
        "≤ 5 ms more",
    );
}

/// Ctrl-C while the endpoint has something to say, but does not.
fn interrupt(store: &Path) {
    let server = Server::new(1, true);
    let mut times = Vec::new();
    for _ in 0..STARTS {
        let mut started = start(ask(store, &server));
        let stdout = started.child.stdout.as_mut().expect("a pipe");
        stdout.read_exact(&mut [0]).expect("a reply");
        let since = Instant::now();
        let pressed = kill_process(Pid::from_child(&started.child), Signal::INT);
        pressed.expect("nobody has waited for it yet");
        started.child.wait().expect("an end");
        times.push(since.elapsed().as_secs_f64());
        server.goes_on();
    }
    row(
        "from Ctrl-C in mid-reply to the end",
        &ms(median(times)),
        "≤ 100 ms",
    );
}

fn memory(store: &Path) {
    for (count, name, goal) in [
        (FEW, "its peak memory for 1,000 deltas", ""),
        (
            MANY,
            "its peak memory for 100,000 deltas",
            "more by the reply only",
        ),
    ] {
        let peak = peak(ask(store, &Server::new(count, false)));
        let reply = count * TOKEN.len() / 1024;
        row(name, &format!("{peak} KiB"), goal);
        row("  the reply itself", &format!("{reply} KiB"), "");
    }
}

/// saylog, about to ask the endpoint one thing in a new session.
fn ask(store: &Path, server: &Server) -> Command {
    let mut command = saylog::command(store);
    command
        .args(["--no-config", "--model", "x", "--base-url", &server.base()])
        .args(["--start", "-c", "hello"]);
    command
}

fn bare_ask(server: &Server) -> Command {
    bare::command("model", Path::new(&server.base()))
}

struct Started {
    child: Child,
    since: Instant,
}

fn start(mut command: Command) -> Started {
    let since = Instant::now();
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    Started { child, since }
}

impl Started {
    /// Reads all that is left and waits for the end. The bytes.
    fn ends(&mut self) -> usize {
        let mut stdout = self.child.stdout.take().expect("a pipe");
        let mut buffer = vec![0; 1 << 16];
        let mut all = 0;
        loop {
            let count = stdout.read(&mut buffer).expect("a reply");
            if count == 0 {
                break;
            }
            all += count;
        }
        assert!(self.child.wait().expect("an end").success());
        all
    }
}

/// From the start of a program to its end; seconds.
fn whole(command: Command) -> f64 {
    let mut started = start(command);
    assert_eq!(started.ends(), MANY * TOKEN.len() + 1);
    started.since.elapsed().as_secs_f64()
}

/// From the start of a program to the first of the reply; seconds.
fn first(command: Command, server: &Server) -> f64 {
    let mut started = start(command);
    let stdout = started.child.stdout.as_mut().expect("a pipe");
    stdout.read_exact(&mut [0]).expect("a reply");
    let took = started.since.elapsed().as_secs_f64();
    server.goes_on();
    started.ends();
    took
}

/// The most memory a program had resident, in KiB.
fn peak(command: Command) -> u64 {
    let mut started = start(command);
    let status = format!("/proc/{}/status", started.child.id());
    let (stop, stopped) = channel::<()>();
    let watcher = thread::spawn(move || {
        let mut peak = 0;
        while stopped.try_recv().is_err() {
            peak = peak.max(high_water(&status));
            thread::sleep(LOOK);
        }
        peak
    });
    started.ends();
    stop.send(()).expect("a watcher");
    watcher.join().expect("its end")
}

/// An endpoint that streams the same reply to everybody, as fast as it is read.
struct Server {
    server: scripted::Server,
    go: Sender<()>,
}

impl Server {
    /// One whose replies have so many deltas; `waits`: after the first one it
    /// waits for a word from us.
    fn new(deltas: usize, waits: bool) -> Self {
        let (go, word) = channel();
        let word = Arc::new(Mutex::new(word));
        let event = |delta: &str, stop: &str| {
            format!(
                "data: {{\"id\":\"chatcmpl-0123456789abcdef\",\"object\":\"chat.completion.chunk\",\
                 \"created\":1795361400,\"model\":\"x\",\"choices\":[{{\"index\":0,\
                 \"delta\":{delta},\"finish_reason\":{stop}}}]}}\n\n"
            )
        };
        let said = event(&format!("{{\"content\":\"{TOKEN}\"}}"), "null").repeat(deltas);
        let said: Arc<str> = said.into();
        let end: Arc<str> = (event("{}", "\"stop\"") + "data: [DONE]\n\n").into();
        let scripts = iter::repeat_with(move || {
            let (said, end, word) = (Arc::clone(&said), Arc::clone(&end), Arc::clone(&word));
            scripted::script(move |mut turn| {
                turn.begins();
                turn.sends(said.as_bytes());
                if waits {
                    let word = word.lock().expect("a sound lock");
                    word.recv().expect("a word");
                }
                turn.sends(end.as_bytes());
            })
        });
        Self {
            server: scripted::Server::new(scripts),
            go,
        }
    }

    fn base(&self) -> String {
        self.server.base()
    }

    fn goes_on(&self) {
        self.go.send(()).expect("a server");
    }
}

#[derive(Deserialize)]
struct Chunk {
    choices: Vec<Choice>,
}

#[derive(Deserialize)]
struct Choice {
    delta: Delta,
}

#[derive(Deserialize)]
struct Delta {
    content: Option<String>,
}

/// The limit: asks the same, and writes out each delta as it is read.
pub(crate) fn bare(base: &str) {
    let body = r#"{"model":"x","messages":[{"role":"user","content":"hello"}],"stream":true}"#;
    let agent = ureq::Agent::config_builder()
        .proxy(None)
        .build()
        .new_agent();
    let response = agent
        .post(format!("{base}/chat/completions"))
        .header("Content-Type", "application/json")
        .send(body)
        .expect("an answer");
    let mut reader = BufReader::with_capacity(16 * 1024, response.into_body().into_reader());
    // Standard output as a file: a write is a write.
    let mut out = File::options()
        .write(true)
        .open("/dev/stdout")
        .expect("standard output");
    let (mut line, mut ready) = (Vec::new(), Vec::new());
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line).expect("an event") == 0 {
            break;
        }
        if let Some(data) = line.trim_ascii_end().strip_prefix(b"data: ") {
            if data == b"[DONE]" {
                break;
            }
            let chunk: Chunk = serde_json::from_slice(data).expect("a chunk");
            for choice in chunk.choices {
                ready.extend_from_slice(choice.delta.content.unwrap_or_default().as_bytes());
            }
        }
        // All that was read has been looked at.
        if reader.buffer().is_empty() || !reader.buffer().contains(&b'\n') {
            out.write_all(&ready).expect("a reader");
            ready.clear();
        }
    }
    ready.push(b'\n');
    out.write_all(&ready).expect("a reader");
}
