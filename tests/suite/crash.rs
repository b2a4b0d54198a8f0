//! Whatever ends the program, everything it had printed is in the log at the
//! next start, in order, once; and what it could not keep, it says.
//!
//! Kills at random moments, signals, a file taken away, a full disk. What only
//! strace can bring about is in `strace.rs`.

use std::fs;
use std::thread;
use std::time::Duration;

use rustix::process::Signal;

use crate::support::disk::Disk;
use crate::support::events::{Row, ordered, turns};
use crate::support::peer::Peer;
use crate::support::run::{STARTED, Saylog, check, echoing};
use crate::support::wait::{random, until};

/// Compares what the program printed with the lines that were said after
/// `/start` and with the messages that are in the log.
#[track_caller]
fn kept(printed: &str, told: &[String], rows: &[Row]) {
    let whole = format!("{STARTED}{}\n", told.join("\n"));
    assert!(whole.starts_with(printed), "printed: {printed:?}");
    // A line of which a part was printed counts.
    let shown = printed.strip_prefix(STARTED).unwrap_or("").lines().count();
    let said = turns(rows);
    assert_eq!(said, told[..said.len()], "in order, once");
    assert!(rows.iter().skip(1).all(|row| row.parent_id.is_some()));
    assert!(
        said.len() >= shown,
        "{shown} were shown, {} are there",
        said.len()
    );
}

#[test]
fn a_kill_at_any_moment_loses_nothing_that_was_printed() {
    let (mut saylog, mut before) = (echoing(), Vec::new());
    let mut hits = 0;
    // Until fifty kills have hit a running program: some come too late.
    for round in 0.. {
        if hits == 50 {
            break;
        }
        if round % 5 == 0 {
            (saylog, before) = (echoing(), Vec::new());
        }
        // Every tenth round writes enough for a checkpoint to happen during it.
        let (count, padding) = if round % 10 == 9 {
            (2500, 4000)
        } else {
            (1200, round % 60)
        };
        let told: Vec<_> = (1..=count)
            .map(|line| format!("round {round} line {line} {}", "x".repeat(padding)))
            .collect();
        let mut peer = Peer::new(saylog.command());
        if round % 2 == 0 {
            peer.ask("/start");
            let answered = random(30);
            for line in &told[..answered] {
                peer.ask(line);
            }
            peer.say(&told[answered]);
        } else {
            peer.pour(format!("/start\n{}\n", told.join("\n")));
            // Half of them die before the first reply.
            peer.read(random(2) * random(count * (padding + 20)));
        }
        thread::sleep(Duration::from_micros(random(6000) as u64));
        peer.signal(Signal::KILL);
        let outcome = peer.leave();
        assert_eq!(outcome.stderr, "");
        hits += usize::from(outcome.code == 137);

        let rows = ordered(&saylog);
        assert_eq!(
            rows[..before.len()],
            before,
            "what was there is still there"
        );
        kept(&outcome.stdout, &told, &rows[before.len()..]);
        before = rows;
    }
}

/// A program answers one line; then something happens to its file, and it must
/// not answer the next one.
#[track_caller]
fn loses(saylog: &Saylog, mishap: impl FnOnce(), what: &str) {
    let mut peer = Peer::new(saylog.command());
    assert_eq!(peer.ask("/start").as_deref(), STARTED.strip_suffix('\n'));
    assert_eq!(peer.ask("kept").as_deref(), Some("kept"));
    mishap();
    assert_eq!(peer.ask("into nowhere"), None);
    until("its end", || peer.is_gone());
    let outcome = peer.leave();
    let sentence = format!(
        "<stdin>:3: not confirmed as saved: the file `{}` {what} while it was open\n",
        saylog.store().display()
    );
    assert_eq!((outcome.stderr, outcome.code), (sentence, 1));
}

#[test]
fn a_deleted_store_takes_no_more_messages() {
    let saylog = echoing();
    let delete = || fs::remove_file(saylog.store()).expect("it was there");
    loses(&saylog, delete, "was deleted or moved");
    // What was said is in the log beside it, and nothing removes that unsaid.
    let refused = saylog.lines(&["/start", "anew"]);
    assert_eq!((refused.stdout.as_str(), refused.code), ("", 1));
    assert!(
        refused
            .stderr
            .contains(" is gone or empty, and what was said last waits in "),
        "{}",
        refused.stderr
    );
    let mut log = saylog.store().into_os_string();
    log.push("-wal");
    fs::rename(&log, saylog.folder().join("aside")).expect("it waits");
    let outcome = saylog.lines(&["/start", "anew"]);
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    assert_eq!(turns(&ordered(&saylog)), ["anew"]);
}

#[test]
fn a_store_that_was_moved_away_takes_no_more_messages_and_keeps_those_it_has() {
    let saylog = echoing();
    let aside = saylog.folder().join("aside.db");
    let rename = || fs::rename(saylog.store(), &aside).expect("it was there");
    loses(&saylog, rename, "was deleted or moved");
    assert!(!saylog.store().exists(), "nothing is made in its place");
    fs::rename(&aside, saylog.store()).expect("it was moved");
    assert_eq!(turns(&ordered(&saylog)), ["kept"]);
}

#[test]
fn a_store_that_was_replaced_by_its_copy_takes_no_more_messages() {
    let saylog = echoing();
    let replace = || {
        let copy = saylog.folder().join("copy.db");
        fs::copy(saylog.store(), &copy).expect("it was there");
        fs::rename(&copy, saylog.store()).expect("it was copied");
    };
    loses(&saylog, replace, "was replaced");
    assert!(!turns(&ordered(&saylog)).contains(&"into nowhere"));
}

const DEATHS: [(Signal, i32); 2] = [(Signal::TERM, 143), (Signal::INT, 130)];

/// A transcript of which no part fits into a pipe.
fn long() -> Vec<String> {
    (1..=20_000)
        .map(|line| format!("line {line} {}", "x".repeat(80)))
        .collect()
}

#[test]
fn a_signal_ends_a_program_that_waits_for_input() {
    for (signal, code) in DEATHS {
        let saylog = echoing();
        let mut peer = Peer::new(saylog.command());
        peer.ask("/start");
        assert_eq!(peer.ask("kept").as_deref(), Some("kept"));
        peer.signal(signal);
        until("its end", || peer.is_gone());
        let outcome = peer.leave();
        assert_eq!((outcome.stderr.as_str(), outcome.code), ("", code));
        assert_eq!(turns(&ordered(&saylog)), ["kept"]);
    }
}

#[test]
fn a_signal_in_the_midst_of_a_transcript_loses_nothing_that_was_printed() {
    let told = long();
    let transcript = format!("/start\n{}\n", told.join("\n"));
    for (signal, code) in [DEATHS, DEATHS, DEATHS].concat() {
        let saylog = echoing();
        let mut peer = Peer::new(saylog.command());
        // The signal may be late; then it finds the program waiting for more.
        peer.pour_without_end(transcript.clone());
        peer.read(random(transcript.len() / 2));
        let process = peer.process();
        // Meanwhile its output is read, so that it has work to do.
        let sender = thread::spawn(move || {
            thread::sleep(Duration::from_micros(random(5000) as u64));
            rustix::process::kill_process(process, signal).expect("nobody has waited for it yet");
        });
        let outcome = peer.leave();
        sender.join().expect("it was sent");
        assert_eq!((outcome.stderr.as_str(), outcome.code), ("", code));
        kept(&outcome.stdout, &told, &ordered(&saylog));
    }
}

#[test]
fn a_signal_ends_a_program_whose_output_nobody_reads() {
    let told = long();
    for (signal, code) in DEATHS {
        let saylog = echoing();
        let mut peer = Peer::new(saylog.command());
        peer.pour(format!("/start\n{}\n", told.join("\n")));
        until("a full pipe", || peer.has_filled_its_pipe());
        peer.signal(signal);
        until("its end", || peer.is_gone());
        let outcome = peer.leave();
        assert_eq!((outcome.stderr.as_str(), outcome.code), ("", code));
        kept(&outcome.stdout, &told, &ordered(&saylog));
    }
}

#[test]
fn a_signal_ends_a_program_that_waits_for_another_writer() {
    for (signal, code) in DEATHS {
        let saylog = echoing();
        let mut peer = Peer::new(saylog.command());
        peer.ask("/start");
        peer.ask("kept");
        let other = saylog.stored().lock();
        peer.say("too late");
        until("its reading of the line", || peer.has_heard());
        peer.signal(signal);
        until("its end", || peer.is_gone());
        drop(other);
        let outcome = peer.leave();
        assert_eq!(outcome.stdout, format!("{STARTED}kept\n"));
        assert_eq!(outcome.code, code, "{}", outcome.stderr);
        assert_eq!(turns(&ordered(&saylog)), ["kept"]);
    }
}

#[test]
fn a_wait_for_another_writer_is_told_once_and_ends_with_it() {
    let saylog = echoing();
    let mut command = saylog.command();
    command.env("SAYLOG_TEST_PATIENCE", "0");
    let mut peer = Peer::new(command);
    peer.ask("/start");
    let other = saylog.stored().lock();
    // The notice comes before the answer.
    assert_eq!(peer.ask("hello"), None);
    drop(other);
    check(
        &peer.hang_up(),
        &format!("{STARTED}hello\n"),
        "saylog: another process keeps the store to itself; waiting for it\n",
        0,
    );
}

#[test]
fn a_full_disk_is_said_and_what_was_printed_is_there_when_there_is_room_again() {
    let saylog = echoing();
    let Some(disk) = Disk::in_memory(saylog.folder()) else {
        return;
    };
    let told = long();
    let outcome = saylog.play(format!("/start\n{}\n", told.join("\n")));
    assert_eq!(outcome.code, 1);
    assert!(
        outcome
            .stderr
            .contains("not confirmed as saved: the disk is full"),
        "{}",
        outcome.stderr
    );
    assert_eq!(outcome.stderr.lines().count(), 1, "{}", outcome.stderr);
    assert!(outcome.stdout.lines().count() > 1000, "some of it fits");

    disk.fill();
    // What it is told beside that depends on what was left of the last write.
    let listed = saylog.run(&["--json", "-c", "/history global"]);
    assert_eq!(listed.code, 0, "{}", listed.stderr);
    let shown = outcome.stdout.lines().count() - 1;
    assert!(crate::support::events::said(&listed.stdout).len() >= 2 * shown);

    disk.grow();
    kept(&outcome.stdout, &told, &ordered(&saylog));
    let outcome = saylog.lines(&["/start", "and on"]);
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    assert_eq!(turns(&ordered(&saylog)).last(), Some(&"and on"));
}
