//! `/edit TEXT` says something else instead of what was said last.

use super::retry::two;
use crate::support::events::events;
use crate::support::run::{CLEARED, STARTED, check};
use crate::support::script::{before, dump, play, run, scripted};

const NO_EDIT: &str = "there is nothing to say differently; say something first\n";

#[test]
fn edit_says_something_else_instead_of_the_last_turn() {
    let saylog = two();
    let outcome = run(
        &saylog,
        &["--resume", "-c", "/edit 2, I mean", "-c", "/history"],
    );
    let (_, rest) = outcome.stdout.split_once('\n').expect("a receipt");
    assert_eq!(
        rest,
        "2, I mean\n\
         <time> alice <1> user: one\n<time> alice <1> ai: one\n\
         <time> alice <1> user: 2, I mean\n<time> alice <1> ai: 2, I mean\n"
    );
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    assert_eq!(
        saylog.said()[2..],
        [
            "alice user: two",
            "alice ai: two",
            "alice user: 2, I mean",
            "alice ai: 2, I mean"
        ]
    );
    check(
        &run(&saylog, &["--resume", "-c", "/moves"]),
        "1 <time> edit #4 -> #2, 2 messages left; `/fork at #4`\n",
        "",
        0,
    );
}

#[test]
fn the_receipt_of_an_edit_names_a_way_that_works() {
    let saylog = two().with(&["--json", "--resume"]);
    let outcome = play(&saylog, "/edit else\n");
    let told = events(&outcome.stdout);
    let (moved, reply) = (&told[1], &told[2]);
    assert_eq!(
        (&moved["event"], &moved["why"]),
        (&"move".into(), &"edit".into())
    );
    assert_eq!(moved["ids"], serde_json::json!([3, 4]));
    assert_eq!(reply["content"], "else");
    let way = moved["way"].as_str().expect("a way");
    let history = play(&saylog, &format!("{way}\n/history\n"));
    assert_eq!(history.code, 0, "{way}: {}", history.stdout);
    let contents: Vec<_> = events(&history.stdout)
        .iter()
        .filter(|event| event["event"] == "message")
        .map(|event| event["id"].clone())
        .collect();
    assert_eq!(contents, [1, 2, 3, 4]);
}

#[test]
fn edit_alone_needs_a_line_editor_and_moves_nothing() {
    let saylog = two();
    let was = dump(&saylog);
    for line in ["/edit", "/edit   ", "/edit --editor"] {
        let command = line.trim_end();
        let sentence = format!(
            "1: `{command}` needs a terminal to edit in; \
             `/edit TEXT` says TEXT in place of what was said last\n"
        );
        let outcome = run(&saylog, &["--resume", "-c", line]);
        check(&outcome, "", &format!("-c:{sentence}"), 1);
        let outcome = saylog.play(format!("{line}\n"));
        check(&outcome, "", &format!("<stdin>:{sentence}"), 1);
    }
    assert_eq!(dump(&saylog), was);
}

#[test]
fn edit_needs_something_that_was_said() {
    let saylog = two();
    check(
        &play(
            &saylog,
            "/edit x\n/start\n/edit x\nhello\n/clear\n/edit x\n/history\n",
        ),
        &format!(
            "{STARTED}hello\nSession <2> cleared!\n2 messages stay in the log.\n\
             2 messages left the context (#5, #6); `/undo` brings them back.\n"
        ),
        &format!(
            "<stdin>:1: User chat session not found!; `/start` begins one\n\
             <stdin>:3: {NO_EDIT}<stdin>:6: {NO_EDIT}{CLEARED}"
        ),
        1,
    );
}

#[test]
fn edit_that_nothing_can_answer_moves_nothing() {
    // The session's model is no longer there.
    let saylog = two();
    let gone = ["--base-url", "http://127.0.0.1:1/v1"];
    let chosen = run(
        &saylog,
        &[&gone[..], &["--resume", "-c", "/model m1"]].concat(),
    );
    check(&chosen, "m1\n", "", 0);
    let was = dump(&saylog);
    for line in ["/retry", "/edit else", "else"] {
        let outcome = run(&saylog, &["--resume", "-c", line]);
        assert!(
            outcome.stderr.starts_with("-c:1: unknown model `m1`; "),
            "{line}: {}",
            outcome.stderr
        );
        assert_eq!((outcome.stdout.as_str(), outcome.code), ("", 1), "{line}");
        assert_eq!(dump(&saylog), was, "{line}");
    }
}

#[test]
fn a_quotation_is_not_what_was_said_last() {
    let saylog = scripted();
    before(&saylog, "/start\none\n/quote #1\n");
    check(
        &play(&saylog, "/resume\n/edit two\n/clear\n/quote #1\n/edit x\n"),
        "Session <1> resumed, 3 messages.\n\
         <time> alice <1> user: one\n\
         <time> alice <1> ai: one\n\
         <time> alice <1> user: #1 user, session <1>:\n    > one\n\
         3 messages left the context (#1, #2, #3); `/fork at #3` goes on from there in a new session.\n\
         two\n\
         Session <1> cleared!\n\
         5 messages stay in the log.\n\
         2 messages left the context (#4, #5); `/undo` brings them back.\n\
         Quoted into the context as #6.\n",
        "<stdin>:5: the context has only quotations, and nothing that you said; say something first\n",
        1,
    );
}
