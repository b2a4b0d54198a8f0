//! What is gone, or taken away while it is in use: nothing takes its place.

use std::fs;

use rustix::process::Signal;

use crate::support::peer::Peer;
use crate::support::run::{STARTED, Saylog, check, feed};

/// The file that stands beside the store.
fn companion(saylog: &Saylog, end: &str) -> std::path::PathBuf {
    let mut name = saylog.store().into_os_string();
    name.push(end);
    name.into()
}

/// Something happens to a file beside the store while a program runs: after it has
/// written there, and before.
fn lost(end: &str, happens: impl Fn(&std::path::Path), what: &str) {
    lost_unused(end, &happens, what);
    let saylog = Saylog::new().with(&["--model", "mock:echo"]);
    let mut peer = Peer::new(saylog.command());
    peer.ask("/start").expect("an answer");
    assert_eq!(peer.ask("one").as_deref(), Some("one"));
    let file = companion(&saylog, end);
    happens(&file);
    peer.say("two");
    let told = format!(
        "saylog:3: not confirmed as saved: the file `{}` {what} while it was open\n",
        file.display()
    );
    let outcome = peer.hang_up();
    assert_eq!(
        (outcome.stdout, outcome.code),
        (format!("{STARTED}one\n"), 1)
    );
    assert_eq!(outcome.stderr.replace("<stdin>:3", "saylog:3"), told);
}

/// The same before the program has written anything.
fn lost_unused(end: &str, happens: &impl Fn(&std::path::Path), what: &str) {
    let saylog = Saylog::new().with(&["--model", "mock:echo"]);
    check(
        &saylog.lines(&["/start", "one"]),
        &format!("{STARTED}one\n"),
        "",
        0,
    );
    // The log holds something, which the program that ended first has left to the next.
    let mut other = Peer::new(saylog.command());
    other.ask("/start").expect("an answer");
    let mut peer = Peer::new(saylog.command());
    peer.ask("/user").expect("an answer");
    let file = companion(&saylog, end);
    happens(&file);
    peer.say("/history user");
    let outcome = peer.hang_up();
    let told = format!("the file `{}` {what} while it was open\n", file.display());
    assert!(
        outcome.stderr.ends_with(&told),
        "{end} {what}: {}",
        outcome.stderr
    );
    assert_eq!(outcome.code, 1);
    other.hang_up();
}

#[test]
fn a_store_that_is_taken_away_beside_an_empty_log_is_told() {
    let saylog = Saylog::new().with(&["--model", "mock:echo"]);
    check(&saylog.lines(&["/start"]), STARTED, "", 0);
    let mut peer = Peer::new(saylog.command());
    peer.ask("/user").expect("an answer");
    let log = fs::metadata(companion(&saylog, "-wal")).expect("a log");
    assert_eq!(log.len(), 0);
    fs::remove_file(saylog.store()).expect("it was there");
    peer.say("/start");
    let outcome = peer.hang_up();
    let told = format!(
        "the file `{}` was deleted or moved while it was open\n",
        saylog.store().display()
    );
    assert!(outcome.stderr.ends_with(&told), "{}", outcome.stderr);
    assert_eq!((outcome.stdout.as_str(), outcome.code), ("alice\n", 1));
}

#[test]
fn another_tool_may_move_what_is_in_the_log_into_the_store() {
    let saylog = Saylog::new().with(&["--model", "mock:echo"]);
    let mut peer = Peer::new(saylog.command());
    peer.ask("/start").expect("an answer");
    for line in ["one", "two"] {
        assert_eq!(peer.ask(line).as_deref(), Some(line));
        let moved: i64 = saylog.stored().row("PRAGMA wal_checkpoint(TRUNCATE)");
        assert_eq!(moved, 0);
        assert_eq!(
            fs::metadata(companion(&saylog, "-wal"))
                .expect("a log")
                .len(),
            0
        );
    }
    assert_eq!(peer.ask("three").as_deref(), Some("three"));
    check(
        &peer.hang_up(),
        &format!("{STARTED}one\ntwo\nthree\n"),
        "",
        0,
    );
    assert_eq!(saylog.stored().count("messages"), 6);
}

#[test]
fn what_processes_share_may_not_be_taken_away() {
    lost(
        "-shm",
        |file| fs::remove_file(file).expect("it was there"),
        "was deleted or moved",
    );
    let cut = |file: &std::path::Path| {
        let opened = fs::OpenOptions::new().write(true).open(file);
        opened.and_then(|file| file.set_len(0)).expect("a cut");
    };
    lost("-shm", cut, "was cut short");
    lost("-wal", cut, "was cut short");
}

#[test]
fn no_store_is_made_beside_what_waits_for_another() {
    let saylog = Saylog::new().with(&["--model", "mock:echo"]);
    let mut peer = Peer::new(saylog.command());
    peer.ask("/start").expect("an answer");
    peer.ask("precious").expect("an answer");
    peer.signal(Signal::KILL);
    peer.leave();
    let store = saylog.store();
    let kept = fs::read(&store).expect("the store");
    let log = companion(&saylog, "-wal");
    let waiting = fs::read(&log).expect("the log");
    for is_empty in [false, true] {
        fs::remove_file(&store).expect("it was there");
        if is_empty {
            fs::write(&store, "").expect("an empty file");
        }
        let told = format!(
            "saylog: the store `{}` is gone or empty, and what was said last waits in `{}`; both \
             were left as they are; put the store back beside it, or move that file away to begin \
             anew\n",
            store.display(),
            log.display()
        );
        check(&saylog.run(&["-c", "/users"]), "", &told, 1);
        assert_eq!(fs::read(&log).expect("the log"), waiting);
        fs::write(&store, &kept).expect("the store");
        crate::support::account::set_mode(&store, 0o600);
    }
    let log = saylog.lines(&["/log"]);
    assert_eq!((log.stderr.as_str(), log.code), ("", 0));
    assert!(log.stdout.contains("precious"), "{}", log.stdout);
}

#[test]
fn a_new_message_does_not_take_the_place_of_one_that_is_gone() {
    let saylog = Saylog::new().with(&["--model", "mock:echo"]);
    saylog.play("/start\none\ntwo\nthree\n");
    saylog.stored().tamper("DELETE FROM messages WHERE id > 4");
    let told = "-c:1: the store cannot be read: message #6 is not as it was written: it is not \
                there\n";
    for line in ["four", "/undo", "/retry", "/edit four", "/fork", "/clear"] {
        check(&saylog.run(&["--resume", "-c", line]), "", told, 1);
    }
    assert_eq!(saylog.stored().count("messages"), 4);
    assert_eq!(saylog.stored().count("moves"), 0);
}

#[test]
fn a_context_with_a_hole_is_not_moved_past_that() {
    let saylog = Saylog::new().with(&["--model", "mock:echo"]);
    saylog.play("/start\none\ntwo\nthree\n");
    saylog.stored().tamper("DELETE FROM messages WHERE id = 4");
    let told = "-c:1: the store cannot be read: message #4 is not as it was written: it is not \
                there\n";
    for line in ["/undo 2", "/context"] {
        let outcome = saylog.run(&["--resume", "-c", line]);
        assert!(outcome.stderr.ends_with(told), "{line}: {}", outcome.stderr);
        assert_eq!(outcome.code, 1, "{line}");
    }
    assert_eq!(saylog.stored().count("moves"), 0);
}

#[test]
fn nobody_is_given_the_sessions_or_messages_of_somebody_who_is_gone() {
    for gone in [
        "DELETE FROM sessions WHERE id = 2",
        "DELETE FROM users WHERE id = 2",
    ] {
        let saylog = Saylog::new();
        saylog.play("/start\none\n/user bob\n/start\nSECRET\n");
        saylog
            .stored()
            .tamper(&format!("PRAGMA foreign_keys = OFF; {gone}"));
        let mut command = saylog.command_of("mallory");
        command.args(["-c", "/start", "-c", "/log user"]);
        let outcome = feed(command, b"");
        assert_eq!((outcome.stdout.as_str(), outcome.code), ("", 1), "{gone}");
        assert!(outcome.stderr.contains(" 2 is gone"), "{}", outcome.stderr);
    }
}

#[test]
fn numbers_that_cannot_be_are_no_reason_to_break_down() {
    let saylog = Saylog::new();
    saylog.play("/start\none\n");
    saylog.stored().tamper(&format!(
        "UPDATE messages SET depth = {0}, seq = {0}",
        i64::MAX
    ));
    for lines in [&["hi"][..], &["/system z", "hi"], &["/undo"], &["/context"]] {
        let mut arguments = vec!["--resume"];
        arguments.extend(lines.iter().flat_map(|line| ["-c", *line]));
        let outcome = saylog.run(&arguments);
        assert!(
            [0, 1].contains(&outcome.code),
            "{lines:?}: {}",
            outcome.stderr
        );
    }
}
