//! What is piped beside a question, or beside the last `-c` that is said.

use std::fs::{self, File};
use std::io::Write;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};

use crate::support::events::log;
use crate::support::peer::Peer;
use crate::support::run::{MOCK, Outcome, SAYLOG, Saylog, check, echoing, end, feed};
use crate::support::wait::until;

const LIMIT: usize = 16 * 1024 * 1024;

/// What `beside` adds with the shortest fence.
const FENCE: usize = 10;

const NOTE: &str = "saylog: waiting for the end of standard input, which is said with the \
                    question; `</dev/null` leaves it out\n";

const TOO_LONG: &str = "standard input is too long for a message, and nothing was sent; \
                        a message has at most 16 MiB\n";

/// Runs with these arguments and this on a pipe.
fn pipe(saylog: &Saylog, arguments: &[&str], input: impl AsRef<[u8]>) -> Outcome {
    let mut command = saylog.command();
    command.args(arguments);
    feed(command, input.as_ref())
}

/// Runs with these arguments and this standard input.
fn given(saylog: &Saylog, arguments: &[&str], stdin: impl Into<Stdio>) -> Outcome {
    let mut command = saylog.command();
    command.args(arguments).stdin(stdin);
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    end(child)
}

#[test]
fn it_is_one_message_with_the_question() {
    let saylog = echoing();
    let message = "summarise this\n\n```\none\n/clear\n\n```";
    let expected = format!("{message}\n");
    check(
        &pipe(&saylog, &["summarise", "this"], "one\n/clear\n"),
        &expected,
        "",
        0,
    );
    check(
        &pipe(&saylog, &["-c", "summarise this"], "one\n/clear\n"),
        &expected,
        "",
        0,
    );
    let arguments = ["--start", "-c", "summarise this"];
    check(
        &pipe(&saylog, &arguments, "one\n/clear\n"),
        &expected,
        "",
        0,
    );
    assert!(log(&saylog).iter().all(|row| row.content == message));
}

#[test]
fn the_fence_is_one_that_it_cannot_close() {
    let saylog = echoing();
    check(
        &pipe(&saylog, &["why?"], "```\n/clear\n````"),
        "why?\n\n`````\n```\n/clear\n````\n`````\n",
        "",
        0,
    );
}

#[test]
fn it_belongs_to_the_last_line_that_is_said() {
    let saylog = echoing();
    check(
        &pipe(&saylog, &["-c", "one", "-c", "//two", "-c", "/user"], "x"),
        "one\n/two\n\n```\nx\n```\nalice\n",
        "",
        0,
    );
    let block = ["-c", "\"\"\"", "-c", "/quit", "-c", "\"\"\"", "-c", "/user"];
    check(
        &pipe(&saylog, &block, "x"),
        "/quit\n\n```\nx\n```\nalice\n",
        "",
        0,
    );
}

#[test]
fn an_empty_pipe_is_only_the_question() {
    let saylog = echoing();
    check(&pipe(&saylog, &["hello"], ""), "hello\n", "", 0);
    check(&pipe(&saylog, &["-c", "hello"], ""), "hello\n", "", 0);
    check(
        &pipe(&saylog, &["hello"], "\n"),
        "hello\n\n```\n\n\n```\n",
        "",
        0,
    );
}

#[test]
fn pipes_sockets_and_files_count_and_nothing_else_does() {
    let saylog = echoing();
    let with = "hello\n\n```\ntext\n```\n";
    let path = saylog.folder().join("notes.txt");
    fs::write(&path, "text").expect("a file");
    for arguments in [&["hello"][..], &["-c", "hello"]] {
        let file = File::open(&path).expect("a file");
        check(&given(&saylog, arguments, file), with, "", 0);
        let (mut ours, theirs) = UnixStream::pair().expect("sockets");
        ours.write_all(b"text").expect("it takes some bytes");
        drop(ours);
        check(
            &given(&saylog, arguments, OwnedFd::from(theirs)),
            with,
            "",
            0,
        );
        check(&given(&saylog, arguments, Stdio::null()), "hello\n", "", 0);
        let zero = File::open("/dev/zero").expect("/dev/zero");
        check(&given(&saylog, arguments, zero), "hello\n", "", 0);
        let folder = File::open(saylog.folder()).expect("a folder");
        check(&given(&saylog, arguments, folder), "hello\n", "", 0);
    }
    let closed = format!("exec '{SAYLOG}' -u alice -m mock:echo --ephemeral hello <&-");
    let mut command = Command::new("sh");
    command
        .env_clear()
        .env("HOME", saylog.folder())
        .args(["-c", &closed]);
    check(&feed(command, b"not seen"), "hello\n", "", 0);
}

#[test]
fn where_all_lines_are_commands_it_is_left_to_the_next_reader() {
    let saylog = Saylog::new();
    let script = format!("'{SAYLOG}' -u alice --ephemeral -c /user -c /users; cat");
    let mut command = Command::new("sh");
    command
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", saylog.folder())
        .args(["-c", &script]);
    check(
        &feed(command, b"one\ntwo\n"),
        "alice (new)\nalice 0 0 - current\none\ntwo\n",
        "",
        0,
    );
}

#[test]
fn a_wait_for_its_end_is_told_once() {
    for (arguments, note, reply) in [
        (&["why?"][..], NOTE, "why?\n\n```\none\ntwo\n\n```\n"),
        (
            &["-c", "/user", "-c", "why?"],
            NOTE,
            "alice (new)\nwhy?\n\n```\none\ntwo\n\n```\n",
        ),
        (
            &["-"],
            "saylog: waiting for the end of standard input\n",
            "one\ntwo\n\n",
        ),
    ] {
        let saylog = echoing();
        let mut command = saylog.command();
        command.env("SAYLOG_TEST_PATIENCE", "0").args(arguments);
        let mut peer = Peer::new(command);
        if arguments.contains(&"/user") {
            // What came before is shown before it waits.
            assert_eq!(peer.next_line().as_deref(), Some("alice (new)"));
        }
        // It complains before it answers.
        assert_eq!(peer.next_line(), None);
        peer.say("one");
        until("it has read that", || peer.has_heard());
        peer.say("two");
        check(&peer.hang_up(), reply, note, 0);
    }
}

#[test]
fn a_wait_is_told_without_being_asked_for() {
    let saylog = echoing();
    let mut command = saylog.command();
    command.env_remove("SAYLOG_TEST_PATIENCE").arg("why?");
    let mut peer = Peer::new(command);
    assert_eq!(peer.next_line(), None);
    check(&peer.hang_up(), "why?\n", NOTE, 0);
}

#[test]
fn nothing_is_told_of_a_wait_that_is_short() {
    let saylog = echoing();
    let mut command = saylog.command();
    command.arg("why?");
    let mut peer = Peer::new(command);
    peer.say("one");
    until("it has read that", || peer.has_heard());
    peer.say("two");
    check(&peer.hang_up(), "why?\n\n```\none\ntwo\n\n```\n", "", 0);
}

#[test]
fn a_signal_ends_the_wait_and_nothing_is_said() {
    let saylog = echoing();
    let mut command = saylog.command();
    command.env("SAYLOG_TEST_PATIENCE", "0").arg("why?");
    let mut peer = Peer::new(command);
    assert_eq!(peer.next_line(), None);
    peer.signal(rustix::process::Signal::INT);
    check(&peer.leave(), "", NOTE, 130);
    assert!(saylog.said().is_empty());
}

#[test]
fn what_is_no_text_is_refused_and_nothing_is_sent() {
    let utf8 = "standard input is not UTF-8 (byte 3), and nothing was sent";
    let utf8_hint = "convert the input to UTF-8";
    let nul = "standard input has a NUL byte (byte 2), and nothing was sent";
    let nul_hint = "a message is text; say what a file of another kind holds in words";
    let saylog = echoing();
    for (input, code, error, hint) in [
        (&b"ab\xffcd"[..], "invalid_utf8", utf8, utf8_hint),
        (b"ab\xe4\xbd", "invalid_utf8", utf8, utf8_hint),
        (b"a\0b", "nul_byte", nul, nul_hint),
    ] {
        for (arguments, place, line) in [
            (&["why?"][..], "saylog", "null"),
            (&["-"], "saylog", "null"),
            (&["-c", "/user", "-c", "why?"], "-c:2", "2"),
        ] {
            let outcome = pipe(&saylog, arguments, input);
            assert_eq!(
                (outcome.stderr, outcome.code),
                (format!("{place}: {error}; {hint}\n"), 1)
            );
            let arguments = [&["--json"], arguments].concat();
            let outcome = pipe(&saylog, &arguments, input);
            let event = format!(
                "{{\"event\":\"error\",\"line\":{line},\"code\":\"{code}\",\
                 \"error\":\"{error}\",\"hint\":\"{hint}\",\"kind\":\"usage\",\"tries\":null}}\n"
            );
            assert!(outcome.stdout.ends_with(&event), "{}", outcome.stdout);
            assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 1));
        }
    }
    // The lines after it are played, unless they are not to be.
    let lines = ["-c", "why?", "-c", "/user"];
    let sentence = format!("-c:1: {nul}; {nul_hint}\n");
    check(
        &pipe(&saylog, &lines, b"a\0"),
        "alice (new)\n",
        &sentence,
        1,
    );
    let stopping = [&["--stop-on-error"], &lines[..]].concat();
    check(&pipe(&saylog, &stopping, b"a\0"), "", &sentence, 3);
    assert!(saylog.said().is_empty());
}

#[test]
fn the_limit_holds_for_the_whole_message() {
    let saylog = Saylog::new();
    for (arguments, around) in [(&["why?"][..], 4 + FENCE), (&["-"], 0)] {
        let longest = "x".repeat(LIMIT - around);
        check(&pipe(&saylog, arguments, &longest), MOCK, "", 0);
        let rows = log(&saylog);
        assert_eq!(rows[rows.len() - 2].content.len(), LIMIT);
        let longer = longest + "x";
        check(
            &pipe(&saylog, arguments, &longer),
            "",
            &format!("saylog: {TOO_LONG}"),
            1,
        );
    }
    // The fence counts, too.
    let backticks = "`".repeat(LIMIT / 3);
    check(
        &pipe(&saylog, &["why?"], &backticks),
        "",
        &format!("saylog: {TOO_LONG}"),
        1,
    );
    let json = pipe(&saylog, &["--json", "why?"], &backticks);
    assert!(
        json.stdout.contains(r#""code":"too_long""#),
        "{}",
        json.stdout
    );
    assert_eq!(log(&saylog).len(), 4);
}

#[test]
fn what_never_ends_is_refused_in_little_memory() {
    let saylog = Saylog::new();
    for arguments in ["why?", "-"] {
        let script = format!("ulimit -v 200000; yes | '{SAYLOG}' -u alice --ephemeral {arguments}");
        let mut command = Command::new("sh");
        command
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", saylog.folder())
            .args(["-c", &script]);
        check(&feed(command, b""), "", &format!("saylog: {TOO_LONG}"), 1);
    }
}
