//! Many processes on one file: nobody loses a message, nobody hears of a lock.
//! (How long the slowest turn takes is measured by `cargo bench`.)

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::process::Stdio;
use std::sync::Barrier;
use std::thread;

use crate::support::events::{Row, ordered, turns};
use crate::support::peer::Peer;
use crate::support::run::{STARTED, Saylog, check, echoing, end, feed};

/// How many processes there are at once.
const MANY: usize = 10;

/// The line that brings process `number` to its user and session.
type Entry<'a> = &'a (dyn Fn(usize) -> String + Sync);

fn line(number: usize, at: usize) -> String {
    format!("process {number} line {at}")
}

/// Ten processes at once, each of which says lines one by one and waits for each answer.
fn in_lockstep(saylog: &Saylog, count: usize, entry: Entry<'_>) {
    let ready = Barrier::new(MANY);
    let ready = &ready;
    thread::scope(|scope| {
        let speak = move |number| {
            let mut peer = Peer::new(saylog.command());
            let entered = entry(number).lines().all(|line| peer.ask(line).is_some());
            ready.wait();
            assert!(entered, "process {number}");
            for at in 1..=count {
                let line = line(number, at);
                assert_eq!(peer.ask(&line).as_ref(), Some(&line));
            }
            let outcome = peer.hang_up();
            assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
        };
        for number in 0..MANY {
            scope.spawn(move || speak(number));
        }
    });
}

/// Ten processes at once, each of which plays a file.
fn in_bulk(saylog: &Saylog, count: usize, entry: Entry<'_>) {
    let play = |number| {
        let script = saylog.folder().join(format!("script-{number}"));
        let lines: Vec<_> = (1..=count).map(|at| line(number, at)).collect();
        let text = format!("{}\n{}\n", entry(number), lines.join("\n"));
        std::fs::write(&script, text).expect("a script");
        let mut command = saylog.command();
        command.stdin(File::open(script).expect("a script"));
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let outcome = end(command.spawn().expect("the program starts"));
        assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
        assert!(
            outcome
                .stdout
                .ends_with(&format!("\n{}\n", lines.join("\n")))
        );
    };
    let play = &play;
    thread::scope(|scope| {
        for number in 0..MANY {
            scope.spawn(move || play(number));
        }
    });
}

/// Everything that ten processes said is in the log, each one's in its own order.
#[track_caller]
fn nothing_is_lost(rows: &[Row], count: usize) {
    assert_eq!(rows.len(), 2 * MANY * count);
    let mut said: HashMap<&str, Vec<&str>> = HashMap::new();
    for turn in turns(rows) {
        let (who, _) = turn.split_once(" line ").expect("a line of a process");
        said.entry(who).or_default().push(turn);
    }
    for number in 0..MANY {
        let expected: Vec<_> = (1..=count).map(|at| line(number, at)).collect();
        assert_eq!(said[format!("process {number}").as_str()], expected);
    }
}

/// A session of each process's own, for a user of its own.
fn alone(number: usize) -> String {
    format!("/user user {number}\n/start")
}

#[track_caller]
fn each_alone(saylog: &Saylog, count: usize) {
    let rows = ordered(saylog);
    nothing_is_lost(&rows, count);
    let tags: HashSet<_> = rows
        .iter()
        .map(|row| {
            let (who, _) = row
                .content
                .split_once(" line ")
                .expect("a line of a process");
            assert_eq!(row.user_id, who.replace("process", "user"));
            (&row.user_id, &row.session_id)
        })
        .collect();
    assert_eq!(tags.len(), MANY);
    assert!(
        rows.iter()
            .all(|row| row.parent_id.is_some() != (row.seq == 1))
    );
}

/// A store with one session, which every further process resumes at its start.
fn shared() -> Saylog {
    let saylog = echoing();
    let outcome = saylog.run(&["--json", "-c", "/start"]);
    let start: serde_json::Value = serde_json::from_str(&outcome.stdout).expect("one event");
    saylog.with(&["--resume", start["session_id"].as_str().expect("an id")])
}

/// Any line that answers: the processes are in the shared session already.
fn together(_: usize) -> String {
    "/user".into()
}

#[track_caller]
fn all_together(saylog: &Saylog, count: usize) {
    let rows = ordered(saylog);
    nothing_is_lost(&rows, count);
    // One conversation: the only session of the log, so its numbers are the ids.
    for (row, previous) in rows.iter().zip(0..) {
        let parent = (previous > 0).then_some(previous);
        assert_eq!((row.seq, row.parent_id), (row.id, parent));
        assert_eq!(row.session_id, rows[0].session_id);
    }
}

#[test]
fn ten_people_line_by_line_lose_nothing() {
    let saylog = echoing();
    in_lockstep(&saylog, 200, &alone);
    each_alone(&saylog, 200);
}

#[test]
fn ten_programs_in_one_session_line_by_line_make_one_conversation() {
    let saylog = shared();
    in_lockstep(&saylog, 200, &together);
    all_together(&saylog, 200);
}

#[test]
fn ten_long_transcripts_at_once_lose_nothing() {
    let saylog = echoing();
    in_bulk(&saylog, 3000, &alone);
    each_alone(&saylog, 3000);
}

#[test]
fn ten_long_transcripts_in_one_session_make_one_conversation() {
    let saylog = shared();
    in_bulk(&saylog, 3000, &together);
    all_together(&saylog, 3000);
}

#[test]
fn ten_first_starts_at_once_make_one_store() {
    for _ in 0..10 {
        let saylog = echoing();
        let greet = |number| {
            let hello = line(number, 1);
            let mut command = saylog.command();
            command.args(["-c", "/start", "-c", &hello]);
            check(&feed(command, b""), &format!("{STARTED}{hello}\n"), "", 0);
        };
        let greet = &greet;
        thread::scope(|scope| {
            for number in 0..MANY {
                scope.spawn(move || greet(number));
            }
        });
        nothing_is_lost(&ordered(&saylog), 1);
    }
}
