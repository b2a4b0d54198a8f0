//! Clocks that are ahead, put back, or on another day than the file system's:
//! messages have the times that the clock said, their order is that of the log,
//! and the person is told once.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use serde_json::Value;

use crate::support::events::events;
use crate::support::peer::Peer;
use crate::support::prompt::{leave, prompt_with};
use crate::support::run::{MOCK, Outcome, SAYLOG, STARTED, Saylog, check, echoing, feed, has};
use crate::support::script::{named, play, run, scripted};

/// 2026-11-22T13:32:07.000Z
const NOON: i64 = 1_795_354_327_000;

const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;

/// The store's program by a clock that is set: the time, or time and step (`+-5000`).
fn at(saylog: &Saylog, clock: &str, lines: &str) -> Outcome {
    let mut command = saylog.command();
    command.env("SAYLOG_TEST_CLOCK", clock);
    feed(command, lines.as_bytes())
}

/// The messages of the log, and when each was said.
fn times(saylog: &Saylog) -> Vec<(String, i64)> {
    let rows = saylog.stored();
    rows.rows("SELECT content, created_at FROM messages WHERE role = 1 ORDER BY id")
}

/// The note about a clock that is before the newest message.
fn before(clock: &str, newest: &str) -> String {
    format!(
        "the clock says {clock}, which is before the newest message ({newest}): \
         times in the log will not be in order; check the clock\n"
    )
}

#[test]
fn a_clock_that_is_put_back_in_the_midst_of_a_transcript_is_told_of_once() {
    let saylog = scripted();
    let lines = "/start\none\ntwo\nthree\n/history\n";
    // Back by five seconds whenever it is looked at.
    let outcome = at(&saylog, &format!("{NOON}+-5000"), lines);
    let outcome = named(outcome, &saylog);
    let listed = ["one", "two", "three"]
        .map(|word| format!("<time> alice <1> user: {word}\n<time> alice <1> ai: {word}\n"));
    let expected = format!("{STARTED}one\ntwo\nthree\n{}", listed.concat());
    assert_eq!((outcome.stdout, outcome.code), (expected, 0));
    assert_eq!(timeless(&outcome.stderr), before("<time>", "<time>"));
    let times: Vec<i64> = times(&saylog).iter().map(|(_, at)| *at).collect();
    assert!(times.is_sorted_by(|a, b| a > b), "{times:?}");
    let begun: i64 = saylog.stored().row("SELECT created_at FROM sessions");
    assert!(times[0] < begun && begun <= NOON, "{begun} {times:?}");
}

#[test]
fn clocks_of_two_machines_may_differ_a_little() {
    let saylog = Saylog::new();
    let said = |clock: i64| at(&saylog, &clock.to_string(), "/start\nhello\n").stderr;
    assert_eq!(said(NOON), "");
    assert_eq!(said(NOON - 1_999), "");
    // It is the newest message that counts.
    assert_eq!(said(NOON - 3_998), "");
    assert_eq!(
        said(NOON - 5_998),
        before("2026-11-22T13:32:01Z", "2026-11-22T13:32:03Z")
    );
    // What does not say anything is not dated by the clock.
    let listed = at(&saylog, "0", "/history global\n/sessions\n");
    assert_eq!((listed.stderr.as_str(), listed.code), ("", 0));
    assert_eq!(
        times(&saylog).iter().map(|(_, at)| *at).collect::<Vec<_>>(),
        [NOON, NOON - 1_999, NOON - 3_998, NOON - 5_998]
    );
}

#[test]
fn the_note_is_for_people_and_goes_to_standard_error() {
    let saylog = Saylog::new().with(&["--json"]);
    at(&saylog, &NOON.to_string(), "/start\nhello\n");
    let outcome = at(&saylog, &(NOON - 60_000).to_string(), "/start\nhello\n");
    let kinds: Vec<Value> = events(&outcome.stdout)
        .iter()
        .map(|event| event["event"].clone())
        .collect();
    assert_eq!(kinds, ["start", "reply"]);
    assert_eq!(
        outcome.stderr,
        before("2026-11-22T13:31:07Z", "2026-11-22T13:32:07Z")
    );
}

#[test]
fn at_the_prompt_the_note_stands_below_what_the_commit_allowed_to_be_shown() {
    let saylog = Saylog::new();
    at(&saylog, &NOON.to_string(), "/start\nhello\n");
    let clock = (NOON - 60_000).to_string();
    let mut terminal = prompt_with(&saylog, &[], &[("SAYLOG_TEST_CLOCK", &clock)]);
    terminal.types("hello\r");
    let note = before("2026-11-22T13:31:07Z", "2026-11-22T13:32:07Z");
    let told = format!("{MOCK}{note}").replace([' ', '\n'], "");
    // Lines are broken where they are full.
    terminal.shows_such(&note, |screen| {
        screen.replace([' ', '\n'], "").contains(&told)
    });
    terminal.types("again\r");
    terminal.shows_such("a second reply", |screen| {
        screen.matches(MOCK.trim_end()).count() == 2
    });
    assert_eq!(terminal.written().matches("the clock says").count(), 1);
    leave(terminal);
}

/// Alice speaks in session 1 by a clock that is far ahead, then in session 2 by
/// one that is right.
fn two_clocks() -> Saylog {
    let saylog = scripted();
    let said = |ahead: i64, lines: &str| {
        let clock = (NOON + ahead).to_string();
        assert_eq!(at(&saylog, &clock, lines).code, 0);
    };
    said(5 * HOUR * 1000, "/start\nahead\n");
    said(0, "/start\nright\n");
    saylog
}

#[test]
fn sessions_are_in_the_order_in_which_they_were_spoken_in_whatever_the_times() {
    let saylog = two_clocks();
    let rows = "1 <2…> 2 2 mock:echo <time> \"right\"\n2 <1…> 2 2 mock:echo <time> \"ahead\"\n";
    check(&play(&saylog, "/sessions\n"), rows, "", 0);
    let right = "<time> alice <2> user: right\n<time> alice <2> ai: right\n";
    for lines in ["/resume\n", "/resume latest\n", "/resume 1\n"] {
        let resumed = format!("Session <2> resumed, 2 messages.\n{right}");
        check(&play(&saylog, lines), &resumed, "", 0);
    }
    check(&run(&saylog, &["--resume", "-c", "/history"]), right, "", 0);
    // Said later, by a clock that was put back further.
    let later = at(&saylog, "0", "/resume ahead\nlater\n");
    assert_eq!(later.code, 0);
    check(
        &run(&saylog, &["--resume", "-c", "/sessions"]),
        "1 <1…> 4 4 mock:echo <time> \"ahead\" current\n2 <2…> 2 2 mock:echo <time> \"right\"\n",
        "",
        0,
    );
}

#[test]
fn what_was_begun_last_is_the_latest_though_nothing_was_said_in_it() {
    let saylog = two_clocks();
    assert_eq!(
        at(&saylog, "0", "/start empty\n/user bob\n/start\n").code,
        0
    );
    check(
        &play(&saylog, "/sessions --all\n/sessions global --all\n"),
        "1 <3…> 0 0 mock:echo <time> \"empty\"\n\
         2 <2…> 2 2 mock:echo <time> \"right\"\n\
         3 <1…> 2 2 mock:echo <time> \"ahead\"\n\
         bob <4…> 0 0 mock:echo <time> -\n\
         alice <3…> 0 0 mock:echo <time> \"empty\"\n\
         alice <2…> 2 2 mock:echo <time> \"right\"\n\
         alice <1…> 2 2 mock:echo <time> \"ahead\"\n",
        "",
        0,
    );
    // A fork has something in it, and is gone on with.
    assert_eq!(at(&saylog, "0", "/resume ahead\n/fork other way\n").code, 0);
    check(
        &run(&saylog, &["--resume", "-c", "/sessions"]),
        "1 <5…> 2 0 mock:echo <time> \"other way\" current\n\
         2 <2…> 2 2 mock:echo <time> \"right\"\n\
         3 <1…> 2 2 mock:echo <time> \"ahead\"\n",
        "",
        0,
    );
}

/// A library that puts the clock of a program that is started with it forward,
/// by so many seconds as `CLOCK_OFFSET` says, and the file `CLOCK_FILE` names. The file system's stays as it is.
fn shifting_clock(saylog: &Saylog, test: &str) -> Option<PathBuf> {
    const SOURCE: &str = "
        #define _GNU_SOURCE
        #include <fcntl.h>
        #include <stdlib.h>
        #include <sys/syscall.h>
        #include <time.h>
        #include <unistd.h>
        int clock_gettime(clockid_t clock, struct timespec *time) {
            int result = syscall(SYS_clock_gettime, clock, time);
            if (clock != CLOCK_REALTIME) return result;
            const char *offset = getenv(\"CLOCK_OFFSET\");
            if (offset) time->tv_sec += atol(offset);
            const char *path = getenv(\"CLOCK_FILE\");
            int file = path ? open(path, O_RDONLY) : -1;
            char text[32];
            ssize_t size = file < 0 ? 0 : read(file, text, sizeof text - 1);
            if (file >= 0) close(file);
            if (size > 0) { text[size] = 0; time->tv_sec += atol(text); }
            return result;
        }";
    if !cfg!(target_os = "linux") || !has("cc", test) {
        return None;
    }
    let library = saylog.folder().join("clock.so");
    let source = library.with_extension("c");
    fs::write(&source, SOURCE).expect("a file");
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", "-o"])
        .args([&library, &source])
        .status();
    assert!(compiled.expect("cc runs").success());
    Some(library)
}

/// The store's program, by a clock that is so many seconds ahead.
fn shifted(saylog: &Saylog, library: &Path, seconds: i64) -> Command {
    let mut command = saylog.command();
    command
        .env("LD_PRELOAD", library)
        .env("CLOCK_OFFSET", seconds.to_string());
    command
}

/// What it tells on standard error, without times.
fn told(saylog: &Saylog, library: &Path, seconds: i64, lines: &str) -> String {
    let outcome = feed(shifted(saylog, library, seconds), lines.as_bytes());
    timeless(&outcome.stderr)
}

/// Times to the second as `<time>`.
fn timeless(text: &str) -> String {
    let mut timeless = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let is_time = rest.len() >= 20
            && rest.is_char_boundary(20)
            && (rest.bytes().zip("dddd-dd-ddTdd:dd:ddZ".bytes())).all(|(byte, kind)| match kind {
                b'd' => byte.is_ascii_digit(),
                _ => byte == kind,
            });
        let (word, length) = if is_time {
            ("<time>", 20)
        } else {
            (&rest[..c.len_utf8()], c.len_utf8())
        };
        timeless.push_str(word);
        rest = &rest[length..];
    }
    timeless
}

#[test]
fn after_a_clock_that_was_ahead_times_are_true_again() {
    let saylog = Saylog::new();
    let Some(library) = shifting_clock(&saylog, "a clock that is ahead") else {
        return;
    };
    let lines = |word: &str| format!("/user {word}\n/start\n{word}\n");
    let ahead = told(&saylog, &library, 5 * HOUR, &lines("ahead"));
    assert_eq!(ahead, "");
    let since = SystemTime::now();
    let right = saylog.play(lines("right"));
    assert_eq!(timeless(&right.stderr), before("<time>", "<time>"));
    let again = saylog.play(lines("again"));
    assert_eq!(again.stderr, "", "the newest message has the right time");
    let times = times(&saylog);
    let words: Vec<&str> = times.iter().map(|(word, _)| word.as_str()).collect();
    assert_eq!(words, ["ahead", "right", "again"]);
    let since = since.duration_since(SystemTime::UNIX_EPOCH).expect("after");
    let since = i64::try_from(since.as_millis()).expect("a time");
    assert!(times[0].1 > since + 4 * HOUR * 1000, "{times:?}");
    for (word, at) in &times[1..] {
        assert!(
            (since..since + HOUR * 1000).contains(at),
            "{word} {at} {since}"
        );
    }
}

/// The note about a clock that is a day or more from the file system's.
const FAR: &str = "the clock says <time>, and the store's file system <time>: \
                   messages get the time of the clock; check which is right\n";

#[test]
fn a_clock_that_is_a_day_from_the_file_systems_is_told_of_once() {
    let saylog = Saylog::new();
    let Some(library) = shifting_clock(&saylog, "a clock of another day") else {
        return;
    };
    let lines = "/start\none\ntwo\n/start\nthree\n";
    let of = |saylog: &Saylog, seconds| told(saylog, &library, seconds, lines);
    for hours in [-23, 23] {
        let fresh = Saylog::new();
        assert_eq!(of(&fresh, hours * HOUR), "", "{hours} h");
    }
    for days in [-20 * 365, -3, 3, 20 * 365] {
        let fresh = Saylog::new();
        assert_eq!(
            of(&fresh, days * DAY + days.signum() * 60),
            FAR,
            "{days} days"
        );
    }
    // Never both: where there are messages, it is the order of the log that suffers.
    assert_eq!(saylog.play(lines).stderr, "");
    assert_eq!(of(&saylog, -3 * DAY), before("<time>", "<time>"));
    // In memory there are no files.
    let mut nowhere = Command::new(SAYLOG);
    nowhere
        .env_clear()
        .env("HOME", saylog.folder())
        .env("LD_PRELOAD", &library)
        .env("CLOCK_OFFSET", (3 * DAY).to_string())
        .args(["--ephemeral", "hello"]);
    check(&feed(nowhere, b""), MOCK, "", 0);
}

#[test]
fn a_clock_that_jumps_to_another_day_in_mid_run_is_told_of_once() {
    let saylog = echoing();
    let Some(library) = shifting_clock(&saylog, "a clock that jumps") else {
        return;
    };
    let offset = saylog.folder().join("offset");
    for (seconds, told) in [(3 * DAY, FAR), (23 * HOUR, "")] {
        fs::write(&offset, "0").expect("a file");
        let mut command = shifted(&saylog, &library, 0);
        command.env("CLOCK_FILE", &offset);
        let mut peer = Peer::new(command);
        peer.ask("/start").expect("a session");
        for line in ["one", "two"] {
            assert_eq!(peer.ask(line).as_deref(), Some(line));
        }
        fs::write(&offset, seconds.to_string()).expect("a file");
        // What was committed before is as old as the jump is long.
        peer.say("/sessions");
        for line in ["three", "four"] {
            peer.say(line);
        }
        let outcome = peer.hang_up();
        assert_eq!(timeless(&outcome.stderr), told);
        assert!(outcome.stdout.ends_with("\nthree\nfour\n"));
        fs::remove_file(saylog.store()).expect("a store");
    }
}

#[test]
fn whoever_comes_back_after_a_while_is_told_nothing() {
    let saylog = Saylog::new();
    assert_eq!(saylog.play("/start\nhello\n/clear\n").stderr, "");
    let long_ago = SystemTime::now() - Duration::from_hours(24 * 9);
    let leave_alone = || {
        let file = File::options().write(true).open(saylog.store());
        let set = file.and_then(|file| file.set_modified(long_ago));
        set.expect("a time");
    };
    // A group that changes nothing leaves the file as old as it is.
    for (lines, answer) in [
        ("/resume\n/fork at #9\n/redo\n", 1),
        ("/sessions\n", 0),
        ("/resume\nagain\n", 0),
    ] {
        leave_alone();
        let outcome = saylog.play(lines);
        assert_eq!(outcome.code, answer, "{lines}");
        assert!(
            !outcome.stderr.contains("the clock says"),
            "{}",
            outcome.stderr
        );
    }
}
