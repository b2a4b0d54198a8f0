//! Personas: a system prompt and a model with a name, out of the configuration.

use std::fs;

use serde_json::Value;

use crate::support::events::events;
use crate::support::run::{MOCK, NO_PERSONAS, STARTED, Saylog, check, configured};
use crate::support::server::Server;

const TWO: &str = r#"
[personas.critic]
system = "Find what is wrong."
model = "mock:echo"

[personas.poet]
system = "Rhyme."

[users.alice]
persona = "critic"
"#;

#[test]
fn personas_are_listed_with_model_and_prompt() {
    let saylog = configured(&format!("{TWO}\n[personas.\"x\\\"y\"]\n"));
    check(
        &saylog.lines(&["/personas", "/user bob", "/personas"]),
        "critic mock:echo \"Find what is wrong.\" default\npoet - \"Rhyme.\"\n\"x\\\"y\" - -\n\
         bob (new)\n\
         critic mock:echo \"Find what is wrong.\"\npoet - \"Rhyme.\"\n\"x\\\"y\" - -\n",
        "",
        0,
    );
    check(
        &configured(TWO).with(&["--json"]).lines(&["/personas"]),
        concat!(
            r#"{"event":"persona_row","line":1,"persona":"critic","system":"Find what is wrong.","model":"mock:echo","default":true,"current":false}"#,
            "\n",
            r#"{"event":"persona_row","line":1,"persona":"poet","system":"Rhyme.","model":null,"default":false,"current":false}"#,
            "\n",
            r#"{"event":"end","line":1,"scope":null,"count":2,"more":false}"#,
            "\n",
        ),
        "",
        0,
    );
    check(&Saylog::new().lines(&["/personas"]), "", NO_PERSONAS, 0);
}

#[test]
fn a_session_started_as_a_persona_has_its_prompt_and_its_model() {
    let saylog = configured(TWO);
    let outcome = saylog.play(
        "/user bob\n/start --as critic\nhello\n/model\n/system\n/start --as poet my title\nhello\n/model\n/history global\n",
    );
    check(
        &outcome.normal(&saylog),
        &format!(
            "bob (new)\n\
             {STARTED}hello\nmock:echo\nFind what is wrong.\n\
             {STARTED}{MOCK}mock\n\
             <time> bob <1> system: Find what is wrong.\n\
             <time> bob <1> user: hello\n\
             <time> bob <1> ai: hello\n\
             <time> bob <2> system: Rhyme.\n\
             <time> bob <2> user: hello\n\
             <time> bob <2> ai: {MOCK}"
        ),
        "",
        0,
    );
}

#[test]
fn scripts_are_told_the_persona() {
    let saylog = configured(TWO).with(&["--json"]);
    let outcome = saylog.play("/user bob\n/start --as poet my title\n/start\n/sessions --all\n");
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    let events = events(&outcome.stdout);
    let (started, plain) = (&events[1], &events[2]);
    assert_eq!(
        [&started["event"], &started["persona"], &started["title"]],
        ["start", "poet", "my title"]
    );
    assert_eq!(plain["event"], "start");
    assert!(plain["persona"].is_null() && plain["title"].is_null());
    let rows: Vec<&Value> = events
        .iter()
        .filter(|row| row["event"] == "session_row")
        .collect();
    assert_eq!(rows.len(), 2);
    assert!(rows[0]["persona"].is_null());
    assert_eq!(rows[1]["persona"], "poet");
}

#[test]
fn an_unknown_persona_is_an_error_with_the_known_ones() {
    let saylog = configured(TWO);
    check(
        &saylog.play(
            "/user bob\n/start --as nobody\nhello\n/start --as\n/start --as  \n/sessions --all\n",
        ),
        "bob (new)\n",
        "<stdin>:2: `/start --as` does not know the persona `nobody`; one of critic, poet\n\
         <stdin>:3: User chat session not found!; `/start` begins one\n\
         <stdin>:4: `/start --as` names no persona; `/personas` lists them\n\
         <stdin>:5: `/start --as` names no persona; `/personas` lists them\n\
         you have no session yet; `/start` begins one\n",
        1,
    );
    check(
        &Saylog::new().lines(&["/start --as critic"]),
        "",
        "-c:1: `/start --as` does not know the persona `critic`; \
         `[personas.NAME]` in config.toml describes one\n",
        1,
    );
    check(
        &Saylog::new()
            .with(&["--json"])
            .lines(&["/start --as critic"]),
        concat!(
            r#"{"event":"error","line":1,"code":"bad_argument","error":"`/start --as` does not know the persona `critic`","hint":"`[personas.NAME]` in config.toml describes one","kind":"usage","tries":null}"#,
            "\n"
        ),
        "",
        1,
    );
}

#[test]
fn a_user_with_a_persona_starts_as_it() {
    let saylog = configured(TWO);
    // As asked for with `--as`, as the user's default, and not for other users.
    for lines in [
        &["/start", "hello", "/system"][..],
        &["/start --as critic", "hello", "/system"],
    ] {
        check(
            &saylog.lines(lines),
            &format!("{STARTED}hello\nFind what is wrong.\n"),
            "",
            0,
        );
    }
    let unasked = configured(TWO).with(&["--start"]);
    check(
        &unasked.lines(&["hello", "/system", "/user bob", "hello", "/system"]),
        &format!("hello\nFind what is wrong.\nbob (new)\n{MOCK}no system prompt\n"),
        "",
        0,
    );
    assert_eq!(
        unasked.said(),
        [
            "alice system: Find what is wrong.",
            "alice user: hello",
            "alice ai: hello",
            "bob user: hello",
            "bob ai: This is a mock response from AI."
        ]
    );
    // `--as` overrides the user's default persona.
    check(
        &saylog.lines(&[
            "/start --as poet",
            "hello",
            "/system",
            "/user ALICE",
            "/start",
            "/system",
        ]),
        &format!("{STARTED}{MOCK}Rhyme.\nALICE (new)\n{STARTED}no system prompt\n"),
        "",
        0,
    );
}

#[test]
fn the_model_is_told_the_persona_before_what_is_configured_for_it() {
    let server = Server::replying(&["one", "two"]);
    let saylog = configured(&format!(
        r#"
[models.m1]
base_url = "{}"
system = "configured"
[personas.critic]
system = "Find what is wrong.\nSay it."
model = "m1"
[personas.plain]
model = "m1"
"#,
        server.base()
    ));
    check(
        &saylog.lines(&["/start --as critic", "hello", "/start --as plain", "hello"]),
        &format!("{STARTED}one\n{STARTED}two\n"),
        "",
        0,
    );
    let request = server.request();
    assert_eq!(request.body["model"], "m1");
    assert_eq!(
        request.messages(),
        ["system: Find what is wrong.\nSay it.", "user: hello"]
    );
    assert_eq!(
        server.request().messages(),
        ["system: configured", "user: hello"]
    );
    // A model's configured system prompt is not stored as a message.
    assert_eq!(
        saylog.said(),
        [
            "alice system: Find what is wrong.\nSay it.",
            "alice user: hello",
            "alice ai: one",
            "alice user: hello",
            "alice ai: two"
        ]
    );
}

#[test]
fn a_program_is_told_the_persona() {
    let saylog = configured(
        "[personas.critic]\nsystem = \"Find what is wrong.\"\nmodel = \"cmd:/bin/sh answer.sh\"\n",
    )
    .with(&["--system", "from the command line"]);
    fs::write(saylog.folder().join("answer.sh"), "cat").expect("a script");
    check(
        &saylog.lines(&["/start --as critic", "hello"]),
        &format!(
            "{STARTED}{}\n{}\n",
            r#"{"role":"system","content":"Find what is wrong."}"#,
            r#"{"role":"user","content":"hello"}"#
        ),
        "",
        0,
    );
}

#[test]
fn a_persona_stays_with_its_session() {
    let server = Server::replying(&["1", "2", "3", "4", "5"]);
    let named = format!("[models.m1]\nbase_url = \"{}\"\n", server.base());
    let saylog = configured(&format!(
        "{named}[personas.critic]\nsystem = \"Find what is wrong.\"\nmodel = \"m1\"\n"
    ));
    check(
        &saylog
            .lines(&[
                "/start --as critic",
                "one",
                "/clear",
                "two",
                "/fork",
                "three",
                "/fork at #2",
                "four",
            ])
            .normal(&saylog),
        &format!(
            "{STARTED}1\nSession <1> cleared!\n3 messages stay in the log.\n\
             2 messages left the context (#2, #3); `/undo` brings them back.\n2\n\
             Session <2> forked from <1> at #5, 2 messages.\n3\n\
             Session <3> forked from <1> at #2, 1 message.\n4\n"
        ),
        "",
        0,
    );
    // In another process, which need not know the persona any more.
    fs::write(saylog.folder().join(".config/saylog/config.toml"), named).expect("a file");
    let outcome = saylog.lines(&["/resume", "five", "/model", "/system"]);
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    assert!(
        outcome.stdout.ends_with("\n5\nm1\nFind what is wrong.\n"),
        "{}",
        outcome.stdout
    );
    let told = [
        &["user: one"][..],
        &["user: two"],
        &["user: two", "assistant: 2", "user: three"],
        &["user: one\n\nfour"],
        &["user: one\n\nfour", "assistant: 4", "user: five"],
    ];
    for messages in told {
        let request = server.request();
        assert_eq!(request.body["model"], "m1");
        let all = [&["system: Find what is wrong."][..], messages].concat();
        assert_eq!(request.messages(), all);
    }
    let sessions = saylog.with(&["--json"]).lines(&["/sessions"]).stdout;
    let personas: Vec<Value> = events(&sessions)
        .iter()
        .filter(|row| row["event"] == "session_row")
        .map(|row| row["persona"].clone())
        .collect();
    assert_eq!(personas, ["critic", "critic", "critic"]);
}

#[test]
fn the_prompt_in_the_context_of_a_fork_was_said_in_the_session_before() {
    let saylog = configured(TWO).with(&["--json"]);
    let outcome = saylog.lines(&[
        "/start --as poet",
        "hello",
        "/fork",
        "again",
        "/context",
        "/show #1",
    ]);
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    let events = events(&outcome.stdout);
    let find = |kind: &str, id: i64| {
        let found = events
            .iter()
            .find(|event| event["event"] == kind && event["id"] == id);
        found.expect("a row").clone()
    };
    let (prompt, told) = (find("message", 1), find("context_row", 1));
    assert_eq!(prompt["content"], "Rhyme.");
    assert_eq!(told["content"], "Rhyme.");
    assert_eq!(told["session_id"], prompt["session_id"]);
}
