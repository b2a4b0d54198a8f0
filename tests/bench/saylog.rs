//! The program under measurement, from outside.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// What is said in every turn, 93 bytes; with the reply a pair is 125 bytes.
const WORDS: &str =
    "so this is what one person might well have typed into a prompt, neither very long nor short";

/// The program on that store, ready to be given more arguments.
pub(crate) fn command(store: &Path) -> Command {
    let mut command = Command::new(super::installed::saylog());
    command
        .env_clear()
        .args(["--user", "alice", "--store"])
        .arg(store);
    command
}

/// Turns of one session.
pub(crate) fn one_session(turns: usize) -> String {
    let mut script = String::from("/start\n");
    for turn in 0..turns {
        let _ = writeln!(script, "{turn} {WORDS}");
    }
    script
}

/// The same turns as lines of JSON.
pub(crate) fn as_json(turns: usize) -> String {
    let mut script = String::from("{\"line\":\"/start\"}\n");
    for turn in 0..turns {
        let _ = writeln!(script, "\"{turn} {WORDS}\"");
    }
    script
}

/// Turns of many users, who speak in a random order and start anew now and then.
pub(crate) fn many_users(turns: usize, users: usize, starts: usize) -> String {
    let mut script = String::new();
    let mut begun = vec![0; users];
    let mut spoken = vec![0; users];
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let each = (turns / users / starts).max(1);
    for turn in 0..turns {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let user = usize::try_from(random % users as u64).unwrap_or(0);
        let _ = writeln!(script, "/user u{user}");
        if begun[user] == 0 || (begun[user] < starts && spoken[user] >= begun[user] * each) {
            begun[user] += 1;
            script.push_str("/start\n");
        }
        spoken[user] += 1;
        let _ = writeln!(script, "{turn} {WORDS}");
    }
    script
}

/// Starts the program on a store, says one thing to it, and waits for its end; seconds.
pub(crate) fn start_one_turn(store: &Path) -> f64 {
    let mut command = command(store);
    command.arg("--start");
    one_turn(command)
}

/// Runs a program with one line on its standard input; seconds.
pub(crate) fn one_turn(mut command: Command) -> f64 {
    let since = Instant::now();
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(b"hello\n").expect("a line");
    drop(stdin);
    let mut reply = String::new();
    let mut stdout = child.stdout.take().expect("a pipe");
    stdout.read_to_string(&mut reply).expect("a reply");
    assert!(child.wait().expect("an end").success());
    let took = since.elapsed().as_secs_f64();
    assert_eq!(reply, "This is a mock response from AI.\n");
    took
}

/// Plays a script through a pipe; all output is written to a file.
pub(crate) fn play(store: &Path, script: &str) -> Duration {
    play_with(store, script, &[])
}

/// The same with further arguments.
pub(crate) fn play_with(store: &Path, script: &str, arguments: &[&str]) -> Duration {
    let out = store.with_extension("out");
    let since = Instant::now();
    let mut child = command(store)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(File::create(&out).expect("a file"))
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(script.as_bytes()).expect("the script");
    drop(stdin);
    assert!(child.wait().expect("an end").success());
    let took = since.elapsed();
    fs::remove_file(out).expect("the file");
    took
}

/// A program on the other side of two pipes.
pub(crate) struct Peer {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    line: String,
}

impl Peer {
    /// saylog on that store.
    pub(crate) fn new(store: &Path) -> Self {
        Self::with(command(store))
    }

    /// saylog on that store, in the session that was spoken in last.
    pub(crate) fn resumed(store: &Path) -> Self {
        let mut command = command(store);
        command.arg("--resume");
        Self::with(command)
    }

    /// The bare program on that store.
    pub(crate) fn bare(store: &Path) -> Self {
        Self::with(super::bare::command("lockstep", store))
    }

    /// Whatever this command runs.
    pub(crate) fn of(command: Command) -> Self {
        Self::with(command)
    }

    fn with(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        Self {
            stdin: child.stdin.take(),
            stdout: BufReader::new(child.stdout.take().expect("a pipe")),
            child,
            line: String::new(),
        }
    }

    /// Writes a line and waits for a line.
    pub(crate) fn ask(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().expect("open until dropped");
        stdin
            .write_all(format!("{line}\n").as_bytes())
            .expect("a line");
        self.line.clear();
        self.stdout.read_line(&mut self.line).expect("an answer");
    }

    /// The same; how long the first byte of the answer took, in seconds.
    pub(crate) fn first_byte(&mut self, line: &str) -> f64 {
        let since = Instant::now();
        let stdin = self.stdin.as_mut().expect("open until dropped");
        stdin
            .write_all(format!("{line}\n").as_bytes())
            .expect("a line");
        let is_empty = self.stdout.fill_buf().expect("an answer").is_empty();
        let took = since.elapsed().as_secs_f64();
        assert!(!is_empty, "the program went");
        self.skip(1);
        took
    }

    /// The same for a command, whose answer may have further lines.
    pub(crate) fn ask_all(&mut self, line: &str) {
        self.ask(line);
        if line == "/clear" {
            self.skip(2);
        }
    }

    /// Waits for so many more lines.
    pub(crate) fn skip(&mut self, lines: usize) {
        for _ in 0..lines {
            self.line.clear();
            self.stdout.read_line(&mut self.line).expect("an answer");
        }
    }

    /// saylog on that store, which answers in JSON.
    pub(crate) fn json(store: &Path, arguments: &[&str]) -> Self {
        let mut command = command(store);
        command.arg("--json").args(arguments);
        Self::with(command)
    }

    /// Writes a line and waits for the event that ends its answer.
    pub(crate) fn hear(&mut self, line: &str, end: &str) {
        self.ask(line);
        let end = format!("{{\"event\":\"{end}\"");
        while !self.line.starts_with(&end) {
            assert!(
                !self.line.starts_with("{\"event\":\"error\""),
                "{}",
                self.line
            );
            self.line.clear();
            let read = self.stdout.read_line(&mut self.line).expect("an answer");
            assert!(read > 0, "the program went");
        }
    }

    /// The most memory it had resident, in KiB.
    pub(crate) fn peak_kib(&self) -> u64 {
        high_water(&format!("/proc/{}/status", self.child.id()))
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let _ = self.child.wait();
    }
}

/// What was seen of a listing.
pub(crate) struct Listing {
    /// From the start of the program to its end.
    pub took: Duration,
    /// From the start of the program to its first row.
    pub first_row: Duration,
    /// The most memory it had resident.
    pub peak_kib: u64,
}

/// Lists the whole log as JSON into a pipe that is read to its end.
pub(crate) fn peak_of_listing(store: &Path) -> Listing {
    let since = Instant::now();
    let mut child = command(store)
        .args(["--json", "-c", "/history global"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let status = format!("/proc/{}/status", child.id());
    let mut stdout = child.stdout.take().expect("a pipe");
    let mut buffer = vec![0; 1 << 20];
    let (mut first_row, mut peak_kib, mut chunks) = (None, 0, 0);
    loop {
        let count = stdout.read(&mut buffer).expect("rows");
        first_row.get_or_insert_with(|| since.elapsed());
        if count == 0 {
            break;
        }
        if chunks % 64 == 0 {
            peak_kib = peak_kib.max(high_water(&status));
        }
        chunks += 1;
    }
    assert!(child.wait().expect("an end").success());
    Listing {
        took: since.elapsed(),
        first_row: first_row.unwrap_or_default(),
        peak_kib,
    }
}

/// The most memory that a process with this status file had resident, in KiB.
pub(crate) fn high_water(status: &str) -> u64 {
    fs::read_to_string(status)
        .ok()
        .and_then(|text| {
            let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
            line.trim().trim_end_matches(" kB").parse().ok()
        })
        .unwrap_or(0)
}
