//! `/context at #ID` shows what a reply's model was sent, whatever others have
//! done to the session while the reply was coming.

use rustix::process::Signal;

use crate::support::events::events;
use crate::support::peer::Peer;
use crate::support::run::{Saylog, check};
use crate::support::server::{Endpoint, Turn};
use crate::support::wait::until;

/// What `/context at` shows, in the form of what was sent.
fn shown(saylog: &Saylog, id: &str) -> Vec<String> {
    let line = format!("/context at #{id}");
    let told = saylog.run(&["--json", "--resume", "-c", &line]);
    assert_eq!((told.stderr.as_str(), told.code), ("", 0));
    let rows = events(&told.stdout).into_iter();
    let rows = rows.filter(|event| event["event"] == "context_row");
    rows.map(|row| {
        let role = match row["role"].as_str() {
            Some("ai") => "assistant",
            Some(role) => role,
            None => panic!("{row}"),
        };
        format!("{role}: {}", row["content"].as_str().expect("text"))
    })
    .collect()
}

/// The id of the last message that says this.
#[track_caller]
fn id_of(saylog: &Saylog, content: &str) -> String {
    let log = saylog.run(&["--json", "-c", "/history global"]).stdout;
    let mut rows = events(&log).into_iter();
    let found = rows.rfind(|event| event["content"] == content);
    found.expect("it is in the log")["id"].to_string()
}

/// A session with two turns, and an endpoint that the test answers for.
fn begun() -> (Endpoint, Saylog) {
    let endpoint = Endpoint::new();
    let saylog = Saylog::new().with(&["--model", "m1", "--base-url", &endpoint.base()]);
    let mut peer = Peer::new(saylog.command());
    peer.say("/start");
    for line in ["one", "two"] {
        peer.say(line);
        endpoint.begun().says_at_last("yes");
    }
    let outcome = peer.hang_up();
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    (endpoint, saylog)
}

/// Somebody asks, and `meanwhile` happens before the answer; gives what was
/// sent, and what is shown for the reply.
fn asked_while(
    arguments: &[&str],
    question: &str,
    endpoint: &Endpoint,
    saylog: &Saylog,
    meanwhile: impl FnOnce(),
) -> (Vec<String>, Vec<String>) {
    let mut command = saylog.command();
    command.arg("--resume").args(arguments);
    let mut peer = Peer::new(command);
    peer.say(question);
    let mut turn = endpoint.begun();
    turn.says("the ");
    let sent = turn.told();
    meanwhile();
    turn.says_at_last("answer");
    let outcome = peer.hang_up();
    assert_eq!((outcome.stdout.as_str(), outcome.code), ("the answer\n", 0));
    // That the question has left the context, or has another reply there, is told,
    // and nothing else.
    let left = "the question left the context while its reply was coming: ";
    let answered = "the question got another reply while this one was coming: ";
    let told = outcome.stderr.as_str();
    assert!(told.is_empty() || told.starts_with(left) || told.starts_with(answered));
    (sent, shown(saylog, &id_of(saylog, "the answer")))
}

/// Another process says a line, and is answered if it asks.
fn other(saylog: &Saylog, line: &str, answer: impl FnOnce()) {
    let mut command = saylog.command();
    command.arg("--resume");
    let mut peer = Peer::new(command);
    peer.say(line);
    answer();
    let outcome = peer.hang_up();
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0), "{line}");
}

#[test]
fn whatever_another_process_does_meanwhile() {
    for line in [
        "/system be brief",
        "/system -",
        "/undo",
        "/undo 2",
        "/clear",
        "/quote #1",
        "/rename other",
    ] {
        let (endpoint, saylog) = begun();
        other(&saylog, "/system be long", || {});
        let (sent, shown) = asked_while(&[], "three", &endpoint, &saylog, || {
            other(&saylog, line, || {});
        });
        assert_eq!(sent[0], "system: be long");
        assert_eq!(sent.len(), 6);
        assert_eq!(shown, sent, "{line}");
    }
}

#[test]
fn while_another_process_asks_or_compacts() {
    for line in ["four", "/compact", "/retry"] {
        let (endpoint, saylog) = begun();
        let (sent, shown) = asked_while(&[], "three", &endpoint, &saylog, || {
            other(&saylog, line, || endpoint.begun().says_at_last("no"));
        });
        assert_eq!(sent.len(), 5);
        assert_eq!(shown, sent, "{line}");
    }
}

#[test]
fn of_a_continued_reply_too() {
    let (endpoint, saylog) = begun();
    let mut command = saylog.command();
    command.arg("--resume");
    let mut peer = Peer::new(command);
    peer.say("three");
    let mut turn = endpoint.begun();
    turn.says("half");
    turn.stops("length");
    peer.hang_up();
    let (sent, shown) = asked_while(&[], "/continue", &endpoint, &saylog, || {
        other(&saylog, "four", || endpoint.begun().says_at_last("no"));
    });
    assert_eq!(sent.len(), 7);
    assert_eq!(shown, sent);
    // That the answer of the other stands before it makes a reply no continuation.
    let four = shown_of(&saylog, "no");
    assert_eq!(four.last().map(String::as_str), Some("user: four"));
}

fn shown_of(saylog: &Saylog, content: &str) -> Vec<String> {
    shown(saylog, &id_of(saylog, content))
}

#[test]
fn with_the_configured_system_prompt_of_that_time() {
    let (endpoint, saylog) = begun();
    let system = ["--system", "You are {a} \"poet\"."];
    let (sent, first) = asked_while(&system, "three", &endpoint, &saylog, || {});
    assert_eq!(sent[0], "system: You are {a} \"poet\".");
    // What the configuration says now changes nothing, here and there.
    assert_eq!(first, sent);
    let line = format!("/context at #{}", id_of(&saylog, "yes"));
    let before = saylog.run(&["--system", "other", "--resume", "-c", &line]);
    assert!(before.stdout.starts_with("#1 user "), "{}", before.stdout);
}

#[test]
fn of_a_reply_whose_process_was_killed() {
    let (endpoint, saylog) = begun();
    let mut command = saylog.command();
    command.args(["--resume", "--system", "a poet"]);
    let mut peer = Peer::new(command);
    peer.say("three");
    let mut turn: Turn = endpoint.begun();
    let sent = turn.told();
    turn.says("the beginning");
    until("the part is kept", || {
        saylog
            .stored()
            .count("partials WHERE content = 'the beginning'")
            == 1
    });
    other(&saylog, "/system be brief", || {});
    peer.signal(Signal::KILL);
    peer.leave();
    let short = &saylog.stored().sessions()[0][..8];
    check(
        &saylog.run(&["--resume", "-c", "/context at #1"]),
        "#1 user 5 tokens: one\n1 message, 5 of 8192 tokens (0 %)\n",
        &format!("a reply in session {short} was cut off; what had come of it is kept\n"),
        0,
    );
    assert_eq!(shown_of(&saylog, "the beginning"), sent);
}
