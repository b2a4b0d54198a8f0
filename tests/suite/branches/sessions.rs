//! `/sessions`: what there is to return to. `/rename`: what it is called.

use crate::support::run::{NO_SESSIONS, STARTED, Saylog, check};
use crate::support::script::{before, play, run, scripted};

/// Sessions of alice: 1 with a title, 2 without, 3 with nothing in it, 4 with
/// nothing but a system prompt; 5 is bob's. Alice has spoken in 1 last.
fn five() -> Saylog {
    let saylog = scripted();
    before(&saylog, "/start the plan\nhello\nagain\n");
    before(&saylog, "/start\nwhat is a monad?\n");
    before(&saylog, "/start never used\n");
    before(&saylog, "/start\n/system be brief\n");
    before(&saylog, "/user bob\n/start\nmy secret\n");
    before(&saylog, "/resume the plan\n/clear\nonce more\n");
    saylog
}

#[test]
fn ones_own_are_numbered_latest_first_and_empty_ones_are_left_out() {
    let saylog = five();
    check(
        &play(&saylog, "/sessions\n"),
        "1 <1…> 2 6 mock:echo <time> \"the plan\"\n\
         2 <2…> 2 2 mock:echo <time> \"what is a monad?\"\n",
        "",
        0,
    );
    check(
        &play(&saylog, "/sessions --all\n"),
        "1 <1…> 2 6 mock:echo <time> \"the plan\"\n\
         2 <4…> 0 1 mock:echo <time> -\n\
         3 <3…> 0 0 mock:echo <time> \"never used\"\n\
         4 <2…> 2 2 mock:echo <time> \"what is a monad?\"\n",
        "",
        0,
    );
}

#[test]
fn everybodys_have_owners_and_no_numbers() {
    let saylog = five();
    check(
        &play(&saylog, "/sessions global\n"),
        "alice <1…> 2 6 mock:echo <time> \"the plan\"\n\
         bob <5…> 2 2 mock:echo <time> \"my secret\"\n\
         alice <2…> 2 2 mock:echo <time> \"what is a monad?\"\n",
        "",
        0,
    );
    let all = "alice <1…> 2 6 mock:echo <time> \"the plan\"\n\
               bob <5…> 2 2 mock:echo <time> \"my secret\"\n\
               alice <4…> 0 1 mock:echo <time> -\n\
               alice <3…> 0 0 mock:echo <time> \"never used\"\n\
               alice <2…> 2 2 mock:echo <time> \"what is a monad?\"\n";
    check(
        &play(&saylog, "/sessions global --all\n/sessions --all global\n"),
        &all.repeat(2),
        "",
        0,
    );
}

#[test]
fn the_current_session_is_marked_even_if_it_is_not_the_latest() {
    let saylog = five();
    check(
        &run(
            &saylog,
            &["--resume", "what is a monad?", "-c", "/sessions"],
        ),
        "1 <1…> 2 6 mock:echo <time> \"the plan\"\n\
         2 <2…> 2 2 mock:echo <time> \"what is a monad?\" current\n",
        "",
        0,
    );
    check(
        &play(&saylog, "/start\n/sessions\n/sessions global --all\n"),
        "Chat started successfully!\n\
         1 <1…> 2 6 mock:echo <time> \"the plan\"\n\
         2 <2…> 2 2 mock:echo <time> \"what is a monad?\"\n\
         alice <6…> 0 0 mock:echo <time> - current\n\
         alice <1…> 2 6 mock:echo <time> \"the plan\"\n\
         bob <5…> 2 2 mock:echo <time> \"my secret\"\n\
         alice <4…> 0 1 mock:echo <time> -\n\
         alice <3…> 0 0 mock:echo <time> \"never used\"\n\
         alice <2…> 2 2 mock:echo <time> \"what is a monad?\"\n",
        "",
        0,
    );
}

#[test]
fn the_current_session_is_told_also_where_the_number_cuts_it_off() {
    let saylog = five();
    let current = "2 2 mock:echo <time> \"what is a monad?\" current";
    check(
        &run(
            &saylog,
            &[
                "--resume",
                "what is a monad?",
                "-c",
                "/sessions 1",
                "-c",
                "/sessions 2",
                "-c",
                "/sessions global 2",
                "-c",
                "/sessions --archived 1",
            ],
        ),
        &format!(
            "- <2…> {current}\n\
             1 <1…> 2 6 mock:echo <time> \"the plan\"\n\
             1 <1…> 2 6 mock:echo <time> \"the plan\"\n\
             2 <2…> {current}\n\
             alice <2…> {current}\n\
             alice <1…> 2 6 mock:echo <time> \"the plan\"\n\
             bob <5…> 2 2 mock:echo <time> \"my secret\"\n"
        ),
        "no session of yours is archived; `/archive` archives the current one\n",
        0,
    );
    // It is not counted, and has no number.
    let told = run(
        &saylog.with(&["--json"]),
        &["--resume", "what is a monad?", "-c", "/sessions 1"],
    );
    let rows: Vec<_> = told.stdout.lines().skip(1).collect();
    assert_eq!(
        rows,
        [
            r#"{"event":"session_row","line":1,"number":null,"user_id":"alice","session_id":"<2>","title":null,"words":"what is a monad?","context":2,"messages":2,"model":"mock:echo","persona":null,"last_at":"<time>","current":true,"answered_by":"mock:echo","from_session_id":null,"from_title":null,"archived":false}"#,
            r#"{"event":"session_row","line":1,"number":1,"user_id":"alice","session_id":"<1>","title":"the plan","words":"hello","context":2,"messages":6,"model":"mock:echo","persona":null,"last_at":"<time>","current":false,"answered_by":"mock:echo","from_session_id":null,"from_title":null,"archived":false}"#,
            r#"{"event":"end","line":1,"scope":"user","count":1,"more":true}"#,
        ]
    );
}

#[test]
fn as_events_they_tell_all_they_know() {
    let saylog = five().with(&["--json"]);
    check(
        &run(&saylog, &["--resume", "the plan", "-c", "/sessions"]),
        concat!(
            r#"{"event":"resume","line":null,"user_id":"alice","session_id":"<1>","title":"the plan","count":6,"context":2,"last_at":"<time>"}"#,
            "\n",
            r#"{"event":"session_row","line":1,"number":1,"user_id":"alice","session_id":"<1>","title":"the plan","words":"hello","context":2,"messages":6,"model":"mock:echo","persona":null,"last_at":"<time>","current":true,"answered_by":"mock:echo","from_session_id":null,"from_title":null,"archived":false}"#,
            "\n",
            r#"{"event":"session_row","line":1,"number":2,"user_id":"alice","session_id":"<2>","title":null,"words":"what is a monad?","context":2,"messages":2,"model":"mock:echo","persona":null,"last_at":"<time>","current":false,"answered_by":"mock:echo","from_session_id":null,"from_title":null,"archived":false}"#,
            "\n",
            r#"{"event":"end","line":1,"scope":"user","count":2,"more":false}"#,
            "\n",
        ),
        "",
        0,
    );
    check(
        &play(&saylog, "/user bob\n/sessions global\n"),
        concat!(
            r#"{"event":"user","line":1,"user_id":"bob","session_id":null,"known":true}"#,
            "\n",
            r#"{"event":"session_row","line":2,"number":null,"user_id":"alice","session_id":"<1>","title":"the plan","words":"hello","context":2,"messages":6,"model":"mock:echo","persona":null,"last_at":"<time>","current":false,"answered_by":"mock:echo","from_session_id":null,"from_title":null,"archived":false}"#,
            "\n",
            r#"{"event":"session_row","line":2,"number":null,"user_id":"bob","session_id":"<5>","title":null,"words":"my secret","context":2,"messages":2,"model":"mock:echo","persona":null,"last_at":"<time>","current":false,"answered_by":"mock:echo","from_session_id":null,"from_title":null,"archived":false}"#,
            "\n",
            r#"{"event":"session_row","line":2,"number":null,"user_id":"alice","session_id":"<2>","title":null,"words":"what is a monad?","context":2,"messages":2,"model":"mock:echo","persona":null,"last_at":"<time>","current":false,"answered_by":"mock:echo","from_session_id":null,"from_title":null,"archived":false}"#,
            "\n",
            r#"{"event":"end","line":2,"scope":"global","count":3,"more":false}"#,
            "\n",
        ),
        "",
        0,
    );
}

#[test]
fn it_is_told_who_answered_last_and_what_is_a_fork_of_what() {
    let saylog = scripted().with(&["--json"]);
    before(
        &saylog,
        "/start plans\none\n/model mock\n/fork\n/start\ntwo\n/fork at #2 mine\nthree\n/model mock:echo\n",
    );
    let listed = play(&saylog, "/sessions\n").stdout;
    let told: Vec<_> = listed
        .lines()
        .filter(|row| row.contains("session_row"))
        .map(|row| row.split_once("\"model\":").map_or("", |(_, told)| told))
        .collect();
    assert_eq!(
        told,
        [
            r#""mock:echo","persona":null,"last_at":"<time>","current":false,"answered_by":"mock","from_session_id":"<1>","from_title":"plans","archived":false}"#,
            r#""mock:echo","persona":null,"last_at":"<time>","current":false,"answered_by":"mock:echo","from_session_id":null,"from_title":null,"archived":false}"#,
            r#""mock","persona":null,"last_at":"<time>","current":false,"answered_by":null,"from_session_id":"<1>","from_title":"plans","archived":false}"#,
            r#""mock","persona":null,"last_at":"<time>","current":false,"answered_by":"mock:echo","from_session_id":null,"from_title":null,"archived":false}"#,
        ]
    );
}

#[test]
fn a_newcomer_has_none() {
    let saylog = five();
    check(
        &play(&saylog, "/user eve\n/sessions --all\n"),
        "eve (new)\n",
        NO_SESSIONS,
        0,
    );
    check(
        &saylog.with(&["--json"]).play("/user eve\n/sessions\n"),
        "{\"event\":\"user\",\"line\":1,\"user_id\":\"eve\",\"session_id\":null,\"known\":false}\n\
         {\"event\":\"end\",\"line\":2,\"scope\":\"user\",\"count\":0,\"more\":false}\n",
        NO_SESSIONS,
        0,
    );
}

#[test]
fn the_model_is_the_sessions_own() {
    let saylog = scripted();
    check(
        &play(&saylog, "/start\na\n/model cmd:/bin/cat a b\n/sessions\n"),
        &format!(
            "{STARTED}a\ncmd:/bin/cat a b\n1 <1…> 2 2 \"cmd:/bin/cat a b\" <time> \"a\" current\n"
        ),
        "",
        0,
    );
}

#[test]
fn long_and_hostile_names_stay_one_row() {
    let saylog = scripted();
    let words = "word ".repeat(100);
    before(&saylog, &format!("/start\n{words}\n"));
    before(
        &saylog,
        "/start\n\"\"\"\n  a\t\"b\"\n\nc\\ \u{1b}[2J\n\"\"\"\n",
    );
    before(&saylog, "/user x y\n/start a \"b\" \u{202e}c\nhello\n");
    check(
        &play(&saylog, "/sessions global\n"),
        &format!(
            "\"x y\" <3…> 2 2 mock:echo <time> \"a \\\"b\\\" \\u{{202e}}c\"\n\
             alice <2…> 2 2 mock:echo <time> \"a \\\"b\\\" c\\\\ ␛[2J\"\n\
             alice <1…> 2 2 mock:echo <time> \"{}wor…\"\n",
            "word ".repeat(9),
        ),
        "",
        0,
    );
}

#[test]
fn a_session_is_renamed_as_often_as_one_likes() {
    let saylog = scripted();
    check(
        &play(
            &saylog,
            "/start\nhello\n/rename first\n/rename   a \"b\"  c \n/sessions\n/start x\n/rename y\n/resume a \"b\"  c\n",
        ),
        &format!(
            "{STARTED}hello\n\
             Session <1> is called \"first\" now.\n\
             Session <1> is called \"a \\\"b\\\"  c\" now.\n\
             1 <1…> 2 2 mock:echo <time> \"a \\\"b\\\"  c\" current\n\
             {STARTED}Session <2> is called \"y\" now.\n\
             Session <1> resumed, 2 messages.\n\
             <time> alice <1> user: hello\n<time> alice <1> ai: hello\n"
        ),
        "",
        0,
    );
    let saylog = saylog.with(&["--json"]);
    check(
        &run(&saylog, &["--resume", "a \"b\"  c", "-c", "/rename\td e"]),
        "{\"event\":\"resume\",\"line\":null,\"user_id\":\"alice\",\"session_id\":\"<1>\",\
         \"title\":\"a \\\"b\\\"  c\",\"count\":2,\"context\":2,\"last_at\":\"<time>\"}\n\
         {\"event\":\"rename\",\"line\":1,\"user_id\":\"alice\",\"session_id\":\"<1>\",\"title\":\"d e\",\
         \"previous_title\":\"a \\\"b\\\"  c\"}\n",
        "",
        0,
    );
}
