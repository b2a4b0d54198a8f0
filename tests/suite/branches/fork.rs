//! `/fork`: another session with the same past.

use crate::support::events::events;
use crate::support::run::{MOCK, NOTHING_MOVED, STARTED, Saylog, check};
use crate::support::script::{before, context, dump, ids, play, run, scripted};

/// Alice's session 1 with messages 1 to 4, bob's session 2 with 5 and 6.
fn two() -> Saylog {
    let saylog = scripted();
    before(&saylog, "/start plan\none\ntwo\n");
    before(&saylog, "/user bob\n/start\nsecret\n");
    saylog
}

/// What a fork must not touch: everything of the sessions that were there.
fn originals(saylog: &Saylog) -> Vec<String> {
    let rows = dump(saylog).into_iter();
    rows.filter(|row| row.starts_with("sessions [Integer(1)") || row.starts_with("messages"))
        .collect()
}

#[test]
fn it_has_the_past_of_the_session_and_a_future_of_its_own() {
    let saylog = two();
    let lines = ["/fork", "three", "/history", "/sessions"].map(|line| ["-c", line]);
    check(
        &run(&saylog, &[&["--resume"], lines.as_flattened()].concat()),
        "Session <3> forked from <1> at #4, 4 messages.\n\
         three\n\
         <time> alice <1> user: one\n<time> alice <1> ai: one\n\
         <time> alice <1> user: two\n<time> alice <1> ai: two\n\
         <time> alice <3> user: three\n<time> alice <3> ai: three\n\
         1 <3…> 6 2 mock:echo <time> \"one\" current\n\
         2 <1…> 4 4 mock:echo <time> \"plan\"\n",
        "",
        0,
    );
    // The original goes its own way.
    check(
        &run(
            &saylog,
            &[
                "--resume", "plan", "-c", "/moves", "-c", "four", "-c", "/history",
            ],
        ),
        "four\n\
         <time> alice <1> user: one\n<time> alice <1> ai: one\n\
         <time> alice <1> user: two\n<time> alice <1> ai: two\n\
         <time> alice <1> user: four\n<time> alice <1> ai: four\n",
        NOTHING_MOVED,
        0,
    );
    assert_eq!(
        context(&saylog),
        [
            "user: one",
            "ai: one",
            "user: two",
            "ai: two",
            "user: four",
            "ai: four"
        ]
    );
}

#[test]
fn the_original_stays_bit_for_bit_as_it_was() {
    let saylog = two();
    let before_it = originals(&saylog);
    assert_eq!(before_it.len(), 7);
    for line in ["/fork", "/fork a title", "/fork at #2", "/fork at #4 x"] {
        let outcome = saylog.run(&[
            "--resume", "plan", "-c", line, "-c", "/undo", "-c", "/clear",
        ]);
        assert_eq!(outcome.code, 0, "{line}: {}", outcome.stderr);
        assert_eq!(originals(&saylog), before_it, "{line}");
    }
    assert_eq!(ids(&saylog).len(), 6);
}

#[test]
fn its_title_is_its_own_and_may_begin_like_a_place() {
    let saylog = two();
    before(&saylog, "/resume plan\n/fork  another plan \n");
    before(&saylog, "/resume plan\n/fork at home\n");
    before(&saylog, "/resume plan\n/fork at #2 \t a third\n");
    check(
        &play(&saylog, "/sessions\n"),
        "1 <5…> 2 0 mock:echo <time> \"a third\"\n\
         2 <4…> 4 0 mock:echo <time> \"at home\"\n\
         3 <3…> 4 0 mock:echo <time> \"another plan\"\n\
         4 <1…> 4 4 mock:echo <time> \"plan\"\n",
        "",
        0,
    );
}

#[test]
fn at_a_message_it_has_what_led_to_that() {
    for (at, past) in [("#1", 1), ("2", 2), ("#3", 3), ("#4", 4)] {
        let saylog = two();
        // No session is needed: the message says which one is meant.
        before(&saylog, &format!("/fork at {at}\nelse\n"));
        let mut expected = vec!["user: one", "ai: one", "user: two", "ai: two"];
        expected.truncate(past);
        expected.extend(["user: else", "ai: else"]);
        assert_eq!(context(&saylog), expected, "{at}");
    }
}

#[test]
fn at_a_message_of_another_session_of_ones_own() {
    let saylog = two();
    check(
        &play(
            &saylog,
            "/start other\nhello\n/fork at #2\n/history\n/resume other\n",
        ),
        &format!(
            "{STARTED}hello\n\
             Session <4> forked from <1> at #2, 2 messages.\n\
             <time> alice <1> user: one\n<time> alice <1> ai: one\n\
             Session <3> resumed, 2 messages.\n\
             <time> alice <3> user: hello\n<time> alice <3> ai: hello\n"
        ),
        "",
        0,
    );
}

#[test]
fn at_a_message_that_is_no_longer_in_any_context() {
    let saylog = scripted();
    before(&saylog, "/start\none\n/clear\ntwo\n/undo\n");
    check(
        &play(&saylog, "/fork at #2\n/fork at #4\n/history\n"),
        "Session <2> forked from <1> at #2, 2 messages.\n\
         Session <3> forked from <1> at #4, 2 messages.\n\
         <time> alice <1> user: two\n<time> alice <1> ai: two\n",
        "",
        0,
    );
}

#[test]
fn a_fork_can_be_forked_and_names_whose_message_it_is() {
    let saylog = two();
    check(
        &run(
            &saylog,
            &[
                "--resume",
                "-c",
                "/fork",
                "-c",
                "three",
                "-c",
                "/fork",
                "-c",
                "/fork at #4",
            ],
        ),
        "Session <3> forked from <1> at #4, 4 messages.\nthree\n\
         Session <4> forked from <3> at #8, 6 messages.\n\
         Session <5> forked from <1> at #4, 4 messages.\n",
        "",
        0,
    );
}

#[test]
fn an_empty_context_can_be_forked() {
    let saylog = scripted();
    check(
        &play(
            &saylog,
            "/start\n/fork\n/sessions\n/sessions --all\n/moves\n",
        ),
        &format!(
            "{STARTED}Session <2> forked from <1>, 0 messages.\n\
             1 <2…> 0 0 mock:echo <time> - current\n\
             2 <1…> 0 0 mock:echo <time> -\n\
             1 <time> fork none -> none, 0 messages came\n"
        ),
        "nothing was said in your sessions yet; `/sessions --all` lists them\n",
        0,
    );
}

#[test]
fn it_takes_model_and_system_prompt_along() {
    let saylog = scripted();
    before(
        &saylog,
        "/start\n/model mock\n/system be brief\nhello\n/system be long\n",
    );
    let told = "#2 user 6 tokens: hello\n#3 ai 12 tokens: This is a mock response from AI.\n";
    check(
        &run(
            &saylog,
            &["--resume", "-c", "/fork", "-c", "/model", "-c", "/context"],
        ),
        &format!(
            "Session <2> forked from <1> at #3, 2 messages.\nmock\n\
             #4 system 6 tokens: be long\n{told}2 messages, 24 of 8192 tokens (0 %)\n"
        ),
        "",
        0,
    );
    // The one there was when that was said; and what is changed here is not changed there.
    check(
        &run(
            &saylog,
            &[
                "-c",
                "/fork at #3",
                "-c",
                "/context",
                "-c",
                "/system clear",
                "-c",
                "x",
            ],
        ),
        &format!(
            "Session <3> forked from <1> at #3, 2 messages.\n\
             #1 system 6 tokens: be brief\n{told}2 messages, 24 of 8192 tokens (0 %)\n\
             System prompt of session <3> cleared.\n{MOCK}"
        ),
        "",
        0,
    );
    let first = ids(&saylog)[0].clone();
    let arguments = ["--resume", &first, "-c", "/system"];
    check(&run(&saylog, &arguments), "be long\n", "", 0);
}

#[test]
fn what_the_original_cleared_can_be_brought_back_in_a_fork() {
    let saylog = scripted();
    before(&saylog, "/start\none\n/clear\n");
    check(
        &run(
            &saylog,
            &["--resume", "-c", "/fork", "-c", "/undo", "-c", "/history"],
        ),
        "Session <2> forked from <1>, 0 messages.\n\
         2 messages are back in the context (#1, #2); `/redo` takes them out again.\n\
         <time> alice <1> user: one\n<time> alice <1> ai: one\n",
        "",
        0,
    );
}

#[test]
fn a_fork_is_an_event() {
    let saylog = two().with(&["--json"]);
    check(
        &play(&saylog, "/fork at #3 a title\n/moves\n"),
        concat!(
            r#"{"event":"fork","line":1,"user_id":"alice","session_id":"<3>","from_session_id":"<1>","at_id":3,"title":"a title","count":3,"from_title":"plan"}"#,
            "\n",
            r#"{"event":"move_row","line":2,"number":1,"why":"fork","from_id":null,"to_id":3,"gone":0,"back":3,"ids":[],"way":null,"created_at":"<time>","way_now":"/undo 2"}"#,
            "\n",
            r#"{"event":"end","line":2,"scope":"session","count":1,"more":false}"#,
            "\n",
        ),
        "",
        0,
    );
    let saylog = scripted().with(&["--json"]);
    let outcome = play(&saylog, "/start\n/fork\n");
    let fork = &events(&outcome.stdout)[1];
    assert_eq!(
        (&fork["at_id"], &fork["title"]),
        (&serde_json::Value::Null, &serde_json::Value::Null)
    );
}

#[test]
fn a_fork_is_not_called_by_what_was_cleared_before() {
    let saylog = scripted();
    let lines = "/start x\nalpha\n/clear\nbeta\n/fork\n/sessions\ngamma\n/sessions\n";
    let shown = saylog.play(lines).stdout;
    let names: Vec<&str> = shown
        .lines()
        .filter(|row| row.starts_with("1 ") && row.ends_with(" current"))
        .filter_map(|row| row.rsplit_once("Z "))
        .map(|(_, name)| name)
        .collect();
    assert_eq!(names, ["- current", "\"gamma\" current"]);
}
