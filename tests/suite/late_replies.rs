//! A question leaves the context while its reply is coming, because another
//! process moves the session: the reply is in the log and not in the context.

use rustix::process::Signal;

use crate::support::events::events;
use crate::support::peer::Peer;
use crate::support::run::{Outcome, STARTED, Saylog, check};
use crate::support::server::{Endpoint, Turn};
use crate::support::wait::until;

/// A session with one turn, and an endpoint that the test answers for.
fn begun() -> (Endpoint, Saylog) {
    let endpoint = Endpoint::new();
    let saylog = Saylog::new().with(&["--model", "m1", "--base-url", &endpoint.base()]);
    let mut peer = Peer::new(saylog.command());
    peer.say("/start");
    peer.say("one");
    endpoint.begun().says_at_last("yes");
    check(&peer.hang_up(), &format!("{STARTED}yes\n"), "", 0);
    (endpoint, saylog)
}

/// A process that goes on with that session.
fn resumed(saylog: &Saylog) -> Peer {
    let mut command = saylog.command();
    command.arg("--resume");
    Peer::new(command)
}

/// Another process says a line that asks nobody.
#[track_caller]
fn other(saylog: &Saylog, line: &str) -> Outcome {
    let outcome = saylog.run(&["--resume", "-c", line]);
    assert_eq!(outcome.code, 0, "{line}: {}", outcome.stderr);
    outcome
}

/// What a new question is sent after, in the session or in a fork of it.
fn sent_after(endpoint: &Endpoint, saylog: &Saylog, line: &str) -> Vec<String> {
    let mut peer = resumed(saylog);
    peer.say(line);
    peer.say("and now?");
    let turn = endpoint.begun();
    let mut told = turn.told();
    turn.says_at_last("now");
    assert_eq!(peer.hang_up().code, 0);
    assert_eq!(told.pop().as_deref(), Some("user: and now?"));
    told
}

fn notice(id: i64) -> String {
    format!(
        "the question left the context while its reply was coming: the reply is message #{id} in \
         the log, and not in the context; `/fork at #{id}` goes on from it\n"
    )
}

/// Id, parent and content of each message of the log.
fn linked(saylog: &Saylog) -> Vec<String> {
    let log = saylog.run(&["--json", "-c", "/history global"]).stdout;
    let rows = events(&log).into_iter();
    let rows = rows.filter(|event| event["event"] == "message");
    rows.map(|row| {
        let text = row["content"].as_str().expect("text");
        format!("#{} after #{}: {text}", row["id"], row["parent_id"])
    })
    .collect()
}

#[test]
fn a_reply_to_what_another_process_took_out_is_kept_beside_the_context() {
    for (line, left) in [
        ("/undo", &["user: one", "assistant: yes"][..]),
        ("/undo 2", &[]),
        ("/clear", &[]),
    ] {
        let (endpoint, saylog) = begun();
        let mut peer = resumed(&saylog);
        peer.say("two");
        let mut turn = endpoint.begun();
        turn.says("the ");
        other(&saylog, line);
        turn.says_at_last("answer");
        check(&peer.hang_up(), "the answer\n", &notice(4), 0);
        assert_eq!(
            linked(&saylog)[2..],
            ["#3 after #2: two", "#4 after #3: the answer"]
        );
        assert_eq!(sent_after(&endpoint, &saylog, "/user"), left, "{line}");
        let whole = [
            "user: one",
            "assistant: yes",
            "user: two",
            "assistant: the answer",
        ];
        assert_eq!(sent_after(&endpoint, &saylog, "/fork at #4"), whole);
        let forked = saylog.run(&["--resume", "-c", "/undo 3", "-c", "/redo"]);
        assert_eq!((forked.stderr.as_str(), forked.code), ("", 0));
        assert_eq!(
            other(&saylog, "/show #4").stdout.lines().count(),
            3,
            "{line}"
        );
        assert_eq!(saylog.integrity(), "ok");
    }
}

#[test]
fn a_redo_brings_the_question_back_and_not_the_reply() {
    let (endpoint, saylog) = begun();
    let mut peer = resumed(&saylog);
    peer.say("two");
    let turn = endpoint.begun();
    other(&saylog, "/undo");
    turn.says_at_last("answer");
    check(&peer.hang_up(), "answer\n", &notice(4), 0);
    other(&saylog, "/redo");
    let history = other(&saylog, "/history").stdout;
    let last = history.lines().last().expect("a question");
    assert!(last.ends_with(" user: two"), "{history}");
}

#[test]
fn what_was_said_meanwhile_is_followed_by_its_own_reply_only() {
    let (endpoint, saylog) = begun();
    let mut peer = resumed(&saylog);
    peer.say("two");
    let turn = endpoint.begun();
    let mut editing = resumed(&saylog);
    editing.say("/edit two, better");
    endpoint.begun().says_at_last("better");
    assert_eq!(editing.hang_up().code, 0);
    turn.says_at_last("answer");
    check(&peer.hang_up(), "answer\n", &notice(6), 0);
    assert_eq!(
        sent_after(&endpoint, &saylog, "/user"),
        [
            "user: one",
            "assistant: yes",
            "user: two, better",
            "assistant: better"
        ]
    );
}

#[test]
fn the_rest_of_a_reply_that_was_taken_out_is_kept_beside_the_context() {
    let (endpoint, saylog) = begun();
    let mut peer = resumed(&saylog);
    peer.say("two");
    let mut turn = endpoint.begun();
    turn.says("half");
    turn.stops("length");
    peer.hang_up();
    let mut peer = resumed(&saylog);
    peer.say("/continue");
    let turn = endpoint.begun();
    other(&saylog, "/undo");
    turn.says_at_last("the rest");
    let told = notice(5).replace(
        "the question left the context while its reply was coming: the reply",
        "the reply that is continued left the context while the rest was coming: the rest",
    );
    check(&peer.hang_up(), "the rest\n", &told, 0);
    assert_eq!(linked(&saylog)[4], "#5 after #4: the rest");
}

#[test]
fn a_question_has_one_reply_in_the_context() {
    for (line, what, sent) in [
        (
            "/retry",
            "the question got another reply while this one was coming: this one",
            ["user: one", "assistant: yes"],
        ),
        (
            "/continue",
            "the reply was continued elsewhere while the rest was coming: this rest",
            ["user: one", "assistant: y\n\nes"],
        ),
    ] {
        let endpoint = Endpoint::new();
        let saylog = Saylog::new().with(&["--model", "m1", "--base-url", &endpoint.base()]);
        let mut peer = Peer::new(saylog.command());
        peer.say("/start");
        peer.say("one");
        let mut turn = endpoint.begun();
        turn.says("y");
        turn.stops("length");
        peer.hang_up();
        let [mut first, mut second] = [resumed(&saylog), resumed(&saylog)];
        first.say(line);
        let late = endpoint.begun();
        second.say(if line == "/retry" { "/redo" } else { line });
        if line == "/continue" {
            endpoint.begun().says_at_last("es");
        }
        second.hang_up();
        late.says_at_last("never mind");
        let outcome = first.hang_up();
        let id = if line == "/continue" { 4 } else { 3 };
        let told = format!(
            "{what} is message #{id} in the log, and not in the context; `/fork at #{id}` goes \
             on from it\n"
        );
        assert!(outcome.stderr.ends_with(&told), "{}", outcome.stderr);
        let context = sent_after(&endpoint, &saylog, "/user");
        let expected = if line == "/continue" {
            sent
        } else {
            ["user: one", "assistant: y"]
        };
        assert_eq!(context, expected, "{line}");
    }
}

#[test]
fn that_there_was_no_answer_is_told_as_ever_and_not_in_the_context() {
    let (endpoint, saylog) = begun();
    let mut peer = resumed(&saylog);
    peer.say("two");
    let turn = endpoint.turn();
    other(&saylog, "/clear");
    turn.refuses("400 Bad Request", "", "{}");
    let outcome = peer.hang_up();
    assert_eq!((outcome.stdout.as_str(), outcome.code), ("", 1));
    assert_eq!(outcome.stderr.lines().count(), 1, "{}", outcome.stderr);
    assert_eq!(linked(&saylog)[3], "#4 after #3: ");
    assert_eq!(other(&saylog, "/history").stdout, "");
}

#[test]
fn of_several_who_are_asked_it_is_told_whose_question_left() {
    let endpoint = Endpoint::new();
    let saylog = Saylog::new().with(&["--model", "m1", "--base-url", &endpoint.base()]);
    let mut peer = Peer::new(saylog.command());
    for line in ["/start", "/user bob", "/start", "/each alice,bob hello"] {
        peer.say(line);
    }
    let turns = [endpoint.begun(), endpoint.begun()];
    assert_eq!(saylog.run(&["--resume", "-c", "/clear"]).code, 0);
    for turn in turns {
        turn.says_at_last("hi");
    }
    let outcome = peer.hang_up();
    let id = saylog.stored().row::<i64>(
        "SELECT id FROM messages WHERE role = 2 AND session = (SELECT min(id) FROM sessions)",
    );
    assert_eq!(
        (outcome.stderr, outcome.code),
        (format!("alice: {}", notice(id)), 0)
    );
    assert_eq!(other(&saylog, "/history").stdout, "");
}

#[test]
fn the_part_of_a_process_that_was_killed_is_kept_beside_the_context_too() {
    for (part, told) in [
        (
            "the beginning",
            "a reply in session <id> was cut off, and its question has left the context; what had \
             come of it is message #4 in the log, and not in the context\n",
        ),
        (
            "",
            "a question in session <id> got no answer, and has left the context meanwhile\n",
        ),
    ] {
        let (endpoint, saylog) = begun();
        let mut peer = resumed(&saylog);
        peer.say("two");
        let mut turn: Turn = endpoint.begun();
        if !part.is_empty() {
            turn.says(part);
        }
        until("the part is kept", || saylog.stored().partials() == [part]);
        other(&saylog, "/undo");
        peer.signal(Signal::KILL);
        peer.leave();
        let short = &saylog.stored().sessions()[0][..8];
        let outcome = saylog.run(&["--resume", "-c", "/user"]);
        check(&outcome, "alice\n", &told.replace("<id>", short), 0);
        assert_eq!(linked(&saylog)[3], format!("#4 after #3: {part}"));
        assert_eq!(
            sent_after(&endpoint, &saylog, "/user"),
            ["user: one", "assistant: yes"]
        );
    }
}

#[test]
fn what_a_summary_stands_for_has_not_left_the_context() {
    let (endpoint, saylog) = begun();
    let mut peer = resumed(&saylog);
    peer.say("two");
    let turn = endpoint.begun();
    let mut compacting = resumed(&saylog);
    compacting.say("/compact");
    endpoint.begun().says_at_last("short");
    assert_eq!(compacting.hang_up().code, 0);
    turn.says_at_last("answer");
    check(&peer.hang_up(), "answer\n", "", 0);
    let told = sent_after(&endpoint, &saylog, "/user");
    assert_eq!(told.last().map(String::as_str), Some("assistant: answer"));
}
