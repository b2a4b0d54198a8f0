//! `/retry` asks for another reply to the same question.

use std::fs;

use crate::support::run::{MOCK, STARTED, Saylog, check};
use crate::support::script::{before, context, dump, play, run, scripted};

/// One session in which "one" and "two" were said.
pub(super) fn two() -> Saylog {
    let saylog = scripted();
    before(&saylog, "/start\none\ntwo\n");
    saylog
}

const NO_RETRY: &str = "there is no reply to ask for again; say something first\n";

#[test]
fn retry_asks_again_and_leaves_the_earlier_reply_in_the_log() {
    let saylog = two();
    check(
        &run(&saylog, &["--resume", "-c", "/retry", "-c", "/history"]),
        "1 message left the context (#4); `/fork at #4` goes on from there in a new session.\ntwo\n\
         <time> alice <1> user: one\n<time> alice <1> ai: one\n\
         <time> alice <1> user: two\n<time> alice <1> ai: two\n",
        "",
        0,
    );
    assert_eq!(saylog.said().len(), 5);
    // What the answer says is what happened.
    check(
        &run(
            &saylog,
            &[
                "--resume",
                "-c",
                "/context",
                "-c",
                "/fork at #4",
                "-c",
                "/context",
            ],
        ),
        "#1 user 5 tokens: one\n#2 ai 5 tokens: one\n\
         #3 user 5 tokens: two\n#5 ai 5 tokens: two\n4 messages, 20 of 8192 tokens (0 %)\n\
         Session <2> forked from <1> at #4, 4 messages.\n\
         #1 user 5 tokens: one\n#2 ai 5 tokens: one\n\
         #3 user 5 tokens: two\n#4 ai 5 tokens: two\n4 messages, 20 of 8192 tokens (0 %)\n",
        "",
        0,
    );
}

#[test]
fn retry_may_ask_another_model_this_once() {
    let saylog = two();
    check(
        &run(
            &saylog,
            &[
                "--resume",
                "-c",
                "/retry mock",
                "-c",
                "/model",
                "-c",
                "three",
            ],
        ),
        &format!(
            "1 message left the context (#4); `/fork at #4` goes on from there in a new session.\n{MOCK}mock:echo\nthree\n"
        ),
        "",
        0,
    );
    check(
        &run(
            &saylog,
            &["--resume", "-c", "/undo", "-c", "/retry", "-c", "/moves"],
        ),
        "2 messages left the context (#6, #7); `/redo` brings them back.\n\
         1 message left the context (#5); `/fork at #5` goes on from there in a new session.\ntwo\n\
         1 <time> retry #4 -> #3, 1 message left; `/fork at #4`\n\
         2 <time> undo #7 -> #5, 2 messages left; `/fork at #7`\n\
         3 <time> retry #5 -> #3, 1 message left; `/fork at #5`\n",
        "",
        0,
    );
}

#[test]
fn retry_of_an_unknown_model_moves_nothing() {
    let saylog = two();
    let was = dump(&saylog);
    check(
        &run(&saylog, &["--resume", "-c", "/retry gpt"]),
        "",
        "-c:1: unknown model `gpt`; one of mock, mock:echo, mock:slow, `cmd:PROGRAM`, \
         or any name at an endpoint given with --base-url\n",
        1,
    );
    assert_eq!(dump(&saylog), was);
    // And the session's own model still answers.
    let outcome = run(&saylog, &["--resume", "-c", "/retry gpt", "-c", "/retry"]);
    assert_eq!(
        outcome.stdout,
        "1 message left the context (#4); `/fork at #4` goes on from there in a new session.\ntwo\n"
    );
}

#[test]
fn retry_needs_a_question() {
    let saylog = two();
    check(
        &play(
            &saylog,
            "/start\n/retry\n/user bob\n/retry\n/user alice\nhello\n/undo\n/retry\n",
        ),
        &format!(
            "{STARTED}bob (new)\nalice\nhello\n\
             2 messages left the context (#5, #6); `/redo` brings them back.\n"
        ),
        &format!(
            "<stdin>:2: {NO_RETRY}\
             <stdin>:4: User chat session not found!; `/start` begins one\n\
             <stdin>:8: {NO_RETRY}"
        ),
        1,
    );
}

#[test]
fn a_question_without_a_reply_is_just_asked_again() {
    let saylog = two();
    fs::write(saylog.folder().join("fail.sh"), "cat > /dev/null; exit 3").expect("a script");
    let failing = "cmd:/bin/sh fail.sh";
    check(
        &run(
            &saylog,
            &[
                "--resume",
                "-c",
                &format!("/retry {failing}"),
                "-c",
                "/retry",
                "-c",
                "/moves",
            ],
        ),
        "1 message left the context (#4); `/fork at #4` goes on from there in a new session.\n\
         two\n\
         1 <time> retry #4 -> #3, 1 message left; `/fork at #4`\n\
         2 <time> retry #5 -> #3, 1 message left; `/fork at #5`\n",
        "-c:1: the program `/bin/sh` failed (exit 3); `/retry` asks again\n",
        1,
    );
    assert_eq!(
        context(&saylog),
        ["user: one", "ai: one", "user: two", "ai: two"]
    );
}

#[test]
fn a_retry_that_failed_can_be_taken_back() {
    let saylog = two();
    fs::write(saylog.folder().join("fail.sh"), "cat > /dev/null; exit 3").expect("a script");
    check(
        &run(
            &saylog,
            &[
                "--resume",
                "-c",
                "/retry cmd:/bin/sh fail.sh",
                "-c",
                "/redo",
                "-c",
                "/history",
            ],
        ),
        "1 message left the context (#4); `/fork at #4` goes on from there in a new session.\n\
         1 message is back in the context (#4).\n\
         <time> alice <1> user: one\n<time> alice <1> ai: one\n\
         <time> alice <1> user: two\n<time> alice <1> ai: two\n",
        "-c:1: the program `/bin/sh` failed (exit 3); `/retry` asks again\n",
        1,
    );
}

#[test]
fn a_retry_is_a_move_and_a_reply() {
    let saylog = two().with(&["--json", "--resume"]);
    let outcome = play(&saylog, "/retry mock\n");
    let lines: Vec<_> = outcome.stdout.lines().skip(1).collect();
    assert_eq!(
        lines,
        [
            r#"{"event":"move","line":1,"user_id":"alice","session_id":"<1>","why":"retry","from_id":4,"to_id":3,"gone":1,"back":0,"ids":[4],"way":"/fork at #4","unasked":false}"#,
            r#"{"event":"reply","line":1,"id":5,"seq":5,"parent_id":3,"user_id":"alice","session_id":"<1>","role":"ai","content":"This is a mock response from AI.","created_at":"<time>","model":"mock","status":"complete","prompt_tokens":null,"reply_tokens":null,"finish_reason":null,"reasoning":null,"citations":null,"said_at":null,"source":null,"tries":null}"#,
        ]
    );
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
}
