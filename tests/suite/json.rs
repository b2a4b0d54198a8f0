//! `--json`: one object a line, every field, nothing lost.

use serde_json::Value;

use crate::support::run::{Saylog, check};

#[test]
fn every_event_has_all_its_fields() {
    let saylog = Saylog::new().exact().with(&["--json"]);
    let outcome = saylog.play(
        "/user bob\nhello\n/start my title\nhello\n/history\n/users\n/clear\n/undo\n/resume\n/help clear\n/foo\n/user\n",
    );
    check(
        &outcome,
        concat!(
            r#"{"event":"user","line":1,"user_id":"bob","session_id":null,"known":false}"#,
            "\n",
            r#"{"event":"error","line":2,"code":"session_not_found","error":"User chat session not found!","hint":"`/start` begins one","kind":"refused","tries":null}"#,
            "\n",
            r#"{"event":"start","line":3,"user_id":"bob","session_id":"a706dd2f-4d19-4e6f-add8-2c88fa32b270","title":"my title","persona":null,"message":"Chat started successfully!"}"#,
            "\n",
            r#"{"event":"reply","line":4,"id":2,"seq":2,"parent_id":1,"user_id":"bob","session_id":"a706dd2f-4d19-4e6f-add8-2c88fa32b270","role":"ai","content":"This is a mock response from AI.","created_at":"2026-11-22T13:32:07.120Z","model":"mock","status":"complete","prompt_tokens":null,"reply_tokens":null,"finish_reason":null,"reasoning":null,"citations":null,"said_at":null,"source":null,"tries":null}"#,
            "\n",
            r#"{"event":"message","line":5,"id":1,"seq":1,"parent_id":null,"user_id":"bob","session_id":"a706dd2f-4d19-4e6f-add8-2c88fa32b270","role":"user","content":"hello","created_at":"2026-11-22T13:32:07.120Z","model":null,"status":"complete","prompt_tokens":null,"reply_tokens":null,"finish_reason":null,"reasoning":null,"citations":null,"said_at":null,"source":null}"#,
            "\n",
            r#"{"event":"message","line":5,"id":2,"seq":2,"parent_id":1,"user_id":"bob","session_id":"a706dd2f-4d19-4e6f-add8-2c88fa32b270","role":"ai","content":"This is a mock response from AI.","created_at":"2026-11-22T13:32:07.120Z","model":"mock","status":"complete","prompt_tokens":null,"reply_tokens":null,"finish_reason":null,"reasoning":null,"citations":null,"said_at":null,"source":null}"#,
            "\n",
            r#"{"event":"end","line":5,"scope":"session","count":2,"more":false}"#,
            "\n",
            r#"{"event":"user_row","line":6,"user_id":"bob","sessions":1,"messages":2,"last_at":"2026-11-22T13:32:07.120Z","current":true}"#,
            "\n",
            r#"{"event":"end","line":6,"scope":"global","count":1,"more":false}"#,
            "\n",
            r#"{"event":"clear","line":7,"user_id":"bob","session_id":"a706dd2f-4d19-4e6f-add8-2c88fa32b270","count":2,"gone":2,"ids":[1,2],"way":"/undo","message":"Session a706dd2f-4d19-4e6f-add8-2c88fa32b270 cleared!"}"#,
            "\n",
            r#"{"event":"move","line":8,"user_id":"bob","session_id":"a706dd2f-4d19-4e6f-add8-2c88fa32b270","why":"undo","from_id":null,"to_id":2,"gone":0,"back":2,"ids":[1,2],"way":"/redo","unasked":false}"#,
            "\n",
            r#"{"event":"resume","line":9,"user_id":"bob","session_id":"a706dd2f-4d19-4e6f-add8-2c88fa32b270","title":"my title","count":2,"context":2,"last_at":"2026-11-22T13:32:07.120Z"}"#,
            "\n",
            r#"{"event":"message","line":9,"id":1,"seq":1,"parent_id":null,"user_id":"bob","session_id":"a706dd2f-4d19-4e6f-add8-2c88fa32b270","role":"user","content":"hello","created_at":"2026-11-22T13:32:07.120Z","model":null,"status":"complete","prompt_tokens":null,"reply_tokens":null,"finish_reason":null,"reasoning":null,"citations":null,"said_at":null,"source":null}"#,
            "\n",
            r#"{"event":"message","line":9,"id":2,"seq":2,"parent_id":1,"user_id":"bob","session_id":"a706dd2f-4d19-4e6f-add8-2c88fa32b270","role":"ai","content":"This is a mock response from AI.","created_at":"2026-11-22T13:32:07.120Z","model":"mock","status":"complete","prompt_tokens":null,"reply_tokens":null,"finish_reason":null,"reasoning":null,"citations":null,"said_at":null,"source":null}"#,
            "\n",
            r#"{"event":"end","line":9,"scope":"session","count":2,"more":false}"#,
            "\n",
            r#"{"event":"help","line":10,"usage":"/clear","summary":"empties the context of the current session; the log keeps every message","aliases":[]}"#,
            "\n",
            r#"{"event":"end","line":10,"scope":null,"count":1,"more":false}"#,
            "\n",
            r#"{"event":"error","line":11,"code":"unknown_command","error":"unknown command `/foo`","hint":"`/help` lists the commands; `//foo` says `/foo`","kind":"usage","tries":null}"#,
            "\n",
            r#"{"event":"user","line":12,"user_id":"bob","session_id":"a706dd2f-4d19-4e6f-add8-2c88fa32b270","known":true}"#,
            "\n",
        ),
        "",
        1,
    );
}

#[test]
fn hostile_text_is_escaped_and_comes_back_whole() {
    let saylog = Saylog::new();
    let text = "\u{1b}]52;c;eA==\u{7}\u{7f}\u{9b}31m\u{202e}\u{2028}\u{e0041}\"\\ \r你好🙂";
    saylog.play(format!("/start\n{text}\n"));
    let log = saylog.log();
    let raw = |c: char| c.is_control() && c != '\n' || "\u{202e}\u{2028}\u{e0041}".contains(c);
    assert!(!log.contains(raw), "{log:?}");
    let first: Value = serde_json::from_str(log.lines().next().expect("a row")).expect("JSON");
    assert_eq!(first["content"], text);
}

#[test]
fn a_store_that_cannot_be_opened_is_an_event_too() {
    let saylog = Saylog::new().with(&["--json"]);
    std::fs::write(saylog.store(), "not a database").expect("a file");
    let outcome = saylog.play("/start\n").normal(&saylog);
    check(
        &outcome,
        "{\"event\":\"error\",\"line\":null,\"code\":\"store\",\"error\":\"`<folder>/saylog.db` is not a saylog store; it was left as it is\",\"hint\":\"name another file with --store\",\"kind\":\"refused\",\"tries\":null}\n",
        "saylog: `<folder>/saylog.db` is not a saylog store; it was left as it is; name another file with --store\n",
        1,
    );
}

#[test]
fn a_session_that_starts_by_itself_is_told() {
    let saylog = Saylog::new().with(&["--json", "--start"]);
    let outcome = saylog.play("hello\n");
    let events: Vec<_> = outcome
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON")["event"].clone())
        .collect();
    assert_eq!(events, ["start", "reply"]);
}
