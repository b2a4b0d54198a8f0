//! `/context`: what a model sees, or saw.

use crate::support::events::events;
use crate::support::run::{CLEARED, STARTED, Saylog, UNUSED, check};
use crate::support::script::{before, play, run, scripted};
use crate::support::server::Server;

#[test]
fn it_lists_what_the_model_will_see_with_ids_and_tokens() {
    let saylog = scripted();
    check(
        &play(
            &saylog,
            "/start\n/context\nhello\n\"\"\"\n你好\n\"\"\"\n/context\n",
        ),
        &format!(
            "{STARTED}0 messages, 0 of 8192 tokens (0 %)\nhello\n你好\n\
             #1 user 6 tokens: hello\n#2 ai 6 tokens: hello\n\
             #3 user 6 tokens: 你好\n#4 ai 6 tokens: 你好\n\
             4 messages, 24 of 8192 tokens (0 %)\n"
        ),
        UNUSED,
        0,
    );
}

#[test]
fn what_left_the_context_is_not_in_it() {
    let saylog = scripted();
    before(&saylog, "/start\none\n/clear\ntwo\nthree\n/undo\n");
    check(
        &run(
            &saylog,
            &[
                "--resume", "-c", "/context", "-c", "/clear", "-c", "/context",
            ],
        ),
        "#3 user 5 tokens: two\n#4 ai 5 tokens: two\n2 messages, 10 of 8192 tokens (0 %)\n\
         Session <1> cleared!\n6 messages stay in the log.\n\
         2 messages left the context (#3, #4); `/undo` brings them back.\n\
         0 messages, 0 of 8192 tokens (0 %)\n",
        CLEARED,
        0,
    );
}

#[test]
fn it_tells_a_share_of_the_window_and_what_does_not_fit() {
    let saylog = scripted();
    before(&saylog, "/start\none\ntwo\nthree\nfour\n");
    let window = |tokens: &str| run(&saylog, &["--window", tokens, "--resume", "-c", "/context"]);
    check(
        &window("20"),
        "#7 user 5 tokens: four\n#8 ai 5 tokens: four\n\
         2 messages, 10 of 20 tokens (50 %); 6 older messages are left out\n",
        "",
        0,
    );
    // Half a turn is not told.
    check(
        &window("25"),
        "#7 user 5 tokens: four\n#8 ai 5 tokens: four\n\
         2 messages, 10 of 25 tokens (40 %); 6 older messages are left out\n",
        "",
        0,
    );
    check(
        &window("8"),
        "0 messages, 0 of 8 tokens (0 %); 8 older messages are left out\n",
        "",
        0,
    );
}

#[test]
fn it_is_told_as_events() {
    let saylog = scripted().with(&["--json", "--system", "be brief"]);
    before(&saylog, "/start\nhello\n");
    let resumed = r#"{"event":"resume","line":null,"user_id":"alice","session_id":"<1>","title":null,"count":2,"context":2,"last_at":"<time>"}"#;
    let parts = [
        r#""id":1,"session_id":"<1>","role":"user","content":"hello","tokens":6,"ids":[1]}"#,
        r#""id":2,"session_id":"<1>","role":"ai","content":"hello","tokens":6,"ids":[2]}"#,
    ]
    .map(|part| format!("{{\"event\":\"context_row\",\"line\":1,{part}\n"))
    .concat();
    check(
        &run(&saylog, &["--resume", "-c", "/context"]),
        &[
            resumed,
            "\n",
            r#"{"event":"context_row","line":1,"id":null,"session_id":null,"role":"system","content":"be brief","tokens":6,"ids":[]}"#,
            "\n",
            &parts,
            r#"{"event":"context","line":1,"user_id":"alice","session_id":"<1>","model":"mock:echo","tokens":18,"window":8192,"percent":0,"count":2,"left_out":0}"#,
            "\n",
            r#"{"event":"end","line":1,"scope":"session","count":3,"more":false}"#,
            "\n",
        ]
        .concat(),
        "",
        0,
    );
}

#[test]
fn at_a_message_it_is_what_the_model_saw_then() {
    let saylog = scripted();
    before(
        &saylog,
        "/start\none\n/system be brief\ntwo\n/clear\nthree\n",
    );
    let two = "#3 system 6 tokens: be brief\n#1 user 5 tokens: one\n#2 ai 5 tokens: one\n\
               #4 user 5 tokens: two\n3 messages, 21 of 8192 tokens (0 %)\n";
    let three = "#3 system 6 tokens: be brief\n#6 user 6 tokens: three\n\
                 1 message, 12 of 8192 tokens (0 %)\n";
    for (id, seen) in [
        (
            "#1",
            "#1 user 5 tokens: one\n1 message, 5 of 8192 tokens (0 %)\n",
        ),
        (
            "#2",
            "#1 user 5 tokens: one\n1 message, 5 of 8192 tokens (0 %)\n",
        ),
        ("#4", two),
        ("5", two),
        ("#6", three),
        ("#7", three),
    ] {
        // The message says which session is meant, so none has to be current.
        check(&play(&saylog, &format!("/context at {id}\n")), seen, "", 0);
    }
}

#[test]
fn at_a_reply_it_is_what_was_sent_whatever_came_later() {
    let server = Server::replying(&["one", "two", "three"]);
    let base = server.base();
    let small = ["--model", "m1", "--base-url", &base, "--window", "24"];
    let saylog = Saylog::new().exact().with(&small);
    let outcome = saylog.play("/start\nfirst\nsecond\nthird\n");
    assert_eq!(
        (outcome.stdout.as_str(), outcome.code),
        (&*format!("{STARTED}one\ntwo\nthree\n"), 0)
    );
    let sent = [(); 3].map(|()| server.request().messages());
    let saylog = saylog.with(&["--json"]);
    for (reply, sent) in ["/context at #2", "/context at #4", "/context at #6"]
        .iter()
        .zip(&sent)
    {
        assert_eq!(shown(&saylog, reply), *sent, "{reply}");
    }
    assert_eq!(sent[2], ["user: second", "assistant: two", "user: third"]);
}

/// What `/context` shows, as a request would say it.
fn shown(saylog: &Saylog, line: &str) -> Vec<String> {
    let outcome = saylog.run(&["-c", line]);
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0), "{line}");
    events(&outcome.stdout)
        .iter()
        .filter(|event| event["event"] == "context_row")
        .map(|row| {
            let text = |field: &str| row[field].as_str().expect("text").to_owned();
            format!(
                "{}: {}",
                text("role").replace("ai", "assistant"),
                text("content")
            )
        })
        .collect()
}

#[test]
fn at_a_reply_to_a_question_that_filled_the_window_it_is_the_question() {
    let server = Server::replying(&["one", "two"]);
    let (base, long) = (server.base(), "x".repeat(200));
    let saylog = Saylog::new()
        .exact()
        .with(&["--model", "m1", "--base-url", &base]);
    let script = format!("/start\nfirst\n{long}\n");
    let mut command = saylog.command();
    command.args(["--window", "40"]);
    let outcome = crate::support::run::feed(command, script.as_bytes());
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    server.request();
    let sent = server.request().messages();
    assert_eq!(sent, [format!("user: {long}")]);
    let saylog = saylog.with(&["--json"]);
    // Whatever the window is when one looks.
    for window in ["40", "1000"] {
        let saylog_at = |line: &str| {
            let outcome = saylog.run(&["--window", window, "-c", line]);
            let rows = events(&outcome.stdout).into_iter();
            rows.filter(|event| event["event"] == "context_row")
                .map(|row| row["id"].clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(saylog_at("/context at #4"), [3], "in a window of {window}");
    }
}

#[test]
fn at_a_message_of_another_session_it_tells_of_that() {
    let saylog = scripted().with(&["--json"]);
    before(&saylog, "/start\none\n/model mock\ntwo\n");
    before(&saylog, "/start\n");
    let told = |id: u8| {
        let outcome = run(
            &saylog,
            &[
                "--resume",
                "latest",
                "-c",
                "/start",
                "-c",
                &format!("/context at #{id}"),
            ],
        );
        let events = events(&outcome.stdout);
        let context = events.iter().find(|event| event["event"] == "context");
        let context = context.expect("a context").clone();
        (context["session_id"].clone(), context["model"].clone())
    };
    assert_eq!(told(2), ("<1>".into(), "mock:echo".into()));
    assert_eq!(told(4), ("<1>".into(), "mock".into()));
    // A question of it is answered by that session's model, not by this one's.
    assert_eq!(told(3), ("<1>".into(), "mock".into()));
}

#[test]
fn of_a_fork_every_row_names_the_session_it_was_said_in() {
    let saylog = scripted().with(&["--json"]);
    before(&saylog, "/start\n/system be brief\none\n");
    let outcome = play(&saylog, "/fork at #3\ntwo\n/context\n");
    let rows: Vec<_> = events(&outcome.stdout)
        .iter()
        .filter(|event| event["event"] == "context_row")
        .map(|row| (row["id"].clone(), row["session_id"].clone()))
        .collect();
    let row = |id: i64, session: &str| (id.into(), session.into());
    assert_eq!(
        rows,
        [
            row(1, "<1>"),
            row(2, "<1>"),
            row(3, "<1>"),
            row(4, "<2>"),
            row(5, "<2>")
        ]
    );
}
