//! Commands with a wrong argument or none.

use super::refusals::{refused, two};

#[test]
fn ids_that_are_none() {
    let saylog = two();
    refused(
        &saylog,
        "bad_argument",
        &[
            (
                "/context x",
                "`/context` does not know `x`",
                "`/context` or `/context at #12`",
            ),
            (
                "/context #1",
                "`/context` does not know `#1`",
                "`/context` or `/context at #12`",
            ),
            (
                "/context at",
                "`/context` does not know `at`",
                "`/context` or `/context at #12`",
            ),
            (
                "/context at #0",
                "`/context` does not know `at #0`",
                "`/context` or `/context at #12`",
            ),
            (
                "/context at 1 2",
                "`/context` does not know `at 1 2`",
                "`/context` or `/context at #12`",
            ),
            (
                "/fork at #x",
                "`/fork at` takes the id of a message, not `#x`",
                "`/context` shows the ids",
            ),
            (
                "/fork at #",
                "`/fork at` takes the id of a message, not `#`",
                "`/context` shows the ids",
            ),
            (
                "/fork at #-1 x",
                "`/fork at` takes the id of a message, not `#-1`",
                "`/context` shows the ids",
            ),
            (
                "/show",
                "`/show` needs the id of a message",
                "`/show #ID [global]`",
            ),
            (
                "/show x",
                "`/show` takes the id of a message, not `x`",
                "`/show #12`, or `/show #12 global` for anybody's",
            ),
            (
                "/show #1 everybody",
                "`/show` takes the id of a message, not `#1 everybody`",
                "`/show #12`, or `/show #12 global` for anybody's",
            ),
            (
                "/show global",
                "`/show` takes the id of a message, not `global`",
                "`/show #12`, or `/show #12 global` for anybody's",
            ),
            (
                "/quote",
                "`/quote` needs the id of a message",
                "`/quote #ID…`",
            ),
            (
                "/quote #1 x",
                "`/quote` takes ids of messages, not `x`",
                "`/quote #12 #13`",
            ),
            (
                "/quote #1, #2",
                "`/quote` takes ids of messages, not `#1,`",
                "`/quote #12 #13`",
            ),
        ],
    );
}

#[test]
fn an_id_that_is_not_there_is_missed_and_not_quoted_as_nothing() {
    for line in ["/fork at", "/fork at  ", "/show", "/quote", "/context at"] {
        let outcome = two().run(&["--resume", "-c", line]);
        assert_eq!((outcome.stdout.as_str(), outcome.code), ("", 1), "{line}");
        assert!(!outcome.stderr.contains("``"), "{}", outcome.stderr);
    }
}

#[test]
fn a_system_prompt_is_no_place_to_go_on_from() {
    refused(
        &two(),
        "bad_argument",
        &[(
            "/fork at #5",
            "`/fork` cannot go on from #5: it is a system prompt",
            "name a message of the conversation",
        )],
    );
}

#[test]
fn numbers_that_are_none() {
    let saylog = two();
    for typed in ["0", "-1", "+1", "x", "1 2", "2x", "99999999999999999999"] {
        let line = format!("/undo {typed}");
        let error = format!("`/undo` takes a number of turns, not `{typed}`");
        let hint = "`/undo 2` takes the last two turns out";
        refused(&saylog, "bad_argument", &[(&line, &error, hint)]);
    }
    refused(
        &saylog,
        "bad_argument",
        &[(
            "/undo 3",
            "`/undo` cannot take 3 turns out: the context has 2 turns",
            "`/undo 2` takes all of it out",
        )],
    );
}

#[test]
fn words_that_are_not_taken() {
    let saylog = two();
    refused(
        &saylog,
        "bad_argument",
        &[
            (
                "/sessions x",
                "`/sessions` does not know `x`",
                "one of global, --all, --archived, or a number",
            ),
            (
                "/sessions all",
                "`/sessions` does not know `all`",
                "did you mean `/sessions --all`?",
            ),
            (
                "/sessions --all globl",
                "`/sessions` does not know `globl`",
                "did you mean `/sessions global`?",
            ),
            (
                "/moves x",
                "`/moves` takes no argument, not `x`",
                "type `/moves` alone",
            ),
            (
                "/redo 2",
                "`/redo` takes no argument, not `2`",
                "type `/redo` alone",
            ),
            (
                "/personas x",
                "`/personas` takes no argument, not `x`",
                "type `/personas` alone",
            ),
            (
                "/clear x",
                "`/clear` takes no argument, not `x`",
                "type `/clear` alone",
            ),
            ("/rename", "`/rename` needs a title", "`/rename TITLE`"),
            ("/rename  \t", "`/rename` needs a title", "`/rename TITLE`"),
        ],
    );
}

#[test]
fn mistyped_commands_have_their_nearest() {
    let saylog = two();
    for (typed, nearest) in [
        ("/session", "/sessions"),
        ("/resum", "/resume"),
        ("/renmae", "/rename"),
        ("/frok", "/fork"),
        ("/udno", "/undo"),
        ("/red", "/redo"),
        ("/rerty", "/retry"),
        ("/edti", "/edit"),
        ("/move", "/moves"),
        ("/contxet", "/context"),
        ("/Show", "/show"),
        ("/qoute", "/quote"),
        ("/sytsem", "/system"),
    ] {
        let error = format!("unknown command `{typed}`");
        let hint = format!("did you mean `{nearest}`? `/{typed}` says `{typed}`");
        refused(&saylog, "unknown_command", &[(typed, &error, &hint)]);
    }
}
