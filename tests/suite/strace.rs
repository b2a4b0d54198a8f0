//! What only strace can bring about or see: death at each single system call,
//! a disk that fails at each single write, and what is synced before an answer.

use std::collections::HashSet;
use std::fs;
use std::process::Command;

use rustix::process::Signal;

use crate::support::events::{Row, ordered, turns};
use crate::support::peer::Peer;
use crate::support::run::{Outcome, Saylog, echoing, feed, has, without_hints};
use crate::support::strace::{tampered, traced};

/// A transcript of everything that writes: each line, how many lines answer
/// it, and whether it is a message.
const TRANSCRIPT: [(&str, usize, bool); 16] = [
    ("/start first", 1, false),
    ("line 1", 1, true),
    ("line 2", 1, true),
    ("line 3", 1, true),
    ("/clear", 3, false),
    ("line 4", 1, true),
    ("/user bob", 1, false),
    ("/start", 1, false),
    ("line 5", 1, true),
    ("/user alice", 1, false),
    ("line 6", 1, true),
    ("/start second", 1, false),
    ("line 7", 1, true),
    ("/undo", 1, false),
    ("/redo", 1, false),
    ("/fork third", 1, false),
];

/// The state of the store before the transcript is played.
#[derive(Clone, Copy)]
enum StoreState {
    /// There is no store yet.
    Fresh,
    /// The last program closed the store properly.
    Closed,
    /// The last program was killed and left a write-ahead log behind.
    Killed,
}

impl StoreState {
    fn prepare(self) -> (Saylog, Vec<Row>) {
        let saylog = echoing();
        if matches!(self, Self::Fresh) {
            return (saylog, Vec::new());
        }
        let mut peer = Peer::new(saylog.command());
        peer.ask("/start");
        peer.ask("long ago");
        if matches!(self, Self::Closed) {
            peer.hang_up();
            let rows = ordered(&saylog);
            return (saylog, rows);
        }
        peer.signal(Signal::KILL);
        peer.leave();
        // Listing the log would recover the store, so that is done on a copy.
        let copy = echoing();
        for suffix in ["", "-wal"] {
            let name = format!("saylog.db{suffix}");
            let copied = fs::copy(saylog.folder().join(&name), copy.folder().join(&name));
            copied.expect("what a killed program leaves");
        }
        (saylog, ordered(&copy))
    }
}

/// Plays the transcript line by line; returns how many lines were answered in full.
fn play(command: Command) -> (Outcome, usize) {
    let mut peer = Peer::new(command);
    let answered = TRANSCRIPT
        .iter()
        .take_while(|(line, answer, _)| {
            peer.say(line);
            (0..*answer).all(|_| peer.next_line().is_some())
        })
        .count();
    (peer.hang_up(), answered)
}

fn messages(part: &[(&'static str, usize, bool)]) -> Vec<&'static str> {
    part.iter()
        .filter(|line| line.2)
        .map(|line| line.0)
        .collect()
}

/// Every line that was answered is kept, at most one that was not is there
/// too, and the store goes on working.
#[track_caller]
fn survives(saylog: &Saylog, before: &[Row], answered: usize, at: &str) {
    let opened = saylog.run(&["--json", "-c", "/history global"]);
    let told = without_hints(&opened.stderr);
    assert_eq!((told.as_str(), opened.code), ("", 0), "after {at}");
    let rows = ordered(saylog);
    assert_eq!(rows[..before.len()], *before, "{at}");
    let said = turns(&rows[before.len()..]);
    let answered_all = messages(&TRANSCRIPT[..answered]);
    let under_way = messages(&TRANSCRIPT[..TRANSCRIPT.len().min(answered + 1)]);
    assert!(
        said == answered_all || said == under_way,
        "{at}: {answered} answered, {said:?}"
    );

    // Starts and moves leave no message, but those that were confirmed must be stored.
    let store = saylog.stored();
    let were = |names: &[&str]| {
        let is_one =
            |line: &&(&str, usize, bool)| names.iter().any(|name| line.0.starts_with(name));
        TRANSCRIPT[..answered].iter().filter(is_one).count()
    };
    let starts = were(&["/start", "/fork"]) + usize::from(!before.is_empty());
    let sessions = store.count("sessions");
    assert!(sessions >= starts, "{at}: {sessions} of {starts} sessions");
    let sure = were(&["/clear", "/undo", "/redo", "/fork"]);
    let moves = store.count("moves");
    assert!(
        (sure..=sure + 1).contains(&moves),
        "{at}: {moves} of {sure} moves"
    );
    if answered == 5 && said == answered_all {
        let cleared = store.count("sessions WHERE title = 'first' AND head IS NULL");
        assert_eq!(cleared, 1, "{at}: the context was cleared");
    }
    drop(store);

    let further = saylog.run(&["--start", "-c", "still here"]);
    assert_eq!(further.code, 0, "{at}: {}", further.stderr);
    assert_eq!(further.stdout, "still here\n", "{at}");
    assert_eq!(turns(&ordered(saylog)).last(), Some(&"still here"), "{at}");
}

/// Kills the program at the first, the second, … call of each kind until it
/// lives to the end. `step` leaves some out where there are many.
fn killed_at_each_call(state: StoreState) {
    for (call, step) in [
        ("openat", 1),
        ("fsync", 1),
        ("fdatasync", 1),
        ("pwrite64", 1),
        ("ftruncate", 1),
        ("unlink", 1),
        ("write", 1),
        ("fcntl", 3),
    ] {
        let mut nth = 1;
        loop {
            let (saylog, before) = state.prepare();
            let command = tampered(&saylog, call, "signal=KILL", &nth.to_string());
            let (outcome, answered) = play(command);
            let at = format!("{call} {nth}");
            survives(&saylog, &before, answered, &at);
            if outcome.code == 0 {
                assert_eq!(answered, TRANSCRIPT.len(), "{at}");
                break;
            }
            assert_eq!(outcome.code, 137, "{at}: {}", outcome.stderr);
            nth += step;
        }
    }
}

#[test]
fn killed_at_each_call_while_it_makes_its_store() {
    if has("strace", "death at each system call") {
        killed_at_each_call(StoreState::Fresh);
    }
}

#[test]
fn killed_at_each_call_on_a_store_that_is_there() {
    if has("strace", "death at each system call") {
        killed_at_each_call(StoreState::Closed);
    }
}

#[test]
fn killed_at_each_call_on_a_store_that_was_killed_before() {
    if has("strace", "death at each system call") {
        killed_at_each_call(StoreState::Killed);
    }
}

/// How many calls of a kind the whole transcript makes.
fn calls(state: StoreState, call: &str) -> usize {
    let (saylog, _) = state.prepare();
    let (outcome, trace) = traced(&saylog, call, |command| play(command).0);
    assert_eq!(outcome.code, 0);
    trace.lines().count()
}

/// Lets the first, the second, … call of a kind fail, alone or with all that follow it.
fn failing_at_each_call(state: StoreState, call: &str, error: &str, on: &str) {
    let mut failed = 0;
    for nth in 1..=calls(state, call) {
        let (saylog, before) = state.prepare();
        let times = format!("{nth}{on}");
        let (outcome, answered) = play(tampered(&saylog, call, error, &times));
        let at = format!("{call} {error} {times}: {}", outcome.stderr);
        if outcome.code == 0 {
            // The call did not matter, or came after the last answer.
            assert_eq!(
                (answered, outcome.stderr.as_str()),
                (TRANSCRIPT.len(), ""),
                "{at}"
            );
            // In any other journal mode `synchronous=FULL` would not sync enough.
            let header = fs::read(saylog.store()).expect("a store");
            assert_eq!(header[18..20], [2, 2], "the journal mode after {at}");
        } else {
            // It may have been opened for reading; then the first line is refused.
            let is_read = outcome.stderr.contains("; nothing can be said\n");
            let told = outcome.stderr.lines().count();
            assert_eq!((outcome.code, told), (1, 1 + usize::from(is_read)), "{at}");
            let sentences = [
                "not confirmed as saved: ",
                "not saved: ",
                " cannot be opened: ",
                " cannot be made: ",
                // Before the first line the program looks for replies that were cut off.
                " cannot be read: ",
            ];
            assert!(
                sentences.iter().any(|words| outcome.stderr.contains(words)),
                "{at}"
            );
            assert!(answered < TRANSCRIPT.len(), "{at}");
            failed += 1;
        }
        survives(&saylog, &before, answered, &at);
    }
    assert!(
        failed > 5,
        "{call} {error} {on}: only {failed} calls mattered"
    );
}

#[test]
fn a_disk_that_is_full_is_said_at_each_write() {
    if has("strace", "a full disk") {
        failing_at_each_call(StoreState::Fresh, "pwrite64", "error=ENOSPC", "+");
        failing_at_each_call(StoreState::Killed, "pwrite64", "error=ENOSPC", "");
    }
}

#[test]
fn a_disk_that_does_not_write_is_said_at_each_write() {
    if has("strace", "a failing disk") {
        failing_at_each_call(StoreState::Closed, "pwrite64", "error=EIO", "");
    }
}

#[test]
fn a_disk_that_does_not_confirm_is_said_at_each_sync() {
    if has("strace", "a failing disk") {
        failing_at_each_call(StoreState::Fresh, "fdatasync", "error=EIO", "");
        failing_at_each_call(StoreState::Closed, "fdatasync", "error=EIO", "+");
    }
}

/// What a trace tells of one acknowledgement: a write to standard output.
#[derive(Debug, PartialEq, Eq)]
struct Answer {
    /// How many bytes were written out.
    bytes: usize,
    /// How many bytes the write-ahead log had got by then since the answer before, and synced.
    kept: usize,
    /// How many syncs of files there were since the answer before.
    syncs: usize,
}

/// Reads a trace, in which no answer may come while anything written is not synced.
#[track_caller]
fn answers(trace: &str) -> Vec<Answer> {
    let mut unsynced = HashSet::new();
    let mut answers = Vec::new();
    let (mut kept, mut syncs) = (0, 0);
    for line in trace.lines() {
        // 12130 pwrite64(4</tmp/x/saylog.db-wal>, ""..., 24, 32) = 24
        let (_, call) = line.trim_start().split_once(' ').expect("a process");
        let (name, rest) = call.split_once('(').unwrap_or((call, ""));
        let (fd, rest) = rest.split_once('<').unwrap_or_default();
        let (file, rest) = rest.split_once('>').unwrap_or_default();
        let result = rest.rsplit_once("= ").map(|(_, result)| result.trim());
        let bytes = || {
            result
                .and_then(|bytes| bytes.parse::<usize>().ok())
                .expect(line)
        };
        match name.trim() {
            // `-shm` is shared memory, rebuilt after a crash, so it needs no sync.
            "pwrite64" if !file.ends_with("-shm") => {
                unsynced.insert(file);
                kept += usize::from(file.ends_with("-wal")) * bytes();
            }
            "fsync" | "fdatasync" => {
                assert_eq!(result, Some("0"), "{line}");
                syncs += usize::from(unsynced.remove(file));
            }
            "write" if fd == "1" => {
                assert_eq!(unsynced, HashSet::new(), "not synced before: {line}");
                answers.push(Answer {
                    bytes: bytes(),
                    kept,
                    syncs,
                });
                (kept, syncs) = (0, 0);
            }
            _ => {}
        }
    }
    answers
}

const KEEPING: &str = "fdatasync,fsync,write,pwrite64";

#[test]
fn whoever_speaks_line_by_line_reads_only_what_is_synced() {
    if !has("strace", "a look at syncs") {
        return;
    }
    let saylog = echoing();
    let (outcome, trace) = traced(&saylog, KEEPING, |command| {
        let mut peer = Peer::new(command);
        peer.ask("/start").expect("an answer");
        for turn in 1..=20 {
            peer.ask(&format!("turn {turn}")).expect("an answer");
        }
        peer.hang_up()
    });
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    let answers = answers(&trace);
    assert_eq!(answers.len(), 21, "an answer a line");
    for answer in &answers {
        assert!(answer.syncs >= 1 && answer.kept > 0, "{answers:?}");
    }
    assert_eq!(ordered(&saylog).len(), 40);
}

#[test]
fn a_long_transcript_is_synced_before_it_is_answered_and_in_large_groups() {
    if !has("strace", "a look at syncs") {
        return;
    }
    let saylog = echoing();
    let lines: Vec<_> = (1..=20_000)
        .map(|line| format!("line {line} {}", "x".repeat(200)))
        .collect();
    let transcript = format!("/start\n{}\n", lines.join("\n"));
    let script = saylog.folder().join("script");
    fs::write(&script, transcript).expect("a script");
    let (outcome, trace) = traced(&saylog, KEEPING, |mut command| {
        command.arg("-f").arg(&script);
        feed(command, b"")
    });
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    let (mut shown, mut kept) = (0, 0);
    for answer in answers(&trace) {
        shown += answer.bytes;
        kept += answer.kept;
        // The log holds question and reply, so twice what is shown.
        assert!(kept >= 2 * shown, "{shown} bytes shown, {kept} kept");
    }
    assert_eq!(shown, outcome.stdout.len());
    let syncs = trace.lines().filter(|line| line.contains("sync(")).count();
    assert!(syncs < 60, "{syncs} syncs");
    assert_eq!(turns(&ordered(&saylog)), lines);
}
