//! More are to answer than are asked at the same time, or than there are threads for.

use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::process::Signal;

use crate::support::events::events;
use crate::support::peer::Peer;
use crate::support::run::{Outcome, Saylog, configured, feed, has};
use crate::support::server::{Endpoint, Server};
use crate::support::wait::until;

/// A model that is asked by so many at the same time.
fn asked_by(parallel: usize) -> (Endpoint, Saylog) {
    let endpoint = Endpoint::new();
    let saylog = configured(&format!("parallel = {parallel}\n"));
    let saylog = saylog.with(&["--model", "m1", "--base-url", &endpoint.base()]);
    (endpoint, saylog)
}

/// Three users are asked.
fn three_asked(saylog: &Saylog) -> Peer {
    let mut peer = Peer::new(saylog.command());
    for line in ["/start", "/user bob", "/start", "/user carol", "/start"] {
        peer.ask(line).expect("an answer");
    }
    peer.say("/each hello");
    peer
}

/// Content and status of the replies in the log, sorted.
fn replies(saylog: &Saylog) -> Vec<String> {
    let log = events(&saylog.log()).into_iter();
    let replies = log.filter(|event| event["role"] == "ai");
    let text = |reply: &serde_json::Value, field: &str| reply[field].as_str().map(str::to_owned);
    let mut replies: Vec<String> = replies
        .filter_map(|reply| Some(text(&reply, "content")? + "|" + &text(&reply, "status")?))
        .collect();
    replies.sort();
    replies
}

#[test]
fn the_others_wait_for_their_turn() {
    let (endpoint, saylog) = asked_by(2);
    let mut peer = three_asked(&saylog);
    let (one, two) = (endpoint.begun(), endpoint.begun());
    // What is asked of the third is in the log already, and that it waits.
    until("the questions are there", || {
        saylog.stored().count("messages") == 3 && saylog.stored().count("partials") == 3
    });
    assert!(endpoint.asked().is_none());
    one.says_at_last("first");
    peer.next_line().expect("a reply");
    let three = endpoint.begun();
    two.says_at_last("second");
    three.says_at_last("third");
    let outcome = peer.hang_up();
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    let said = ["first|complete", "second|complete", "third|complete"];
    assert_eq!(replies(&saylog), said);
    assert_eq!(saylog.stored().count("partials"), 0);
}

#[test]
fn those_who_wait_are_told_when_all_are_stopped() {
    let (endpoint, saylog) = asked_by(1);
    let peer = three_asked(&saylog);
    let mut turn = endpoint.begun();
    turn.says("what came");
    until("it is kept", || {
        saylog
            .stored()
            .count("partials WHERE content = 'what came'")
            == 1
    });
    peer.signal(Signal::INT);
    let outcome = peer.leave();
    assert_eq!(outcome.code, 130);
    assert!(endpoint.asked().is_none());
    let said = ["what came|interrupted", "|interrupted", "|interrupted"];
    assert_eq!(replies(&saylog), said);
}

/// A user whom nobody else is: the limit is on all that they run, wherever.
fn nobody_else() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    (1_000_000 + std::process::id() * 100 + number).to_string()
}

/// Runs as a user who may have so many processes and threads.
fn limited(threads: &str, lines: &str) -> Outcome {
    limited_to(threads, &["--model", "mock:slow"], lines)
}

fn limited_to(threads: &str, arguments: &[&str], lines: &str) -> Outcome {
    let mut command = Command::new("prlimit");
    let user = nobody_else();
    command
        .arg(format!("--nproc={threads}"))
        .arg("setpriv")
        .args([format!("--reuid={user}"), format!("--regid={user}")])
        .arg("--clear-groups")
        .arg(env!("CARGO_BIN_EXE_saylog"))
        .args(["--ephemeral", "--user", "alice"])
        .args(arguments)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", "/nonexistent")
        .current_dir("/");
    feed(command, lines.as_bytes())
}

#[test]
fn a_system_that_starts_no_thread_is_no_reason_to_stop() {
    let test = "a_system_that_starts_no_thread_is_no_reason_to_stop";
    if !has("prlimit", test) || !has("setpriv", test) || limited("9", "/user\n").code != 0 {
        return;
    }
    let asked = "/start\n/user bob\n/start\n/each hello\n/user alice\n";
    // One does it all.
    let outcome = limited("2", asked);
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    assert_eq!(outcome.stdout.matches("This is a mock response").count(), 2);
    // None can.
    let outcome = limited("1", asked);
    let told = |name| {
        format!("<stdin>:4: {name}: the system starts no further thread; `/retry` asks again\n")
    };
    assert_eq!(outcome.stderr, told("alice") + &told("bob"));
    assert_eq!(outcome.code, 1);
    assert!(outcome.stdout.ends_with("alice\n"), "{}", outcome.stdout);
}

#[test]
fn those_who_ask_leave_a_thread_to_what_they_wait_for() {
    let test = "those_who_ask_leave_a_thread_to_what_they_wait_for";
    if !has("prlimit", test) || !has("setpriv", test) || limited("9", "/user\n").code != 0 {
        return;
    }
    let mut asked: String = ["bob", "carol", "dave"]
        .map(|name| format!("/user {name}\n/start\n"))
        .concat();
    asked.push_str("/each hello\n");
    for threads in ["3", "4", "5", "7"] {
        for host in ["127.0.0.1", "localhost"] {
            let server = Server::replying(&["a reply"; 3]);
            let base = server.base().replace("127.0.0.1", host);
            let outcome = limited_to(threads, &["--model", "m1", "--base-url", &base], &asked);
            assert_eq!(
                (outcome.stderr.as_str(), outcome.code),
                ("", 0),
                "{threads} {host}"
            );
            assert_eq!(outcome.stdout.matches("a reply").count(), 3);
        }
    }
}
