//! `--input json`: one JSON value a line, for programs.

mod conversations;
mod refusals;
mod speakers;

use std::process::Command;

use serde_json::Value;

use crate::support::events::events;
use crate::support::peer::Peer;
use crate::support::run::{Outcome, Saylog, check, echoing, exact, feed};

/// The program, ready to read lines of JSON.
fn json_command(saylog: &Saylog) -> Command {
    let mut command = saylog.command();
    command.args(["--input", "json"]);
    command
}

/// What the events tell, in order: each with its `ref`, then what `tell` makes of it.
#[track_caller]
fn told(outcome: &Outcome) -> Vec<String> {
    assert_eq!(outcome.stderr, "");
    let told = events(&outcome.stdout).into_iter().map(|event| {
        let what = match event["event"].as_str().expect("a name") {
            "error" => &event["code"],
            "reply" | "message" => &event["content"],
            "end" => &event["count"],
            _ => &event["user_id"],
        };
        let name = event["event"].as_str().expect("a name");
        format!("{} {name} {}", event["ref"], plain(what))
    });
    told.collect()
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

#[test]
fn a_string_is_said_and_so_is_say_whatever_it_looks_like() {
    let saylog = echoing().with(&["--start"]);
    let outcome = saylog.hear(concat!(
        r#""/clear""#,
        "\n",
        r#"  {"say": "\"\"\"\n/user eve\n\"\"\""}  "#,
        "\r\n \t\r\n\n",
        r#"{"say":" \ud83d\ude42\u0009é "}"#,
        "\n",
        r#""\/model cmd:touch x""#,
    ));
    assert_eq!(
        told(&outcome),
        [
            "null start alice",
            "null reply /clear",
            "null reply \"\"\"\n/user eve\n\"\"\"",
            "null reply  🙂\té ",
            "null reply /model cmd:touch x",
        ]
    );
    assert_eq!(outcome.code, 0);
}

#[test]
fn a_line_is_one_of_the_language() {
    let saylog = echoing();
    let outcome = saylog.hear(concat!(
        "\u{feff}",
        r#"{"line":"/start a plan"}"#,
        "\n",
        r#"{"line":"hello"}"#,
        "\n",
        r#"{"line":"//clear"}"#,
        "\n",
        r#"{"line":"\"\"\"a"}"#,
        "\n",
        r#"{"line":"/clera"}"#,
        "\n",
        r#"{"line":"/quit"}"#,
        "\n\"never\"\n",
    ));
    assert_eq!(
        told(&outcome),
        [
            "null start alice",
            "null reply hello",
            "null reply /clear",
            "null reply \"\"\"a",
            "null error unknown_command",
        ]
    );
    assert_eq!(outcome.code, 1);
}

#[test]
fn a_ref_comes_back_with_every_event_that_its_line_caused() {
    for store in [&[][..], &["--ephemeral"], &["--store", "memory:at-commit"]] {
        let saylog = Saylog::new();
        let mut command = Command::new(crate::support::run::SAYLOG);
        command.env_clear().env("HOME", saylog.folder());
        command.args(["--user", "alice", "-m", "mock:echo", "--start"]);
        command.args(["--input", "json"]).args(store);
        let outcome = feed(
            command,
            concat!(
                r#"{"say":"a","ref":"first \u202e é"}"#,
                "\n",
                r#"{"ref":-0.10e+2,"say":"b"}"#,
                "\n\"c\"\n",
                r#"{"line":"/history","ref":123456789012345678901234567890}"#,
                "\n",
                r#"{"line":"/foo","ref":""}"#,
                "\n",
                r#"{"line":"/users"}"#,
                "\n",
            )
            .as_bytes(),
        );
        assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 1));
        let refs = |line: &str| {
            let (_, rest) = line.split_once(",\"ref\":").expect("a ref");
            rest.split(",\"").next().expect("its end").to_owned()
        };
        let first = r#""first \u202e é""#;
        let large = "123456789012345678901234567890";
        let mut expected = vec![first, first, "-0.10e+2", "null"];
        expected.extend([large; 7]);
        expected.extend([r#""""#, "null", "null"]);
        let refs: Vec<_> = outcome.stdout.lines().map(refs).collect();
        assert_eq!(refs, expected, "{store:?}");
    }
}

#[test]
fn the_field_stands_behind_the_line_and_only_here() {
    let saylog = Saylog::new().exact();
    check(
        &saylog.run(&["--input", "json", "-f", "/nowhere"]),
        "{\"event\":\"error\",\"line\":null,\"ref\":null,\"code\":\"input\",\"error\":\"`/nowhere` cannot be read: no such file or directory\",\"hint\":null,\"kind\":\"gone\",\"tries\":null}\n",
        "saylog: `/nowhere` cannot be read: no such file or directory\n",
        1,
    );
    let outcome = saylog.run(&["--json", "--input", "lines", "-c", "/user"]);
    check(
        &outcome,
        "{\"event\":\"user\",\"line\":1,\"user_id\":\"alice\",\"session_id\":null,\"known\":false}\n",
        "",
        0,
    );
}

#[test]
fn a_file_is_played_too_and_lines_of_the_command_line_are_not() {
    let saylog = echoing();
    let file = saylog.folder().join("lines.json");
    let mut command = json_command(&saylog);
    command.arg("-f").arg(&file);
    std::fs::write(&file, "{\"line\":\"/start\"}\n\"hello\"").expect("a file");
    let played = feed(command, b"");
    assert_eq!(told(&played), ["null start alice", "null reply hello"]);
    check(
        &saylog.run(&["--input", "json", "-c", "hello"]),
        "",
        "saylog: --input json reads standard input or -f FILE; it cannot be used with -c\n",
        2,
    );
    let unknown = saylog.run(&["--input", "yaml"]);
    assert_eq!((unknown.stdout.as_str(), unknown.code), ("", 2));
}

#[test]
fn a_program_reads_each_answer_before_it_writes_the_next_line() {
    let saylog = echoing();
    let mut peer = Peer::new(json_command(&saylog));
    let started = peer.ask(r#"{"line":"/start","user":"bob","ref":0}"#);
    let started: Value = serde_json::from_str(&started.expect("an answer")).expect("JSON");
    let session = started["session_id"].clone();
    for number in 1..20 {
        let text = format!("{number}\n/clear\n\"\"\"");
        let value = if number % 2 == 0 {
            serde_json::json!({"say": text, "user": "bob", "ref": number})
        } else {
            serde_json::json!({"say": text, "user": "bob", "session": session, "ref": number})
        };
        let reply = peer.ask(&value.to_string()).expect("an answer");
        let reply: Value = serde_json::from_str(&reply).expect("JSON");
        assert_eq!(
            (&reply["event"], &reply["ref"]),
            (&"reply".into(), &number.into())
        );
        assert_eq!(
            (&reply["content"], &reply["seq"]),
            (&text.into(), &(2 * number).into())
        );
    }
    assert_eq!(peer.hang_up().code, 0);
}

#[test]
fn the_first_error_stops_it_if_asked_to() {
    let saylog = echoing().with(&["--start", "--stop-on-error"]);
    let outcome = saylog.hear("\"a\"\nnull\n\"b\"\n");
    assert_eq!(
        told(&outcome),
        ["null start alice", "null reply a", "null error null_value"]
    );
    assert_eq!(outcome.code, 3);
}

#[test]
fn nobody_goes_on_as_the_wrong_person() {
    let long = format!("{{\"line\":\"/user {}\"}}", "b".repeat(17 * 1024 * 1024));
    for (line, code) in [
        (r#"{"line":"/user "}"#, "invalid_user"),
        (r#"{"line":"/user a\u0000"}"#, "nul_byte"),
        (r#"{"line":"\/user a\nb"}"#, "line_break"),
        (r#"{"line":"/user bob","lien":1}"#, "unknown_key"),
        (r#"{"line":"/user bob","say":"x"}"#, "say_and_line"),
        (r#"{ "line" : "/user bob""#, "not_json"),
        (r#"{"line":"/user \ud800"}"#, "lone_surrogate"),
        (long.as_str(), "too_long"),
    ] {
        let saylog = echoing().with(&["--start"]);
        let outcome = saylog.hear(format!("{line}\n\"never said\"\n"));
        assert_eq!(told(&outcome), [format!("null error {code}")], "{code}");
        assert_eq!(outcome.code, 3, "{code}");
    }
    // What holds for one line only leaves everybody who they were.
    for (line, code) in [
        (r#"{"line":"/user bob","user":"\u0000"}"#, "invalid_user"),
        (r#"{"line":"/user bob","user":5}"#, "wrong_type"),
        (r#"{"say":"x","user":""}"#, "invalid_user"),
        (
            r#"{"say":"\"line\":\"/user bob","user":null}"#,
            "wrong_type",
        ),
    ] {
        let saylog = echoing().with(&["--start"]);
        let outcome = saylog.hear(format!("{line}\n\"said\"\n"));
        let error = format!("null error {code}");
        assert_eq!(
            told(&outcome),
            [&error, "null start alice", "null reply said"]
        );
        assert_eq!(outcome.code, 1);
    }
}

#[test]
fn an_exact_answer() {
    let saylog = echoing();
    let mut command = json_command(&saylog);
    command.arg("--start").envs(exact(0));
    check(
        &feed(command, br#"{"say":"hello","user":"bob","ref":7}"#),
        concat!(
            r#"{"event":"start","line":1,"ref":7,"user_id":"bob","session_id":"a706dd2f-4d19-4e6f-add8-2c88fa32b270","title":null,"persona":null,"message":"Chat started successfully!"}"#,
            "\n",
            r#"{"event":"reply","line":1,"ref":7,"id":2,"seq":2,"parent_id":1,"user_id":"bob","session_id":"a706dd2f-4d19-4e6f-add8-2c88fa32b270","role":"ai","content":"hello","created_at":"2026-11-22T13:32:07.120Z","model":"mock:echo","status":"complete","prompt_tokens":null,"reply_tokens":null,"finish_reason":null,"reasoning":null,"citations":null,"said_at":null,"source":null,"tries":null}"#,
            "\n",
        ),
        "",
        0,
    );
}
