//! Runs the program and compares what it did.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, Ordering};

use tempfile::TempDir;

use super::cluster::Cluster;
use super::events::said;
use super::normal::normalise;
use super::server::Server;

/// The program under test.
pub(crate) const SAYLOG: &str = env!("CARGO_BIN_EXE_saylog");

/// What the mock answers, with the end of its line.
pub(crate) const MOCK: &str = "This is a mock response from AI.\n";

/// The answer to `/start`, with the end of its line.
pub(crate) const STARTED: &str = "Chat started successfully!\n";

/// What listings say on standard error that have nothing to show, with the ends of
/// their lines.
pub(crate) const NOTHING_SAID: &str = "nothing was said yet; `/start` begins a session\n";
pub(crate) const NOTHING_MOVED: &str =
    "nothing was moved yet; `/undo`, `/clear` and `/edit` move the end of a context\n";
pub(crate) const NO_PERSONAS: &str =
    "there is no persona to start as; `[personas.NAME]` in config.toml describes one\n";
pub(crate) const NO_SESSIONS: &str = "you have no session yet; `/start` begins one\n";
pub(crate) const NONE_SPOKEN: &str =
    "nothing was said in your sessions yet; `/sessions --all` lists them\n";
pub(crate) const USER_SILENT: &str = "you have said nothing yet; `/start` begins a session\n";
pub(crate) const SESSION_SILENT: &str =
    "nothing was said in this session yet; a line without a slash is said to the model\n";
pub(crate) const CONTEXTS_EMPTY: &str =
    "your contexts are empty; `/log user` lists what was said\n";
pub(crate) const CLEARED: &str = "the context is empty; `/undo` brings back what was cleared\n";
pub(crate) const UNDONE: &str = "the context is empty; `/redo` brings back what was taken out\n";
pub(crate) const UNUSED: &str =
    "the context is empty; a line without a slash is said to the model\n";

/// What was told on standard error beside what listings say that have nothing to show.
pub(crate) fn without_hints(stderr: &str) -> String {
    let hints = [
        NOTHING_SAID,
        NOTHING_MOVED,
        NO_PERSONAS,
        NO_SESSIONS,
        NONE_SPOKEN,
        USER_SILENT,
        SESSION_SILENT,
        CONTEXTS_EMPTY,
        CLEARED,
        UNDONE,
        UNUSED,
    ];
    let lines = stderr.split_inclusive('\n');
    lines.filter(|line| !hints.contains(line)).collect()
}

/// In milliseconds.
const HOUR: &str = "3600000";

/// A folder with a store in it, and the program to run on it.
pub(crate) struct Saylog {
    folder: TempDir,
    arguments: Vec<String>,
    /// The database, if the suite runs on a server.
    database: OnceLock<String>,
    /// How often the program was run, if that decides on its clock and its ids.
    runs: Option<AtomicI64>,
}

/// The time of the first run, if the test sets the clock: 2026-11-22T13:32:07.120Z.
const BEGIN: i64 = 1_795_354_327_120;

/// How much later each further run is, in milliseconds.
const RUN: i64 = 1000;

/// What a run did.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub stdout: String,
    pub stderr: String,
    /// The exit code, or 128 and the number of the signal that ended it.
    pub code: i32,
}

impl Saylog {
    /// A fresh folder; the store in it is made by the first run. Alice speaks first.
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
            arguments: Vec::new(),
            database: OnceLock::new(),
            runs: None,
        }
    }

    /// The same program with a clock and session ids that are the same whenever
    /// a test is run: the clock stands still during a run, and the next run is a
    /// second later.
    pub(crate) fn exact(mut self) -> Self {
        self.runs = Some(AtomicI64::new(0));
        self
    }

    /// The same program with further arguments in every run.
    pub(crate) fn with(mut self, arguments: &[&str]) -> Self {
        self.arguments
            .extend(arguments.iter().map(ToString::to_string));
        self
    }

    /// Whether clock and ids are the test's.
    pub(crate) fn is_exact(&self) -> bool {
        self.runs.is_some()
    }

    /// The folder.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The file of the store.
    pub(crate) fn store(&self) -> PathBuf {
        self.folder.path().join("saylog.db")
    }

    /// The address of the store: a file, or a database of its own on a server where
    /// `SAYLOG_SUITE_STORE` says so.
    pub(crate) fn address(&self) -> OsString {
        match on_server() {
            None => self.store().into(),
            Some(cluster) => self.database.get_or_init(|| cluster.database()).into(),
        }
    }

    /// The program, ready to be given more arguments: nothing of the
    /// environment reaches it. It does not say that it waits for another
    /// process, which it may have to on a busy machine.
    pub(crate) fn command(&self) -> Command {
        let mut command = self.command_of("alice");
        command.args(&self.arguments);
        command
    }

    /// The same for another user, and without the arguments of every run.
    pub(crate) fn command_of(&self, user: &str) -> Command {
        let mut command = Command::new(SAYLOG);
        command
            .env_clear()
            .env("TZ", "UTC")
            .env("HOME", self.folder.path())
            .env("SAYLOG_TEST_PATIENCE", HOUR)
            .env("SAYLOG_TEST_FIRST_WAIT", "1")
            .env("SAYLOG_TEST_OLLAMA", "none")
            // Long listings go through by themselves.
            .env("SAYLOG_PAGER", "")
            .current_dir(self.folder.path())
            .args(["--user", user, "--store"])
            .arg(self.address());
        if let Some(runs) = &self.runs {
            let run = runs.fetch_add(1, Ordering::Relaxed);
            command.envs(exact(run));
        }
        command
    }

    /// Plays a transcript on standard input.
    pub(crate) fn play(&self, transcript: impl AsRef<[u8]>) -> Outcome {
        feed(self.command(), transcript.as_ref())
    }

    /// Plays lines of JSON on standard input.
    pub(crate) fn hear(&self, lines: impl AsRef<[u8]>) -> Outcome {
        let mut command = self.command();
        command.args(["--input", "json"]);
        feed(command, lines.as_ref())
    }

    /// Runs one line with `-c` for each of `lines`.
    pub(crate) fn lines(&self, lines: &[&str]) -> Outcome {
        let mut command = self.command();
        for line in lines {
            command.args(["-c", line]);
        }
        feed(command, b"")
    }

    /// Runs with these arguments and an empty standard input.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Outcome {
        let mut command = self.command();
        command.args(arguments);
        feed(command, b"")
    }

    /// The whole log as JSON lines, the way scripts read it.
    pub(crate) fn log(&self) -> String {
        let outcome = self.run(&["--json", "-c", "/history global"]);
        let told = without_hints(&outcome.stderr);
        assert_eq!((told.as_str(), outcome.code), ("", 0));
        outcome.stdout
    }

    /// What was said, in the order of the log, as `user role: content`.
    pub(crate) fn said(&self) -> Vec<String> {
        said(&self.log())
    }

    /// `ok`, or what the database's own check finds wrong with the store.
    pub(crate) fn integrity(&self) -> String {
        self.stored().integrity()
    }
}

/// The server that the suite runs on, if it is not on files.
pub(crate) fn on_server() -> Option<&'static Cluster> {
    match std::env::var("SAYLOG_SUITE_STORE").as_deref() {
        Ok("server") => Some(Cluster::shared().expect("PostgreSQL is installed")),
        _ => None,
    }
}

/// The variables that set clock and ids of a run with this number.
pub(crate) fn exact(run: i64) -> [(&'static str, String); 2] {
    let begin = BEGIN + run * RUN;
    [
        ("SAYLOG_TEST_CLOCK", begin.to_string()),
        ("SAYLOG_TEST_SEED", run.to_string()),
    ]
}

/// Runs a command with these bytes on standard input, to its end.
pub(crate) fn feed(mut command: Command, input: &[u8]) -> Outcome {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.to_vec();
    // On a thread of its own: the program may answer before it has read all.
    let writer = std::thread::spawn(move || {
        // It may also leave before it has read all.
        let _ = stdin.write_all(&input);
    });
    let outcome = end(child);
    writer.join().expect("the writer ends");
    outcome
}

/// Waits for the end of a child.
pub(crate) fn end(child: Child) -> Outcome {
    use std::os::unix::process::ExitStatusExt;
    let output = child.wait_with_output().expect("the program ends");
    let status = output.status;
    Outcome {
        stdout: String::from_utf8(output.stdout).expect("UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        code: status
            .code()
            .unwrap_or_else(|| 128 + status.signal().expect("a code or a signal")),
    }
}

impl Outcome {
    /// Ids become `<1>`, `<2>`, … in the order in which they are first seen,
    /// times become `<time>`, the folder `<folder>`.
    pub(crate) fn normal(mut self, saylog: &Saylog) -> Self {
        let mut ids = Vec::new();
        let folder = saylog.folder().to_string_lossy().into_owned();
        for text in [&mut self.stdout, &mut self.stderr] {
            *text = normalise(&text.replace(&folder, "<folder>"), &mut ids);
        }
        self
    }
}

/// Compares standard output, standard error and exit code exactly.
#[track_caller]
pub(crate) fn check(outcome: &Outcome, stdout: &str, stderr: &str, code: i32) {
    let expected = Outcome {
        stdout: stdout.into(),
        stderr: stderr.into(),
        code,
    };
    assert!(
        *outcome == expected,
        "--- standard output\n{}--- expected\n{}--- standard error\n{}--- expected\n{}--- code {}, expected {}",
        outcome.stdout,
        stdout,
        outcome.stderr,
        stderr,
        outcome.code,
        code
    );
}

/// A store whose model repeats what it is told, so that replies show which line they answer.
pub(crate) fn echoing() -> Saylog {
    Saylog::new().with(&["--model", "mock:echo"])
}

/// A store, and a home with this configuration file.
pub(crate) fn configured(configuration: &str) -> Saylog {
    let saylog = Saylog::new();
    let folder = saylog.folder().join(".config/saylog");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("config.toml"), configuration).expect("a file");
    saylog
}

/// A store whose model `m1` is that server.
pub(crate) fn asking(server: &Server) -> Saylog {
    Saylog::new().with(&["--model", "m1", "--base-url", &server.base()])
}

/// Whether a tool is there; if not, says that the test is skipped.
pub(crate) fn has(tool: &str, test: &str) -> bool {
    let answers = Command::new(tool)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    is_there(answers, tool, test)
}

/// The same for a tool that was asked already.
pub(crate) fn is_there(answers: io::Result<ExitStatus>, tool: &str, test: &str) -> bool {
    let found = answers.is_ok_and(|status| status.success());
    if !found {
        skipped(test, &format!("{tool}, which is not installed"));
    }
    found
}

/// Says that a test is skipped, and what it needs.
pub(crate) fn skipped(test: &str, needs: &str) {
    // Not through `eprintln!`, which the test runner would keep to itself.
    let note = format!("skipped: {test} needs {needs}\n");
    let _ = std::io::stderr().write_all(note.as_bytes());
}

/// A sentence about a failed turn as it is told: whatever its hint is, it ends with
/// the line that asks again. `came` is what had come of the reply.
pub(crate) fn with_way_on(sentence: &str, came: &str) -> String {
    let again = "`/retry` asks again";
    let asks_itself = sentence.contains("`/retry`");
    if came.is_empty() {
        return match sentence {
            _ if asks_itself => sentence.to_owned(),
            _ if sentence.contains("; ") => format!("{sentence}; then `/retry`"),
            _ => format!("{sentence}; {again}"),
        };
    }
    let further = "`/continue` asks for the rest, `/retry` for another reply";
    match sentence.strip_suffix(again) {
        Some(bare) if bare.matches("; ").count() == 1 => format!("{bare}{further}"),
        _ if asks_itself => sentence.to_owned(),
        _ if sentence.contains("; ") => format!("{sentence}; then `/retry`"),
        _ => format!("{sentence}; {further}"),
    }
}
