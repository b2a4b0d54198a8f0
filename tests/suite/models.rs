//! Models over HTTP: what they are told, what comes of a reply, what is kept.

use std::sync::mpsc::channel;

use serde_json::json;

use crate::support::events::events;
use crate::support::peer::Peer;
use crate::support::run::{MOCK, STARTED, Saylog, asking, check, feed};
use crate::support::server::{Script, Server, Turn, script};
use crate::support::store::Store;

/// A server that answers once and counts: seven tokens sent, two received.
fn counting() -> Server {
    Server::new(vec![script(|mut answer| {
        answer.begins();
        answer.says("Hello, ");
        answer.says("Alice!");
        answer.counts(7, 2);
    })])
}

#[test]
fn a_reply_is_a_line() {
    let server = counting();
    let saylog = asking(&server);
    let outcome = saylog.play("/start\nhello\n/history\n").normal(&saylog);
    check(
        &outcome,
        &format!(
            "{STARTED}Hello, Alice!\n\
             <time> alice <1> user: hello\n<time> alice <1> ai: Hello, Alice!\n"
        ),
        "",
        0,
    );
    let request = server.request();
    assert!(
        request
            .head
            .starts_with("POST /v1/chat/completions HTTP/1.1\r\n"),
        "{}",
        request.head
    );
    assert!(!request.head.to_lowercase().contains("authorization"));
    assert_eq!(
        request.body,
        json!({
            "model": "m1",
            "messages": [{"role": "user", "content": "hello"}],
            "stream": true,
            "stream_options": {"include_usage": true},
        })
    );
}

#[test]
fn a_reply_is_one_event_with_what_was_counted() {
    let server = counting();
    let saylog = asking(&server).with(&["--json"]);
    let outcome = saylog.play("/start\nhello\n").normal(&saylog);
    check(
        &outcome,
        concat!(
            r#"{"event":"start","line":1,"user_id":"alice","session_id":"<1>","title":null,"persona":null,"message":"Chat started successfully!"}"#,
            "\n",
            r#"{"event":"reply","line":2,"id":2,"seq":2,"parent_id":1,"user_id":"alice","session_id":"<1>","role":"ai","content":"Hello, Alice!","created_at":"<time>","model":"m1","status":"complete","prompt_tokens":7,"reply_tokens":2,"finish_reason":"stop","reasoning":null,"citations":null,"said_at":null,"source":null,"tries":1}"#,
            "\n",
        ),
        "",
        0,
    );
    let store = saylog.stored();
    let counted: (i64, i64) =
        store.row("SELECT prompt_tokens, reply_tokens FROM log WHERE role = 'ai'");
    assert_eq!(counted, (7, 2));
}

#[test]
fn tokens_and_seconds_are_told_on_request() {
    let server = counting();
    let saylog = asking(&server).with(&["--verbose"]);
    let outcome = saylog.play("/start\nhello\n");
    assert_eq!(outcome.stdout, format!("{STARTED}Hello, Alice!\n"));
    assert_eq!(outcome.code, 0);
    // `7 tokens sent, 2 received, 0.0 s, 500 tokens a second`, without the figures.
    let words: Vec<_> = outcome
        .stderr
        .split(|c: char| c.is_ascii_digit() || c == '.')
        .filter(|word| !word.is_empty())
        .collect();
    assert_eq!(
        words,
        [
            " tokens sent, ",
            " received, ",
            " s, ",
            " tokens a second\n"
        ]
    );
    assert!(
        outcome.stderr.starts_with("7 tokens sent, 2 received, "),
        "{}",
        outcome.stderr
    );

    let server = counting();
    let json = asking(&server).with(&["--verbose", "--json"]);
    let outcome = json.play("/start\nhello\n");
    let cost = events(&outcome.stdout).pop().expect("an event");
    assert!(cost["milliseconds"].as_i64().is_some_and(|time| time >= 0));
    assert_eq!((&cost["event"], &cost["line"]), (&json!("cost"), &json!(2)));
    assert_eq!(
        (&cost["prompt_tokens"], &cost["reply_tokens"]),
        (&json!(7), &json!(2))
    );
}

#[test]
fn parts_are_shown_as_they_come() {
    let (go_on, wait) = channel();
    let server = Server::new(vec![script(move |mut answer| {
        answer.begins();
        answer.says("one ");
        wait.recv().expect("the test goes on");
        answer.says("two");
        answer.ends();
    })]);
    let saylog = asking(&server);
    let mut peer = Peer::new(saylog.command());
    peer.say("/start");
    peer.say("hello");
    peer.read(STARTED.len() + 4);
    assert_eq!(peer.printed, format!("{STARTED}one "));
    go_on.send(()).expect("the server waits");
    check(&peer.hang_up(), &format!("{STARTED}one two\n"), "", 0);
}

#[test]
fn the_question_is_kept_before_the_model_is_asked() {
    let folder = Saylog::new();
    let path = folder.store();
    let (found, finds) = channel();
    let server = Server::new(vec![script(move |mut answer| {
        let rows = Store::open(&path).rows::<(String, String)>("SELECT role, content FROM log");
        found.send(rows).expect("the test waits");
        answer.begins();
        answer.says_at_last("fine");
    })]);
    let saylog = folder.with(&["--model", "m1", "--base-url", &server.base()]);
    check(
        &saylog.play("/start\nhello\n"),
        &format!("{STARTED}fine\n"),
        "",
        0,
    );
    let rows = finds.recv().expect("the server was asked");
    assert_eq!(rows, [("user".to_owned(), "hello".to_owned())]);
    assert_eq!(saylog.said(), ["alice user: hello", "alice ai: fine"]);
}

#[test]
fn a_model_is_told_its_system_prompt_and_the_context_in_order() {
    let server = Server::replying(&["fine", "five", "done"]);
    let saylog = asking(&server).with(&["--system", "be brief"]);
    saylog.play("/start\nhow are you?\n\"\"\"\ntwo\nand three\n\"\"\"\n");
    saylog.play("/resume\nthanks\n");
    let messages: Vec<_> = (0..3).map(|_| server.request().messages()).collect();
    let all = [
        "system: be brief",
        "user: how are you?",
        "assistant: fine",
        "user: two\nand three",
        "assistant: five",
        "user: thanks",
    ];
    assert_eq!(messages, [&all[..2], &all[..4], &all[..]]);
}

#[test]
fn a_model_is_told_nothing_of_others_and_nothing_from_before_a_clear() {
    let server = Server::replying(&["a1", "b1", "a2", "b2", "a3", "a4"]);
    let saylog = asking(&server);
    let outcome = saylog.play(
        "/start\nalice one\n/user bob\n/start\nbob one\n/user alice\nalice two\n\
         /user bob\nbob two\n/user alice\n/clear\nalice three\n/start\nalice four\n",
    );
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    let told: Vec<_> = (0..6).map(|_| server.request().messages()).collect();
    assert_eq!(
        told,
        [
            vec!["user: alice one"],
            vec!["user: bob one"],
            vec!["user: alice one", "assistant: a1", "user: alice two"],
            vec!["user: bob one", "assistant: b1", "user: bob two"],
            vec!["user: alice three"],
            vec!["user: alice four"],
        ]
    );
    assert_eq!(saylog.said().len(), 12);
}

#[test]
fn a_model_is_told_the_newest_whole_turns_that_fit() {
    let replies = ["a001", "a002", "a003", "a004", "a005"];
    let server = Server::replying(&replies);
    // Three quarters of the window, 30 tokens, are for the context. Each message
    // has 5: two turns and the question fit, a third turn would not.
    let saylog = asking(&server).with(&["--window", "40"]);
    saylog.play("/start\nq001\nq002\nq003\nq004\nq005\n");
    let told: Vec<_> = (0..5).map(|_| server.request().messages()).collect();
    assert_eq!(
        told[4],
        [
            "user: q003",
            "assistant: a003",
            "user: q004",
            "assistant: a004",
            "user: q005"
        ]
    );
    assert_eq!(told[2].len(), 5);
}

#[test]
fn a_message_that_fills_the_window_is_asked_alone() {
    let server = Server::replying(&["a", "b"]);
    let saylog = asking(&server).with(&["--window", "40", "--system", "be brief"]);
    let long = "x".repeat(400);
    saylog.play(format!("/start\nshort\n{long}\n"));
    server.request();
    assert_eq!(
        server.request().messages(),
        ["system: be brief".to_owned(), format!("user: {long}")]
    );
}

#[test]
fn a_reply_that_is_cut_off_keeps_what_came_and_the_transcript_goes_on() {
    let server = Server::new(vec![
        script(|mut answer| {
            answer.begins();
            answer.says("half a ");
        }),
        script(|mut answer| {
            answer.begins();
            answer.says("whole");
            answer.counts(9, 1);
        }),
    ]);
    let saylog = asking(&server);
    check(
        &saylog.play("/start\nhello\nagain\n"),
        &format!("{STARTED}half a \nwhole\n"),
        "<stdin>:2: the reply was cut off; `/continue` asks for the rest, `/retry` for \
         another reply\n",
        1,
    );
    let statuses: Vec<_> = events(&saylog.log())
        .iter()
        .filter(|event| event["role"] == "ai")
        .map(|event| (event["content"].clone(), event["status"].clone()))
        .collect();
    assert_eq!(
        statuses,
        [
            (json!("half a "), json!("failed")),
            (json!("whole"), json!("complete"))
        ]
    );
    server.request();
    assert_eq!(
        server.request().messages(),
        ["user: hello", "assistant: half a ", "user: again"]
    );
}

#[test]
fn a_reply_that_is_cut_off_is_two_events() {
    let server = Server::new(vec![script(|mut answer| {
        answer.begins();
        answer.says("half a ");
    })]);
    let saylog = asking(&server).with(&["--json"]);
    let outcome = saylog.play("/start\nhello\n");
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 1));
    let events = events(&outcome.stdout);
    assert_eq!(events.len(), 3);
    assert_eq!(events[1]["event"], "reply");
    assert_eq!(
        (&events[1]["content"], &events[1]["status"]),
        (&json!("half a "), &json!("failed"))
    );
    assert_eq!(
        events[2],
        json!({"event": "error", "line": 2, "code": "responder",
               "error": "the reply was cut off",
               "hint": "`/continue` asks for the rest, `/retry` for another reply", "kind": "busy",
               "tries": 1})
    );
}

#[test]
fn the_kind_of_a_failure_says_whether_a_wait_helps() {
    let refusing = |status: &'static str, body: &'static str| {
        script(move |turn| turn.refuses(status, "", body))
    };
    let told = |answer: Script, more: &[&str]| {
        let server = Server::new([answer]);
        let saylog = asking(&server).with(&["--json", "--start", "--retries", "0"]);
        let outcome = saylog.run(&[more, &["-c", "hello"]].concat());
        let events = events(&outcome.stdout);
        events.last().expect("an error")["kind"].clone()
    };
    assert_eq!(told(refusing("429 No", ""), &[]), "busy");
    assert_eq!(told(refusing("529 No", ""), &[]), "busy");
    assert_eq!(told(refusing("401 No", ""), &[]), "refused");
    assert_eq!(told(refusing("403 No", ""), &[]), "refused");
    assert_eq!(told(refusing("400 No", ""), &[]), "other");
    let quota = "{\"error\": {\"code\": \"insufficient_quota\"}}";
    assert_eq!(told(refusing("429 No", quota), &[]), "refused");
    assert_eq!(told(script(drop), &[]), "busy");
    for limit in ["first_byte=0.1", "total=0.1"] {
        assert_eq!(told(script(Turn::hangs), &["--timeout", limit]), "busy");
    }
    let silent = script(|mut turn| {
        turn.begins();
        turn.hangs();
    });
    assert_eq!(told(silent, &["--timeout", "idle=0.1"]), "busy");
    let none = ["--json", "--start", "--model", "cmd:/nonexistent"];
    let outcome = Saylog::new().with(&none).run(&["-c", "hello"]);
    let last = events(&outcome.stdout).pop().expect("an error");
    assert_eq!(last["kind"], "refused");
}

#[test]
fn a_transcript_may_stop_at_a_reply_that_failed() {
    let server = Server::refusing("500 No", "");
    let saylog = asking(&server).with(&["--stop-on-error"]);
    check(
        &saylog.play("/start\nhello\nagain\n"),
        STARTED,
        "<stdin>:2: the endpoint failed (500) (asked 3 times); the fault is on its side; \
         `/retry` asks again\n",
        3,
    );
    assert_eq!(saylog.said(), ["alice user: hello", "alice ai: "]);
}

#[test]
fn models_are_listed() {
    let server = Server::new(vec![script(|answer| {
        let models = r#"{"data": [{"id": "m1"}, {"id": "m2"}, {"id": "m1"}, {"id": "\ud800"}]}"#;
        answer.refuses("200 OK", "", models);
    })]);
    let saylog = asking(&server);
    check(
        &saylog.lines(&["/models"]),
        "mock\nmock:echo\nmock:slow\nm1 current\nm2\n",
        "",
        0,
    );
    let request = server.request();
    assert!(request.head.starts_with("GET /v1/models HTTP/1.1\r\n"));

    check(
        &Saylog::new().with(&["--json"]).lines(&["/models"]),
        "{\"event\":\"model_row\",\"line\":1,\"model\":\"mock\",\"current\":true}\n\
         {\"event\":\"model_row\",\"line\":1,\"model\":\"mock:echo\",\"current\":false}\n\
         {\"event\":\"model_row\",\"line\":1,\"model\":\"mock:slow\",\"current\":false}\n\
         {\"event\":\"end\",\"line\":1,\"scope\":null,\"count\":3,\"more\":false}\n",
        "",
        0,
    );
}

#[test]
fn a_list_of_which_a_page_does_not_come_is_shown_as_far_as_it_came() {
    let page = r#"{"data": [{"id": "m1"}, {"id": "m2"}], "has_more": true, "last_id": "m2"}"#;
    let server = Server::new([
        script(move |answer| answer.refuses("200 OK", "", page)),
        script(|answer| answer.refuses("500 No", "", "")),
    ]);
    let saylog = asking(&server).with(&["--retries", "0"]);
    check(
        &saylog.lines(&["/models"]),
        "mock\nmock:echo\nmock:slow\nm1 current\nm2\n",
        "-c:1: the endpoint failed (500); the fault is on its side; `/models` asks again\n",
        1,
    );
    server.request();
    let request = server.request();
    assert!(
        request
            .head
            .starts_with("GET /v1/models?after_id=m2 HTTP/1.1\r\n")
    );
}

#[test]
fn a_session_remembers_who_answers_in_it() {
    let server = Server::replying(&["from m2"]);
    let saylog = Saylog::new().with(&["--base-url", &server.base()]);
    check(
        &saylog.play("/model\n/start\n/model m2\n/model\n/start\n/model\n"),
        &format!("mock\n{STARTED}m2\nm2\n{STARTED}mock\n"),
        "",
        0,
    );
    // Both sessions are empty; their ids are in the store.
    let id = saylog.stored().sessions().remove(0);
    let outcome = saylog.play(format!("/model\n/resume {id}\n/model\nhello\n"));
    check(
        &outcome.normal(&saylog),
        "mock\nSession <1> resumed, 0 messages.\nm2\nfrom m2\n",
        "",
        0,
    );
    assert_eq!(server.request().body["model"], "m2");
    assert_eq!(events(&saylog.log())[1]["model"], "m2");
}

#[test]
fn an_endpoint_without_a_model_is_not_asked_and_that_is_told_once() {
    // Nobody listens there, and nobody is asked.
    let saylog = Saylog::new().with(&["--base-url", "http://127.0.0.1:9/v1"]);
    let told = "no model is named for the endpoint, and a mock answers; `-m MODEL` names one, \
                `/models` lists what there is\n";
    check(&saylog.run(&["hello"]), MOCK, told, 0);
    check(
        &saylog.play("/start\nhello\nagain\n"),
        &format!("{STARTED}{MOCK}{MOCK}"),
        told,
        0,
    );
    // Whoever has named one knows.
    check(
        &saylog.play("/start\n/model mock:echo\nhello\n"),
        &format!("{STARTED}mock:echo\nhello\n"),
        "",
        0,
    );
    check(&saylog.run(&["-m", "mock", "hello"]), MOCK, "", 0);
}

#[test]
fn a_mock_that_nobody_chose_does_not_go_on_for_a_model_in_silence() {
    let server = counting();
    let saylog = asking(&server);
    saylog.run(&["hello"]);
    let told = "`m1` has answered here before, and now a mock does; `/model m1` chooses it again\n";
    let log = saylog.folder().join("log.jsonl");
    saylog.run(&["--export", &log.to_string_lossy()]);
    let mut here = saylog.command_of("alice");
    here.args(["--resume", "-c", "and now?"]);
    check(&feed(here, b""), MOCK, told, 0);
    // What has answered elsewhere is a name in a file, of a program perhaps.
    let later = Saylog::new();
    later.run(&["--import", &log.to_string_lossy()]);
    let told = "another model has answered here before, and now a mock does; `-m MODEL` names \
                one, `/models` lists what there is\n";
    check(
        &later.play("/resume\nand now?\nagain\n").normal(&later),
        &format!(
            "Session <1> resumed, 2 messages.\n<time> alice <1> user: hello\n\
             <time> alice <1> ai: Hello, Alice!\n{MOCK}{MOCK}"
        ),
        told,
        0,
    );
    check(
        &later.run(&["-m", "mock", "--resume", "-c", "once more"]),
        MOCK,
        "",
        0,
    );
}

#[test]
fn without_a_session_a_model_is_chosen_for_all_that_begin() {
    let saylog = Saylog::new().with(&["--json"]);
    let outcome = saylog
        .play("/model mock:echo\n/start\nhello\n/model mock\nhello\n/user bob\n/start\n/model\n");
    assert_eq!(outcome.stderr, "");
    let models: Vec<_> = events(&outcome.stdout)
        .into_iter()
        .filter(|event| {
            ["model", "reply"]
                .iter()
                .any(|kind| event["event"] == *kind)
        })
        .map(|event| event["model"].as_str().expect("a name").to_owned())
        .collect();
    assert_eq!(
        models,
        ["mock:echo", "mock:echo", "mock", "mock", "mock:echo"]
    );
}

#[test]
fn an_unknown_model_is_an_error() {
    let saylog = Saylog::new();
    let sentence = "unknown model `gpt`; one of mock, mock:echo, mock:slow, `cmd:PROGRAM`, \
                    or any name at an endpoint given with --base-url\n";
    check(
        &saylog.play("/start\n/model gpt\n/model\n"),
        &format!("{STARTED}mock\n"),
        &format!("<stdin>:2: {sentence}"),
        1,
    );
    check(
        &saylog.run(&["--model", "gpt", "-c", "/start"]),
        "",
        &format!("saylog: {sentence}"),
        2,
    );
}

#[test]
fn a_reply_cut_short_by_the_model_is_whole_and_says_so() {
    let server = Server::new(vec![script(|mut answer| {
        answer.begins();
        answer.says("as far as");
        answer.stops("length");
    })]);
    let saylog = asking(&server);
    check(
        &saylog.play("/start\nhello\n"),
        &format!("{STARTED}as far as\n"),
        "the reply stopped at the model's limit of tokens; `/continue` asks it to go on\n",
        0,
    );
    assert_eq!(events(&saylog.log())[1]["status"], "complete");
    let kept = "log WHERE finish_reason = 'length'";
    assert_eq!(saylog.stored().count(kept), 1);
}

#[test]
fn what_a_reply_does_to_a_terminal_is_made_visible() {
    let server = Server::new(vec![script(|mut answer| {
        answer.begins();
        answer.says("\u{1b}");
        answer.says("[31mred\u{202e}\n");
        answer.says("é你好👋");
        answer.ends();
    })]);
    let saylog = asking(&server);
    check(
        &saylog.play("/start\nhello\n"),
        &format!("{STARTED}␛[31mred\\u{{202e}}\né你好👋\n"),
        "",
        0,
    );
    assert_eq!(
        events(&saylog.log())[1]["content"],
        "\u{1b}[31mred\u{202e}\né你好👋"
    );
}

#[test]
fn a_busy_endpoint_is_asked_again_when_it_says() {
    let server = Server::new(vec![
        script(|answer| answer.refuses("429 No", "Retry-After: 0\r\n", "")),
        script(|mut answer| {
            answer.begins();
            answer.says("fine");
            answer.ends();
        }),
    ]);
    let saylog = asking(&server);
    check(
        &saylog.play("/start\nhello\n"),
        &format!("{STARTED}fine\n"),
        "",
        0,
    );
    assert_eq!(saylog.said(), ["alice user: hello", "alice ai: fine"]);
}

#[test]
fn the_environment_may_say_whom_to_ask() {
    let server = Server::replying(&["fine"]);
    let saylog = Saylog::new();
    let mut command = saylog.command();
    command
        .env("SAYLOG_MODEL", "m1")
        .env("SAYLOG_BASE_URL", server.base())
        .env("SAYLOG_SYSTEM", "be brief")
        .env("SAYLOG_KEY_VARIABLE", "SOME_KEY")
        .env("SOME_KEY", "test-key-123");
    let outcome = feed(command, b"/start\nhello\n");
    check(&outcome, &format!("{STARTED}fine\n"), "", 0);
    let request = server.request();
    let head = request.head.to_lowercase();
    assert!(head.contains("authorization: bearer test-key-123"));
    assert_eq!(request.messages(), ["system: be brief", "user: hello"]);
    assert_eq!(request.body["model"], "m1");
}
