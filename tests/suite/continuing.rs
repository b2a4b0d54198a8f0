//! `/continue`: the rest of a reply that was cut short.

use rustix::process::Signal;

use crate::support::events::events;
use crate::support::peer::Peer;
use crate::support::run::{STARTED, Saylog, check, feed};
use crate::support::server::{Endpoint, Script, Server, Turn, script};
use crate::support::wait::until;

/// What a model is told that is to go on.
const GO_ON: &str = "user: Your last message was cut off. Go on exactly where it stopped; repeat \
                     nothing of it and say nothing about having stopped.";

/// A reply of which only the beginning comes.
fn cut(text: &'static str) -> Script {
    script(move |mut turn| {
        turn.begins();
        turn.says(text);
    })
}

/// A whole reply.
fn whole(text: &'static str) -> Script {
    script(move |mut turn| {
        turn.begins();
        turn.says_at_last(text);
    })
}

fn asking(server: &Server) -> Saylog {
    Saylog::new().with(&["--model", "m1", "--base-url", &server.base()])
}

#[test]
fn it_sends_the_beginning_and_keeps_the_rest_as_a_message_after_it() {
    let server = Server::new(vec![cut("one two"), whole(" three"), whole("fine")]);
    let saylog = asking(&server);
    let outcome = feed(saylog.command(), b"/start\ncount\n/continue\nthanks\n");
    check(
        &outcome,
        &format!("{STARTED}one two\n three\nfine\n"),
        "<stdin>:2: the reply was cut off; `/continue` asks for the rest, `/retry` for \
         another reply\n",
        1,
    );
    server.request();
    assert_eq!(
        server.request().messages(),
        ["user: count", "assistant: one two", GO_ON]
    );
    // From then on they are one message of the model's.
    assert_eq!(
        server.request().messages(),
        [
            "user: count",
            "assistant: one two\n\n three",
            "user: thanks"
        ]
    );
    assert_eq!(
        saylog.said(),
        [
            "alice user: count",
            "alice ai: one two",
            "alice ai:  three",
            "alice user: thanks",
            "alice ai: fine"
        ]
    );
    // What nobody said is shown with what was sent, and has no id.
    let shown = saylog
        .run(&["--json", "--resume", "-c", "/context at #3"])
        .stdout;
    let rows = events(&shown).into_iter();
    let rows = rows.filter(|event| event["event"] == "context_row");
    let rows: Vec<_> = rows
        .map(|row| (row["ids"].to_string(), row["role"].to_string()))
        .collect();
    let row = |ids: &str, role: &str| (ids.to_owned(), format!("\"{role}\""));
    assert_eq!(
        rows,
        [row("[1]", "user"), row("[2]", "ai"), row("[]", "user")]
    );
}

#[test]
fn it_can_be_asked_for_until_the_reply_is_whole() {
    let refused = script(|turn| turn.refuses("400 No", "", "no"));
    let server = Server::new(vec![cut("a"), refused, cut("b"), whole("c")]);
    let saylog = asking(&server);
    let outcome = feed(
        saylog.command(),
        b"/start\nspell\n/continue\n/continue\n/continue\n/continue\n",
    );
    assert_eq!(outcome.stdout, format!("{STARTED}a\nb\nc\n"));
    assert!(
        outcome.stderr.ends_with(
            "<stdin>:6: there is no reply that was cut short; `/retry` asks for another reply; \
             saying something goes on from here\n"
        ),
        "{}",
        outcome.stderr
    );
    let mut last = Vec::new();
    while let Some(request) = server.asked() {
        last = request.messages();
    }
    assert_eq!(last, ["user: spell", "assistant: a\n\nb", GO_ON]);
}

#[test]
fn a_retry_takes_the_whole_reply_out() {
    let server = Server::new(vec![cut("one"), whole("two"), whole("three")]);
    let saylog = asking(&server);
    let outcome = feed(saylog.command(), b"/start\ncount\n/continue\n/retry\n");
    assert_eq!(
        outcome.stdout,
        format!(
            "{STARTED}one\ntwo\n2 messages left the context (#2, #3); `/fork at #3` goes on from \
             there in a new session.\nthree\n"
        )
    );
}

#[test]
fn there_must_be_something_to_continue() {
    for transcript in ["/start\n/continue\n", "/start\nhello\n/continue\n"] {
        let outcome = Saylog::new().play(transcript);
        assert_eq!(outcome.code, 1);
        assert!(
            outcome
                .stderr
                .contains("there is no reply that was cut short"),
            "{}",
            outcome.stderr
        );
    }
}

/// A process that waits for the rest of a reply.
fn waiting_for_the_rest() -> (Endpoint, Saylog, Peer, Turn) {
    let endpoint = Endpoint::new();
    let saylog = Saylog::new().with(&["--model", "m1", "--base-url", &endpoint.base()]);
    let mut peer = Peer::new(saylog.command());
    peer.say("/start");
    peer.say("count");
    let mut turn = endpoint.begun();
    turn.says("one two");
    turn.stops("length");
    peer.say("/continue");
    let turn = endpoint.begun();
    until("it is noted", || saylog.stored().partials() == [""]);
    (endpoint, saylog, peer, turn)
}

#[test]
fn whoever_is_killed_before_the_rest_comes_is_told_how_to_ask_for_it_again() {
    for (is_undone, told) in [
        (
            false,
            "the rest of a reply in session <id> was asked for and did not come; `/continue` there \
             asks for it again\n",
        ),
        (
            true,
            "the rest of a reply in session <id> did not come, and the reply has left the context \
             meanwhile\n",
        ),
    ] {
        let (_endpoint, saylog, peer, _turn) = waiting_for_the_rest();
        if is_undone {
            let undone = saylog.run(&["--resume", "-c", "/undo"]);
            assert_eq!(undone.code, 0, "{}", undone.stderr);
        }
        peer.signal(Signal::KILL);
        peer.leave();
        let short = &saylog.stored().sessions()[0][..8];
        let outcome = saylog.run(&["-c", "/user"]);
        check(&outcome, "alice\n", &told.replace("<id>", short), 0);
    }
}
