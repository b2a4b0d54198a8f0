//! The answers to `/each`: asked for at once, told as they end, kept whatever happens.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::Value;

use super::questions;
use crate::support::events::events;
use crate::support::peer::Peer;
use crate::support::run::{STARTED, Saylog, check, feed};
use crate::support::server::{Endpoint, Turn};
use crate::support::wait::{PATIENCE, until};

/// Users who are told apart by their system prompts, and the endpoint that answers them.
pub(super) struct TwoUsers {
    pub saylog: Saylog,
    pub endpoint: Endpoint,
}

/// What they say first, and answers.
const TAUGHT: &str = "/start\n/system alice's\n/user bob\n/start\n/system bob's\n";
const TAUGHT_ANSWERS: usize = 5;

impl TwoUsers {
    pub(super) fn new() -> Self {
        let endpoint = Endpoint::new();
        let saylog = Saylog::new().with(&["--model", "x", "--base-url", &endpoint.base()]);
        Self { saylog, endpoint }
    }

    /// Alice and bob are there, and this has been said.
    fn peer(&self, line: &str) -> Peer {
        let mut peer = Peer::new(self.saylog.command());
        for line in TAUGHT.lines() {
            peer.ask(line).expect("an answer");
        }
        peer.say(line);
        peer
    }

    /// Waits for the requests of alice and bob; none of them has been answered yet.
    pub(super) fn both(&self) -> (Turn, Turn) {
        let (one, two) = (self.endpoint.begun(), self.endpoint.begun());
        if one.told()[0] == "system: alice's" {
            (one, two)
        } else {
            (two, one)
        }
    }

    pub(super) fn replies(&self) -> Vec<String> {
        replies(&self.saylog)
    }

    /// Both talk on and on, until some of it has been kept; what that is.
    #[track_caller]
    pub(super) fn talks_on(&self, alice: &mut Turn, bob: &mut Turn) -> Vec<String> {
        let since = Instant::now();
        loop {
            let kept = self.saylog.stored().partials();
            if kept.len() == 2 && kept.iter().all(|part| !part.is_empty()) {
                return kept;
            }
            assert!(since.elapsed() < PATIENCE, "they are not kept");
            // No hexadecimal digits: eight of them would look like a session.
            alice.says("y");
            bob.says("z");
            thread::sleep(Duration::from_millis(10));
        }
    }
}

/// Replies as `user status: content`, in order of users.
fn replies(saylog: &Saylog) -> Vec<String> {
    let rows = events(&saylog.log());
    let replies = rows.iter().filter(|row| row["role"] == "ai");
    let text = |row: &Value, field| row[field].as_str().expect("text").to_owned();
    let mut replies: Vec<String> = replies
        .map(|row| {
            let (user, status) = (text(row, "user_id"), text(row, "status"));
            format!("{user} {status}: {}", text(row, "content"))
        })
        .collect();
    replies.sort();
    replies
}

/// What [`TAUGHT`] answers, without its sessions.
fn taught(stdout: &str) -> &str {
    let rest = stdout.splitn(TAUGHT_ANSWERS + 1, '\n').last();
    rest.expect("five answers")
}

#[test]
fn all_are_asked_before_one_has_answered_and_are_told_in_the_order_in_which_they_end() {
    let users = TwoUsers::new();
    let mut peer = users.peer("/each alice,bob hello");
    let (mut alice, mut bob) = users.both();
    // What was said is in the log while the answers are waited for.
    assert_eq!(questions(&users.saylog), ["alice: hello", "bob: hello"]);
    assert_eq!(alice.told(), ["system: alice's", "user: hello"]);
    assert_eq!(bob.told(), ["system: bob's", "user: hello"]);
    alice.says("I, ");
    bob.says("Me, ");
    bob.says_at_last("bob.");
    let first = peer.next_line().expect("bob's reply");
    assert!(
        first.ends_with(" ai: Me, bob.") && first.contains("Z bob "),
        "{first}"
    );
    alice.says_at_last("alice.");
    let second = peer.next_line().expect("alice's reply");
    assert!(
        second.ends_with(" ai: I, alice.") && second.contains("Z alice "),
        "{second}"
    );
    let outcome = peer.hang_up();
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    assert_eq!(
        users.replies(),
        ["alice complete: I, alice.", "bob complete: Me, bob."]
    );
}

#[test]
fn a_context_holds_one_users_words_only() {
    let users = TwoUsers::new();
    let mut peer = users.peer("bob one");
    users.endpoint.begun().says_at_last("to bob");
    assert_eq!(peer.next_line().as_deref(), Some("to bob"));
    peer.say("/each two");
    let (alice, bob) = users.both();
    assert_eq!(alice.told(), ["system: alice's", "user: two"]);
    assert_eq!(
        bob.told(),
        [
            "system: bob's",
            "user: bob one",
            "assistant: to bob",
            "user: two"
        ]
    );
    alice.says_at_last("alice's two");
    bob.says_at_last("bob's two");
    peer.say("/each alice,bob three");
    let (alice, bob) = users.both();
    assert_eq!(
        alice.told(),
        [
            "system: alice's",
            "user: two",
            "assistant: alice's two",
            "user: three"
        ]
    );
    assert_eq!(
        bob.told(),
        [
            "system: bob's",
            "user: bob one",
            "assistant: to bob",
            "user: two",
            "assistant: bob's two",
            "user: three"
        ]
    );
    alice.says_at_last("3");
    bob.says_at_last("3");
    assert_eq!(peer.hang_up().code, 0);
}

#[test]
fn one_that_fails_takes_nothing_from_the_others() {
    let users = TwoUsers::new();
    let peer = users.peer("/each alice,bob hello");
    let (one, two) = (users.endpoint.turn(), users.endpoint.turn());
    let (mut alice, bob) = if one.told()[0] == "system: alice's" {
        (one, two)
    } else {
        (two, one)
    };
    bob.refuses("500 Internal Server Error", "", "");
    for _ in 0..2 {
        let bob = users.endpoint.turn();
        bob.refuses("500 Internal Server Error", "", "");
    }
    alice.begins();
    alice.says_at_last("I am fine.");
    let outcome = peer.hang_up().normal(&users.saylog);
    check(
        &outcome,
        &format!(
            "{STARTED}System prompt of session <1> set.\nbob (new)\n{STARTED}\
             System prompt of session <2> set.\n<time> alice <1> ai: I am fine.\n"
        ),
        "<stdin>:6: bob: the endpoint failed (500) (asked 3 times); the fault is on its side; `/retry` asks again\n",
        1,
    );
    assert_eq!(
        users.replies(),
        ["alice complete: I am fine.", "bob failed: "]
    );
    assert_eq!(questions(&users.saylog), ["alice: hello", "bob: hello"]);
}

#[test]
fn each_failure_is_told_with_its_name() {
    let script = "read line; case $line in *bob*) printf half; echo broken >&2; exit 3;; \
                  *alice*) exit 1;; *) echo fine;; esac";
    let transcript = "/start\n/system alice\n/user bob\n/start\n/system bob\n\
                      /user x y\n/start\n/each hello\n/user\n";
    for is_json in [false, true] {
        let saylog = Saylog::new().with(&["--model", "cmd:/bin/sh answer.sh"]);
        fs::write(saylog.folder().join("answer.sh"), script).expect("a script");
        let mut command = saylog.command();
        command.args(is_json.then_some("--json"));
        let outcome = feed(command, transcript.as_bytes());
        assert_eq!(outcome.code, 1);
        let told = if is_json {
            assert_eq!(outcome.stderr, "");
            let events = events(&outcome.stdout).into_iter();
            let errors = events.filter(|event| event["event"] == "error");
            errors
                .map(|event| {
                    format!(
                        "<stdin>:{}: {}; {}",
                        event["line"],
                        event["error"].as_str().expect("text"),
                        event["hint"].as_str().expect("a hint")
                    )
                })
                .collect()
        } else {
            outcome
                .stderr
                .lines()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let mut told: Vec<&str> = told.iter().map(String::as_str).collect();
        told.sort_unstable();
        assert_eq!(
            told,
            [
                "<stdin>:8: alice: the program `/bin/sh` failed (exit 1); `/retry` asks again",
                "<stdin>:8: bob: the program `/bin/sh` failed (exit 3): broken; `/continue` asks for the \
                 rest, `/retry` for another reply"
            ]
        );
        assert_eq!(
            replies(&saylog),
            ["alice failed: ", "bob failed: half", "x y complete: fine"]
        );
        // The transcript goes on.
        let last = outcome.stdout.lines().last().expect("an answer");
        let user = if is_json {
            "\"user_id\":\"x y\""
        } else {
            "x y"
        };
        assert!(last.contains(user) && !last.contains("fine"), "{last}");
    }
}

#[test]
fn a_failure_stops_a_transcript_that_wants_it_after_all_have_ended() {
    let users = TwoUsers::new();
    let saylog = Saylog::new().with(&[
        "--model",
        "x",
        "--base-url",
        &users.endpoint.base(),
        "--stop-on-error",
    ]);
    let mut peer = Peer::new(saylog.command());
    for line in TAUGHT.lines() {
        peer.ask(line).expect("an answer");
    }
    peer.say("/each hello");
    let (mut one, two) = (users.endpoint.turn(), users.endpoint.turn());
    two.refuses("400 Bad Request", "", "");
    one.begins();
    one.says_at_last("fine");
    let outcome = peer.hang_up();
    assert_eq!(outcome.code, 3, "{outcome:?}");
    assert!(
        taught(&outcome.stdout).ends_with(" ai: fine\n"),
        "{outcome:?}"
    );
}

/// Waits until what came of the replies is in the store.
#[track_caller]
fn until_kept(saylog: &Saylog, parts: &[&str]) {
    until("parts that are kept", || {
        saylog.stored().partials() == parts
    });
}

#[test]
fn a_kill_is_made_good_for_each_user_at_their_next_start() {
    let users = TwoUsers::new();
    let peer = users.peer("/each alice,bob hello");
    let (mut alice, mut bob) = users.both();
    alice.says("alice's part");
    bob.says("bob's part");
    until_kept(&users.saylog, &["alice's part", "bob's part"]);
    peer.signal(Signal::KILL);
    assert_eq!(peer.leave().code, 128 + 9);
    for (user, replies) in [
        ("alice", &["alice interrupted: alice's part"][..]),
        (
            "bob",
            &[
                "alice interrupted: alice's part",
                "bob interrupted: bob's part",
            ],
        ),
    ] {
        let outcome = users.saylog.lines(&[&format!("/user {user}")]);
        assert_eq!(outcome.stderr.lines().count(), 1, "{outcome:?}");
        assert_eq!(users.replies(), replies);
    }
    assert_eq!(users.saylog.stored().partials(), [""; 0]);
    assert_eq!(users.saylog.integrity(), "ok");
}

#[test]
fn a_kill_while_both_talk_loses_the_last_second_at_most() {
    let users = TwoUsers::new();
    let peer = users.peer("/each alice,bob hello");
    let (mut alice, mut bob) = users.both();
    users.talks_on(&mut alice, &mut bob);
    peer.signal(Signal::KILL);
    peer.leave();
    let kept = users.saylog.stored().partials();
    assert!(kept[0].chars().all(|c| c == 'y'), "{kept:?}");
    assert!(kept[1].chars().all(|c| c == 'z'), "{kept:?}");
    assert_eq!(users.saylog.lines(&["/user bob"]).code, 0);
    assert_eq!(
        users.replies(),
        [
            format!("alice interrupted: {}", kept[0]),
            format!("bob interrupted: {}", kept[1])
        ]
    );
}

#[test]
fn a_signal_keeps_what_had_come_of_all() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 128 + 15)] {
        let users = TwoUsers::new();
        let mut peer = users.peer("/each alice,bob hello");
        let (mut alice, mut bob) = users.both();
        peer.say("never asked");
        let kept = users.talks_on(&mut alice, &mut bob);
        peer.signal(signal);
        assert_eq!(peer.leave().code, code);
        let replies = users.replies();
        assert_eq!(replies.len(), 2, "{replies:?}");
        for (reply, (user, part)) in replies.iter().zip(["alice", "bob"].iter().zip(kept)) {
            let beginning = format!("{user} interrupted: {part}");
            assert!(reply.starts_with(&beginning), "{replies:?}");
        }
        assert_eq!(questions(&users.saylog), ["alice: hello", "bob: hello"]);
        assert_eq!(users.saylog.stored().partials(), [""; 0]);
    }
}
