//! What cannot be written is read: all that is there, nothing old, and whoever
//! wants to say something is told why not.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use rustix::process::Signal;

use crate::support::account::{has_another_account, is_run_by_others, set_mode};
use crate::support::disk::Disk;
use crate::support::peer::Peer;
use crate::support::run::{MOCK, NOTHING_MOVED, STARTED, Saylog, check, feed, without_hints};

/// What the transcript says that each store begins with.
const SAID: &str = "/start\nfirst\nsecond\n";

/// Lines that only read.
const READING: &str = "/log\n/sessions\n/users\n/resume\n/history\n/moves\n/context\n/show #1\n\
                       /user bob\n/user alice\n";

/// What they print.
fn read() -> String {
    let turns = turns();
    let mock = MOCK.trim_end();
    format!(
        "{turns}1 <short> 4 4 mock <time> \"first\"\nalice 1 4 <time> current\n\
         Session <1> resumed, 4 messages.\n{turns}{turns}\
         #1 user 6 tokens: first\n#2 ai 12 tokens: {mock}\n\
         #3 user 6 tokens: second\n#4 ai 12 tokens: {mock}\n\
         4 messages, 36 of 8192 tokens (0 %)\n\
         #1 <time> alice <1> user: first\n#2 <time> alice <1> ai: {mock}\nbob (new)\nalice\n"
    )
}

/// The messages as they are listed.
fn turns() -> String {
    let said = ["first", "second"].iter();
    said.map(|said| format!("<time> alice <1> user: {said}\n<time> alice <1> ai: {MOCK}"))
        .collect()
}

/// A store whose last program was killed, so that everything still waits in its
/// write-ahead log.
fn killed() -> Saylog {
    let saylog = Saylog::new();
    kill(&saylog);
    saylog
}

fn kill(saylog: &Saylog) {
    let mut peer = Peer::new(saylog.command());
    for line in SAID.lines() {
        peer.ask(line).expect("an answer");
    }
    peer.signal(Signal::KILL);
    peer.leave();
}

/// The same, whose last program has ended.
fn closed() -> Saylog {
    let saylog = Saylog::new();
    saylog.play(SAID);
    saylog
}

fn beside(saylog: &Saylog, end: &str) -> std::path::PathBuf {
    saylog.folder().join(format!("saylog.db{end}"))
}

/// Names, bytes and modes of everything in a folder.
fn snapshot(folder: &Path) -> Vec<(String, Vec<u8>, u32)> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut files: Vec<_> = entries
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let mode = path.metadata().expect("a mode").permissions().mode();
            let bytes = fs::read(&path).expect("a file");
            (path.to_string_lossy().into_owned(), bytes, mode)
        })
        .collect();
    files.sort();
    files
}

/// Everything can be read, nothing can be written, and no file has changed.
#[track_caller]
fn is_only_read(saylog: &Saylog, kind: &str, reason: &str) {
    let before = snapshot(saylog.folder());
    let warning = format!(
        "saylog: the store `<folder>/saylog.db` can be read and not written: {reason}; \
         nothing can be said\n"
    );
    let refused = format!("not saved: the store can be read and not written: {reason}");
    let play = |transcript: &str| {
        let outcome = feed(saylog.command_of_owner(), transcript.as_bytes()).normal(saylog);
        let short = outcome.stdout.split(' ').find(|word| is_short_id(word));
        let stdout = match short {
            Some(short) => outcome.stdout.replace(short, "<short>"),
            None => outcome.stdout.clone(),
        };
        crate::support::run::Outcome { stdout, ..outcome }
    };
    let told = format!("{warning}{NOTHING_MOVED}");
    check(&play(READING), &read(), &told, 0);
    // Writing is refused line by line, and reading goes on.
    let refusals: String = [1, 3, 4, 5]
        .iter()
        .map(|line| format!("<stdin>:{line}: {refused}\n"))
        .collect();
    let resumed = format!("Session <1> resumed, 4 messages.\n{}", turns());
    check(
        &play("/start\n/resume\nthird\n/clear\n/rename x\n/resume\n"),
        &format!("{resumed}{resumed}"),
        &format!("{warning}{refusals}"),
        1,
    );
    let mut command = saylog.command_of_owner();
    command.args(["--json", "--start", "-c", "third"]);
    let outcome = feed(command, b"").normal(saylog);
    assert_eq!((outcome.stderr, outcome.code), (warning, 1));
    let error: serde_json::Value = serde_json::from_str(&outcome.stdout).expect("an event");
    assert_eq!(
        (&error["event"], &error["kind"], &error["error"]),
        (&"error".into(), &kind.into(), &refused.into())
    );
    assert!(snapshot(saylog.folder()) == before, "some file has changed");
}

fn is_short_id(word: &str) -> bool {
    word.len() == 8 && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[test]
fn a_file_or_folder_that_may_not_be_written_is_read() {
    if !is_run_by_others("a store that may not be written") {
        return;
    }
    for saylog in [closed(), killed()] {
        saylog.give_away();
        set_mode(saylog.folder(), 0o555);
        is_only_read(&saylog, "read_only", "its folder cannot be written");
        set_mode(&saylog.store(), 0o400);
        is_only_read(&saylog, "read_only", "the file cannot be written");
        // Nobody may make shared memory for it.
        set_mode(saylog.folder(), 0o755);
        is_only_read(&saylog, "read_only", "the file cannot be written");
    }
}

#[test]
fn what_waits_in_the_log_is_read_without_shared_memory() {
    if !is_run_by_others("a store that may not be written") {
        return;
    }
    let saylog = killed();
    fs::remove_file(beside(&saylog, "-shm")).expect("the killed program left it");
    saylog.give_away();
    set_mode(saylog.folder(), 0o555);
    is_only_read(&saylog, "read_only", "its folder cannot be written");
    // What cannot be read is not passed over.
    set_mode(&beside(&saylog, "-wal"), 0);
    check(
        &feed(saylog.command_of_owner(), b"/log\n").normal(&saylog),
        "",
        "saylog: the store `<folder>/saylog.db` cannot be read: \
         the file or its companions `-wal` and `-shm` cannot be opened\n",
        1,
    );
}

#[test]
fn shared_memory_that_cannot_be_used_leaves_the_store_readable() {
    if !is_run_by_others("a store that may not be written") {
        return;
    }
    let saylog = closed();
    let odd = beside(&saylog, "-shm");
    fs::create_dir(&odd).expect("a folder");
    saylog.give_away();
    let outcome = feed(saylog.command_of_owner(), b"/log\n/start\n").normal(&saylog);
    assert_eq!(outcome.code, 1);
    assert_eq!(outcome.stdout, read()[..outcome.stdout.len()]);
    assert_eq!(outcome.stdout.lines().count(), 4);
    let told: Vec<_> = outcome.stderr.lines().collect();
    assert_eq!(
        told,
        [
            "saylog: the store `<folder>/saylog.db` can be read and not written: `-shm` beside it \
             is not a file; nothing can be said",
            "<stdin>:2: not saved: the store can be read and not written: `-shm` beside it is not \
             a file"
        ]
    );
}

#[test]
fn a_store_of_an_earlier_version_that_may_not_be_written_is_refused() {
    if !is_run_by_others("a store that may not be written") {
        return;
    }
    let saylog = Saylog::new();
    let old = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/stores/3.db");
    fs::copy(old, saylog.store()).expect("a store");
    saylog.give_away();
    set_mode(saylog.folder(), 0o555);
    check(
        &feed(saylog.command_of_owner(), b"/log\n").normal(&saylog),
        "",
        "saylog: the store `<folder>/saylog.db` is of an earlier saylog and cannot be brought up \
         to date: its folder cannot be written; it was left as it is; a copy of it can be read\n",
        1,
    );
}

#[test]
fn a_folder_where_no_store_can_be_made_is_one_sentence() {
    if !is_run_by_others("a folder that may not be written") {
        return;
    }
    let saylog = Saylog::new();
    saylog.give_away();
    set_mode(saylog.folder(), 0o555);
    let mut command = saylog.command_of_owner();
    command.args(["--json", "--start", "-c", "hello"]);
    let outcome = feed(command, b"").normal(&saylog);
    assert_eq!(
        outcome.stderr,
        "saylog: the store `<folder>/saylog.db` cannot be made: permission denied\n"
    );
    assert!(
        outcome.stdout.contains("\"kind\":\"read_only\""),
        "{}",
        outcome.stdout
    );
    assert_eq!(outcome.code, 1);
}

#[test]
fn a_read_only_file_system_is_read() {
    for make in [kill, |saylog: &Saylog| drop(saylog.play(SAID))] {
        let saylog = Saylog::new();
        let Some(disk) = Disk::in_memory(saylog.folder()) else {
            return;
        };
        make(&saylog);
        disk.make_read_only();
        let outcome = feed(saylog.command(), READING.as_bytes()).normal(&saylog);
        assert_eq!(
            (without_hints(&outcome.stderr).as_str(), outcome.code),
            (
                "saylog: the store `<folder>/saylog.db` can be read and not written: \
                 the file system is read-only; nothing can be said\n",
                0
            )
        );
        assert!(outcome.stdout.contains("4 messages, 36 of 8192 tokens"));
        disk.make_writable();
        let _ = fs::remove_file(beside(&saylog, "-shm"));
        disk.make_read_only();
        assert_eq!(
            feed(saylog.command(), READING.as_bytes()).normal(&saylog),
            outcome
        );
    }
}

/// Everything can be read from a full disk, by a program that ends by itself.
#[track_caller]
fn is_read_when_full(saylog: &Saylog) {
    let listed = saylog.run(&["-c", "/log", "-c", "/resume"]).normal(saylog);
    let lines: Vec<_> = listed.stdout.lines().collect();
    assert_eq!(lines.len(), 9, "{listed:?}");
    assert_eq!(lines[4], "Session <1> resumed, 4 messages.");
    assert_eq!(listed.code, 0);
    for line in listed.stderr.lines() {
        assert!(
            line.contains("not written: the disk is full; nothing"),
            "{line}"
        );
    }
    let said = saylog.run(&["--json", "--start", "-c", &"x".repeat(100_000)]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.stdout.contains("\"kind\":\"full\""), "{said:?}");
}

#[test]
fn a_full_disk_is_read() {
    for left in [0, 4096, 12 * 4096] {
        for make in [kill, |saylog: &Saylog| drop(saylog.play(SAID))] {
            let saylog = Saylog::new();
            let Some(disk) = Disk::in_memory(saylog.folder()) else {
                return;
            };
            make(&saylog);
            disk.fill_but(left);
            is_read_when_full(&saylog);
            disk.empty();
            let outcome = saylog.run(&["--resume", "-c", "third"]);
            assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
        }
    }
}

#[test]
fn a_full_disk_with_small_blocks_is_read() {
    for left in [0, 3 * 1024, 40 * 1024] {
        // One that has been there ever since, and one that comes from elsewhere and
        // has a write-ahead log and shared memory of which a part is missing.
        for comes in [false, true] {
            let saylog = Saylog::new();
            let Some(disk) = Disk::of_small_blocks(saylog.folder()) else {
                return;
            };
            if comes {
                let elsewhere = killed();
                for end in ["", "-wal"] {
                    fs::copy(beside(&elsewhere, end), beside(&saylog, end)).expect("room");
                }
                let shared = fs::File::create(beside(&saylog, "-shm")).expect("room");
                shared.set_len(32 * 1024).expect("nothing is written");
            } else {
                kill(&saylog);
            }
            disk.fill_but(left);
            is_read_when_full(&saylog);
            disk.empty();
            let outcome = saylog.run(&["--resume", "-c", "third"]);
            assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
            assert_eq!(saylog.integrity(), "ok");
        }
    }
}

#[test]
fn a_part_of_a_reply_that_cannot_be_stored_does_not_stop_reading() {
    let saylog = Saylog::new();
    let Some(disk) = Disk::in_memory(saylog.folder()) else {
        return;
    };
    saylog.play(SAID);
    let partial = "INSERT INTO partials (session, writer, content, model)
                   VALUES (1, '1:gone', 'half a', 'mock')";
    saylog.stored().write(partial).expect("it runs");
    // Enough for shared memory and for the head of the log.
    disk.fill_but(10 * 4096);
    let outcome = saylog.run(&["-c", "/log", "-c", "/resume"]).normal(&saylog);
    assert_eq!(outcome.code, 1, "{outcome:?}");
    assert_eq!(
        outcome.stderr,
        "saylog: not confirmed as saved: the disk is full\n"
    );
    assert_eq!(outcome.stdout.lines().count(), 9, "{outcome:?}");
    disk.empty();
    let outcome = saylog.run(&["-c", "/log"]);
    assert!(outcome.stdout.contains("half a"), "{outcome:?}");
}

#[test]
fn who_may_only_read_sees_what_the_owner_writes_and_is_in_nobodys_way() {
    if !has_another_account("a store of somebody else") {
        return;
    }
    let saylog = closed();
    let open_up = || {
        for end in ["", "-wal", "-shm"] {
            if beside(&saylog, end).exists() {
                set_mode(&beside(&saylog, end), 0o644);
            }
        }
    };
    set_mode(saylog.folder(), 0o755);
    open_up();
    // It reads the file alone, and makes nothing beside it.
    let mut reader = Peer::new(saylog.command_of_owner());
    reader.say("/users");
    let line = "alice 1 4 2026-11-27T06:13:39.367Z current\n";
    reader.read(line.len());
    assert!(
        reader.printed.starts_with("alice 1 4 "),
        "{}",
        reader.printed
    );
    assert!(!beside(&saylog, "-shm").exists());

    set_mode(&saylog.store(), 0o600);
    let mut writer = Peer::new(saylog.command());
    writer.ask("/start").expect("an answer");
    writer.ask("third").expect("an answer");
    open_up();
    reader.say("/log");
    // It complained at its start, so no single line is waited for.
    while !reader.printed.contains("user: third\n") {
        let before = reader.printed.len();
        reader.read(before + 1);
        assert!(reader.printed.len() > before, "{}", reader.printed);
    }
    // While it reads beside the writer, that goes on.
    writer.ask("fourth").expect("an answer");
    let outcome = writer.hang_up();
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    reader.say("/log");
    let outcome = reader.hang_up();
    assert!(
        outcome.stdout.contains("user: fourth\n"),
        "{}",
        outcome.stdout
    );
    assert_eq!(outcome.code, 0);
    assert_eq!(outcome.stderr.lines().count(), 1, "{}", outcome.stderr);
}

#[test]
fn what_another_process_is_writing_and_cannot_be_seen_is_not_shown() {
    if !has_another_account("a store of somebody else") {
        return;
    }
    let saylog = Saylog::new();
    set_mode(saylog.folder(), 0o755);
    let mut writer = Peer::new(saylog.command());
    assert_eq!(writer.ask("/start").expect("an answer") + "\n", STARTED);
    writer.ask("first").expect("an answer");
    set_mode(&saylog.store(), 0o644);
    check(
        &feed(saylog.command_of_owner(), b"/log\n").normal(&saylog),
        "",
        "saylog: the store `<folder>/saylog.db` cannot be read: another process is using it, and \
         what that shares in `-shm` cannot be read; try again when it has ended\n",
        1,
    );
    writer.ask("second").expect("an answer");
    assert_eq!(writer.hang_up().code, 0);
}
