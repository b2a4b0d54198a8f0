//! `/show #ID`: one message, whole, and what stands beside it.

use crate::support::run::{Saylog, check};
use crate::support::script::{before, play, scripted};

/// Alice's session 1 with messages 1 to 4, bob's session 2 with 5 and 6, then
/// 7 and 8 of alice's session 1 again.
fn eight() -> Saylog {
    let saylog = scripted();
    before(&saylog, "/start\none\ntwo\n");
    before(&saylog, "/user bob\n/start\nsecret\n");
    before(&saylog, "/resume\nthree\n");
    saylog
}

const MISSING: &str = "`/context` shows the ids of a session\n";

#[test]
fn it_stands_between_its_neighbours() {
    let saylog = eight();
    check(
        &play(&saylog, "/show #3\n"),
        "#2 <time> alice <1> ai: one\n\
         #3 <time> alice <1> user: two\n\
         #4 <time> alice <1> ai: two\n",
        "",
        0,
    );
    // Others spoke in between.
    check(
        &play(&saylog, "/show 4\n"),
        "#3 <time> alice <1> user: two\n\
         #4 <time> alice <1> ai: two\n\
         #7 <time> alice <1> user: three\n",
        "",
        0,
    );
}

#[test]
fn as_many_as_one_likes_stand_around_it() {
    let saylog = eight();
    check(
        &play(&saylog, "/show #4 --around 2\n"),
        "#2 <time> alice <1> ai: one\n\
         #3 <time> alice <1> user: two\n\
         #4 <time> alice <1> ai: two\n\
         #7 <time> alice <1> user: three\n\
         #8 <time> alice <1> ai: three\n",
        "",
        0,
    );
    let all = play(&saylog, "/show #1 --around 1000 global\n");
    assert_eq!(
        (all.stdout.lines().count(), all.stderr.as_str(), all.code),
        (6, "", 0)
    );
    let wrong = |typed: &str| {
        format!("`/show` takes a number from 1 to 1000, not `{typed}`; `/show #12 --around 10`\n")
    };
    check(
        &play(
            &saylog,
            "/show #1 --around 0\n/show #1 --around x\n/show #1 --around\n",
        ),
        "",
        &format!(
            "<stdin>:1: {}<stdin>:2: {}<stdin>:3: {}",
            wrong("0"),
            wrong("x"),
            wrong("")
        ),
        1,
    );
}

#[test]
fn the_first_and_the_last_have_one() {
    let saylog = eight();
    check(
        &play(&saylog, "/show #1\n/show #8\n"),
        "#1 <time> alice <1> user: one\n\
         #2 <time> alice <1> ai: one\n\
         #7 <time> alice <1> user: three\n\
         #8 <time> alice <1> ai: three\n",
        "",
        0,
    );
}

#[test]
fn it_is_whole_and_they_are_a_glance() {
    let saylog = scripted();
    let long = "word ".repeat(50);
    before(
        &saylog,
        &format!("/start\n{long}\n\"\"\"\na\n\n  b\u{1b}\n\"\"\"\n"),
    );
    let glance = "word ".repeat(15);
    let glance = &glance[..72];
    check(
        &play(&saylog, "/show #2\n/show #3\n"),
        &format!(
            "#1 <time> alice <1> user: {glance}…\n\
             #2 <time> alice <1> ai: {long}\n\
             #3 <time> alice <1> user: a b␛\n\
             #2 <time> alice <1> ai: {glance}…\n\
             #3 <time> alice <1> user: a\n    \n      b␛\n\
             #4 <time> alice <1> ai: a b␛\n"
        ),
        "",
        0,
    );
}

#[test]
fn what_was_said_elsewhere_is_not_shown_unless_it_is_asked_for() {
    let saylog = eight();
    check(
        &play(&saylog, "/show #5\n/show #6\n/show #99\n"),
        "",
        &format!(
            "<stdin>:1: no message of yours is #5; {MISSING}\
             <stdin>:2: no message of yours is #6; {MISSING}\
             <stdin>:3: no message of yours is #99; {MISSING}"
        ),
        1,
    );
    check(
        &play(&saylog, "/show #5 global\n/show #3   global \n"),
        "#5 <time> bob <2> user: secret\n\
         #6 <time> bob <2> ai: secret\n\
         #2 <time> alice <1> ai: one\n\
         #3 <time> alice <1> user: two\n\
         #4 <time> alice <1> ai: two\n",
        "",
        0,
    );
}

#[test]
fn what_nobody_said_is_nobodys() {
    let saylog = eight();
    let outcome = saylog.play("/show #99 global\n");
    assert_eq!((outcome.stdout.as_str(), outcome.code), ("", 1));
    assert!(
        outcome.stderr.contains("#99") && !outcome.stderr.contains("of yours"),
        "it may be of anybody: {}",
        outcome.stderr
    );
}

#[test]
fn after_a_clear_or_an_undo_the_log_goes_on() {
    let saylog = scripted();
    before(
        &saylog,
        "/start\none\n/clear\ntwo\n/undo\n/system be brief\n",
    );
    check(
        &play(&saylog, "/show #2\n/show #3\n/show #5\n"),
        "#1 <time> alice <1> user: one\n\
         #2 <time> alice <1> ai: one\n\
         #3 <time> alice <1> user: two\n\
         #2 <time> alice <1> ai: one\n\
         #3 <time> alice <1> user: two\n\
         #4 <time> alice <1> ai: two\n\
         #4 <time> alice <1> ai: two\n\
         #5 <time> alice <1> system: be brief\n",
        "",
        0,
    );
}

#[test]
fn at_the_beginning_of_a_fork_is_what_it_began_with() {
    let saylog = scripted();
    before(&saylog, "/start\none\n/fork\ntwo\n");
    check(
        &play(&saylog, "/show #3\n"),
        "#2 <time> alice <1> ai: one\n\
         #3 <time> alice <2> user: two\n\
         #4 <time> alice <2> ai: two\n",
        "",
        0,
    );
}

#[test]
fn as_events_the_neighbours_are_told_apart() {
    let saylog = eight().with(&["--json"]);
    check(
        &play(&saylog, "/show #3\n/show #6 global\n"),
        concat!(
            r#"{"event":"neighbour","line":1,"id":2,"seq":2,"parent_id":1,"user_id":"alice","session_id":"<1>","role":"ai","content":"one","created_at":"<time>","model":"mock:echo","status":"complete","prompt_tokens":null,"reply_tokens":null,"finish_reason":null,"reasoning":null,"citations":null,"said_at":null,"source":null}"#,
            "\n",
            r#"{"event":"message","line":1,"id":3,"seq":3,"parent_id":2,"user_id":"alice","session_id":"<1>","role":"user","content":"two","created_at":"<time>","model":null,"status":"complete","prompt_tokens":null,"reply_tokens":null,"finish_reason":null,"reasoning":null,"citations":null,"said_at":null,"source":null}"#,
            "\n",
            r#"{"event":"neighbour","line":1,"id":4,"seq":4,"parent_id":3,"user_id":"alice","session_id":"<1>","role":"ai","content":"two","created_at":"<time>","model":"mock:echo","status":"complete","prompt_tokens":null,"reply_tokens":null,"finish_reason":null,"reasoning":null,"citations":null,"said_at":null,"source":null}"#,
            "\n",
            r#"{"event":"end","line":1,"scope":"user","count":3,"more":false}"#,
            "\n",
            r#"{"event":"neighbour","line":2,"id":5,"seq":1,"parent_id":null,"user_id":"bob","session_id":"<2>","role":"user","content":"secret","created_at":"<time>","model":null,"status":"complete","prompt_tokens":null,"reply_tokens":null,"finish_reason":null,"reasoning":null,"citations":null,"said_at":null,"source":null}"#,
            "\n",
            r#"{"event":"message","line":2,"id":6,"seq":2,"parent_id":5,"user_id":"bob","session_id":"<2>","role":"ai","content":"secret","created_at":"<time>","model":"mock:echo","status":"complete","prompt_tokens":null,"reply_tokens":null,"finish_reason":null,"reasoning":null,"citations":null,"said_at":null,"source":null}"#,
            "\n",
            r#"{"event":"end","line":2,"scope":"global","count":2,"more":false}"#,
            "\n",
        ),
        "",
        0,
    );
}
