//! How replies are listed that are not whole, and what is kept beside a reply.

use serde_json::{Value, json};

use crate::support::events::events;
use crate::support::prompt::{CTRL_L, leave, shows_timeless, wide_prompt};
use crate::support::run::{Saylog, check, echoing};
use crate::support::terminal::Terminal;

/// Alice's session of four turns. The replies: one that failed, none at all, one
/// that was cut because of its length, and one with sources.
fn four_replies() -> Saylog {
    let saylog = echoing();
    assert_eq!(saylog.play("/start\none\ntwo\nthree\nfour\n").code, 0);
    let sources = json!([
        {"url": "https://a.example/x", "title": "A \u{1b}[2Jpage"},
        {"url": "file:///etc/passwd", "title": null},
        {"url": "http://b.example", "title": null},
    ]);
    saylog.stored().tamper(&format!(
        "UPDATE messages SET status = 2, finish_reason = 'error' WHERE id = 2;
         UPDATE messages SET status = 1, content = '' WHERE id = 4;
         UPDATE messages SET finish_reason = 'length' WHERE id = 6;
         UPDATE messages SET finish_reason = 'stop', reasoning = 'Four?',
                citations = '{sources}' WHERE id = 8;"
    ));
    saylog
}

#[test]
fn a_plain_listing_marks_replies_that_are_not_whole() {
    let saylog = four_replies();
    let (user, ai) = ("<time> alice <1> user:", "<time> alice <1> ai");
    let turns = format!(
        "{user} three\n{ai}(length): three\n\
         {user} four\n{ai}: four\n"
    );
    check(
        &saylog
            .play("/resume\n/history\n/show #4\n/show #5\n")
            .normal(&saylog),
        &format!(
            "Session <1> resumed, 8 messages.\n{turns}\
             {user} one\n{ai}(failed): one\n\
             {user} two\n{ai}(interrupted):\n{turns}\
             #3 {user} two\n#4 {ai}(interrupted):\n#5 {user} three\n\
             #4 {ai}(interrupted):\n#5 {user} three\n#6 {ai}(length): three\n"
        ),
        "",
        0,
    );
}

#[test]
fn events_tell_all_that_is_kept_of_a_reply() {
    let saylog = four_replies().with(&["--json"]);
    let outcome = saylog.play("/history global\n/show #8 global\n");
    let events = events(&outcome.stdout);
    let replies = events
        .iter()
        .filter(|event| event["role"] == "ai" && event["event"] == "message");
    let details = replies.map(|event| {
        ["content", "status", "finish_reason", "reasoning"]
            .map(|field| event[field].as_str().unwrap_or("-").to_owned())
            .join(" ")
    });
    assert_eq!(
        details.collect::<Vec<_>>(),
        [
            "one failed error -",
            " interrupted - -",
            "three complete length -",
            "four complete stop Four?",
            "four complete stop Four?",
        ]
    );
    for event in events.iter().filter(|event| event["event"] == "message") {
        let expected = if event["id"] == 8 {
            json!([
                {"url": "https://a.example/x", "title": "A \u{1b}[2Jpage"},
                {"url": "file:///etc/passwd", "title": null},
                {"url": "http://b.example", "title": null},
            ])
        } else {
            Value::Null
        };
        assert_eq!(event["citations"], expected);
    }
    assert!(!outcome.stdout.contains('\u{1b}'), "{}", outcome.stdout);
}

#[test]
fn sources_that_another_program_spoiled_are_none() {
    let saylog = four_replies().with(&["--json"]);
    for spoiled in ["", "[", "{}", "[]", "[1]", r#"[{"title": "no address"}]"#] {
        let store = saylog.stored();
        store.tamper(&format!("UPDATE messages SET citations = '{spoiled}'"));
        let outcome = saylog.play("/history global\n");
        assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
        let events = events(&outcome.stdout);
        assert!(events.iter().all(|event| event["citations"].is_null()));
    }
}

/// The screen after `/history` in a window of so many columns, but for times.
#[track_caller]
fn shows_history(terminal: &mut Terminal, columns: u16, expected: &str) {
    terminal.resizes(24, columns);
    terminal.types(format!("{CTRL_L}/history\r"));
    shows_timeless(
        terminal,
        &format!(
            "> /history\n\
             alice/<1>  0000-00-00\n{expected}alice/<1>> ▏"
        ),
    );
}

#[test]
fn a_terminal_marks_them_behind_the_text_and_shows_sources() {
    let saylog = four_replies();
    let mut terminal = wide_prompt(&saylog, &["--resume"], &[]);
    let history = "  00:00:00    #1 user  one
  00:00:00    #2 ai    one [failed]

  00:00:00    #3 user  two
  00:00:00    #4 ai    [interrupted]

  00:00:00    #5 user  three
  00:00:00    #6 ai    three [length]

  00:00:00    #7 user  four
  00:00:00    #8 ai    four
                       [1] A ␛[2Jpage https://a.example/x
                       [3] http://b.example
";
    for columns in [80, 200] {
        shows_history(&mut terminal, columns, history);
    }
    // In a narrow window texts stand below their heads.
    let history = "  00:00:00    #1 user
    one
  00:00:00    #2 ai
    one [failed]

  00:00:00    #3 user
    two
  00:00:00    #4 ai    [interrupted]

  00:00:00    #5 user
    three
  00:00:00    #6 ai
    three [length]

  00:00:00    #7 user
    four
  00:00:00    #8 ai
    four
    [1] A ␛[2Jpage https://a.example/x
    [3] http://b.example
";
    shows_history(&mut terminal, 40, history);
    leave(terminal);
}
