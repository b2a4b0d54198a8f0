//! A line that is refused gives one sentence with a hint, an event with a stable
//! code, an exit code of 1, and changes nothing.

use serde_json::json;

use crate::support::events::{events, kind_of};
use crate::support::run::{Saylog, check};
use crate::support::script::{before, dump, ids, scripted};

/// Alice's session 1 with messages 1 to 4 and a system prompt 5; bob's session
/// 2 with 6 and 7.
pub(super) fn two() -> Saylog {
    let saylog = scripted();
    before(&saylog, "/start plan\none\ntwo\n/system be brief\n");
    before(&saylog, "/user bob\n/start bobs\nsecret\n");
    saylog
}

/// A line, what is wrong with it, and the hint.
pub(super) type Refusal<'a> = (&'a str, &'a str, &'a str);

/// Each of these lines is refused in alice's session.
#[track_caller]
pub(super) fn refused(saylog: &Saylog, code: &str, refusals: &[Refusal<'_>]) {
    each_refused(saylog, &["--resume"], code, refusals);
}

/// Each of these lines is refused where there is no session.
#[track_caller]
fn refused_outside(saylog: &Saylog, code: &str, refusals: &[Refusal<'_>]) {
    each_refused(saylog, &[], code, refusals);
}

#[track_caller]
fn each_refused(saylog: &Saylog, arguments: &[&str], code: &str, refusals: &[Refusal<'_>]) {
    let was = dump(saylog);
    for (line, error, hint) in refusals {
        let run = |more: &[&str]| saylog.run(&[arguments, more, &["-c", line]].concat());
        check(&run(&[]), "", &format!("-c:1: {error}; {hint}\n"), 1);
        let outcome = run(&["--json"]);
        assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 1), "{line}");
        let told = events(&outcome.stdout);
        assert_eq!(
            told.len(),
            1 + arguments.len(),
            "{line}: {}",
            outcome.stdout
        );
        assert_eq!(
            told[arguments.len()],
            json!({"event": "error", "line": 1, "code": code, "error": error, "hint": hint,
                   "kind": kind_of(code), "tries": null})
        );
        // As a line of a transcript among others it stops nothing, unless it should.
        let stopped = run(&["--stop-on-error", "-c", "/user"]);
        assert_eq!(
            (stopped.stdout.as_str(), stopped.code),
            ("alice\n", 3),
            "{line}"
        );
    }
    assert_eq!(dump(saylog), was);
}

#[test]
fn without_a_session() {
    let none = ("User chat session not found!", "`/start` begins one");
    let saylog = two();
    let lines = [
        "/rename x",
        "/fork",
        "/fork x",
        "/clear",
        "/undo",
        "/undo 2",
        "/redo",
        "/retry",
        "/retry mock",
        "/edit x",
        "/moves",
        "/history",
        "/context",
        "/quote #1",
        "/system",
        "/system x",
        "/system clear",
    ];
    let refusals = lines.map(|line| (line, none.0, none.1));
    refused_outside(&saylog, "session_not_found", &refusals);
}

#[test]
fn sessions_that_are_not_there() {
    let saylog = two();
    let bobs = ids(&saylog)[1].clone();
    let hint = "an id or its first four characters or more, a title, a number, or `latest`; \
                `/sessions` lists them";
    let short = &bobs[..8];
    let typed = [
        bobs.as_str(),
        short,
        &short[..4],
        "bobs",
        "secret",
        "2",
        "0",
        "abc",
        "nope",
    ];
    for typed in typed {
        let (line, error) = (
            format!("/resume {typed}"),
            format!("no session of yours is `{typed}`"),
        );
        refused(&saylog, "session_not_found", &[(&line, &error, hint)]);
        refused_outside(&saylog, "session_not_found", &[(&line, &error, hint)]);
    }
}

#[test]
fn messages_that_are_not_there() {
    let saylog = two();
    for id in [6, 7, 8, i64::MAX] {
        for command in ["/context at", "/fork at", "/show", "/quote"] {
            let (line, error) = (
                format!("{command} #{id}"),
                format!("no message of yours is #{id}"),
            );
            let hint = "`/context` shows the ids of a session";
            refused(&saylog, "message_not_found", &[(&line, &error, hint)]);
        }
    }
}

#[test]
fn moves_that_cannot_be_made() {
    let saylog = two();
    refused(
        &saylog,
        "nothing_to_do",
        &[(
            "/redo",
            "nothing was undone since the last message",
            "`/redo` follows `/undo`, before anything else is said; `/moves` lists what was moved",
        )],
    );
    before(&saylog, "/resume\n/undo 2\n");
    refused(
        &saylog,
        "nothing_to_do",
        &[
            (
                "/undo",
                "there is nothing to take back",
                "`/moves` lists what was moved",
            ),
            (
                "/undo 2",
                "there is nothing to take back",
                "`/moves` lists what was moved",
            ),
            (
                "/retry",
                "there is no reply to ask for again",
                "say something first",
            ),
            (
                "/edit x",
                "there is nothing to say differently",
                "say something first",
            ),
        ],
    );
    let cleared = saylog.run(&["--resume", "plan", "-c", "/redo", "-c", "/clear"]);
    assert_eq!(cleared.code, 0, "{}", cleared.stderr);
    refused(
        &saylog,
        "bad_argument",
        &[(
            "/undo 2",
            "`/undo` cannot take 2 turns out: the context has 0 turns",
            "`/undo` alone brings back what was cleared",
        )],
    );
}

#[test]
fn an_editor_that_is_not_there() {
    let (error, hint) = (
        "`/edit` needs a terminal to edit in",
        "`/edit TEXT` says TEXT in place of what was said last",
    );
    let saylog = two();
    refused(&saylog, "needs_terminal", &[("/edit", error, hint)]);
    refused_outside(&saylog, "needs_terminal", &[("/edit", error, hint)]);
}

#[test]
fn models_that_are_not_there() {
    refused(
        &two(),
        "responder",
        &[(
            "/retry gpt",
            "unknown model `gpt`",
            "one of mock, mock:echo, mock:slow, `cmd:PROGRAM`, or any name at an endpoint given with --base-url",
        )],
    );
}
