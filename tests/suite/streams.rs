//! Streams that keep to no standard: what comes of them, exactly.

mod stray;

use serde_json::json;

use crate::support::events::events;
use crate::support::run::{Outcome, STARTED, Saylog, asking, check, with_way_on};
use crate::support::server::{Server, script};

/// The head of an answer with these words in it.
fn head(status: &str, kind: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{kind}Connection: close\r\n\r\n")
}

/// The head of a stream that says that it is one.
fn stream() -> String {
    head("200 OK", "Content-Type: text/event-stream\r\n")
}

/// One model that answers with these bytes, asked once.
fn asked(answer: impl Into<Vec<u8>>) -> (Saylog, Outcome) {
    let answer = answer.into();
    let server = Server::new([script(move |mut turn| {
        turn.sends(&answer);
    })]);
    let saylog = asking(&server);
    let outcome = saylog.play("/start\nhello\n");
    (saylog, outcome)
}

/// These bytes are this whole reply, and nothing is told.
#[track_caller]
fn is_whole(answer: impl Into<Vec<u8>>, reply: &str) {
    let (saylog, outcome) = asked(answer);
    check(&outcome, &format!("{STARTED}{reply}\n"), "", 0);
    let log = saylog.log();
    assert!(log.contains("\"status\":\"complete\""), "{log}");
}

/// These bytes fail with this sentence, and so much of a reply came.
#[track_caller]
fn fails(answer: impl Into<Vec<u8>>, came: &str, sentence: &str) {
    let (saylog, outcome) = asked(answer);
    let came = if came.is_empty() {
        String::new()
    } else {
        format!("{came}\n")
    };
    let told = format!("<stdin>:2: {}\n", with_way_on(sentence, &came));
    check(&outcome, &format!("{STARTED}{came}"), &told, 1);
    let log = saylog.log();
    assert!(log.contains("\"status\":\"failed\""), "{log}");
}

const ONE: &str = r#"{"choices":[{"index":0,"delta":{"content":"one "}}]}"#;
const TWO: &str = r#"{"choices":[{"index":0,"delta":{"content":"two"}}]}"#;
const STOP: &str = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;
const DONE: &str = "[DONE]";

/// The hint of most failures.
const RETRY: &str = "`/retry` asks again";

/// What is told of a reply that breaks off.
const CUT: &str = "the reply was cut off; `/retry` asks again";

#[test]
fn events_that_are_no_reply_are_passed_over() {
    for other in [
        "data: ping",
        "data:",
        "data: null",
        "data: \"heartbeat\"",
        "data: [1]",
        "data: {\"type\":\"ping\"}",
        "event: ping\ndata: 2026-11-25 02:00:00",
        "event: progress\ndata: reading file",
    ] {
        is_whole(
            format!(
                "{}{other}\n\ndata: {ONE}\n\n{other}\n\ndata: {TWO}\n\n{other}\n\n\
                 data: {STOP}\n\n{other}\n\ndata: {DONE}\n\n",
                stream()
            ),
            "one two",
        );
    }
}

#[test]
fn nothing_but_signs_of_life_is_no_reply() {
    for end in ["", "data: [DONE]\n\n"] {
        fails(
            format!("{}data: ping\n\ndata: pong\n\n{end}", stream()),
            "",
            "the endpoint sent what is no reply: `ping`; check the base URL",
        );
    }
    fails(
        format!("{}data: {ONE}\n\ndata: ping\n\n", stream()),
        "one ",
        CUT,
    );
}

/// A whole answer in one piece.
const WHOLE: &str = r#"{"choices":[{"index":0,"message":{"content":"one two"}}]}"#;

#[test]
fn what_comes_decides_and_not_its_label() {
    let events = [ONE, TWO, STOP, DONE].map(|event| format!("data: {event}\n\n"));
    let lines = [ONE, TWO, STOP, DONE].map(|event| format!("{event}\n"));
    let pretty = WHOLE.replace('{', "{\n  ").replace(',', ",\n  ");
    for kind in [
        "text/event-stream",
        "application/json; charset=utf-8",
        "application/x-ndjson",
        "text/html",
        "text/plain",
        "",
    ] {
        for status in ["200 OK", "201 Created", "202 Accepted", "206 Part"] {
            let kind = match kind {
                "" => String::new(),
                kind => format!("Content-Type: {kind}\r\n"),
            };
            let head = head(status, &kind);
            for body in [&events.concat(), &lines.concat(), WHOLE, &pretty] {
                is_whole(format!("{head}{body}"), "one two");
            }
        }
    }
}

#[test]
fn what_was_cut_is_never_whole_whatever_its_form() {
    for body in [
        format!("data: {ONE}\n\n"),
        format!("{ONE}\n"),
        format!("{ONE}\n{}", &STOP[..20]),
    ] {
        fails(format!("{}{body}", stream()), "one ", CUT);
    }
    let part = &WHOLE[..WHOLE.len() - 1];
    fails(format!("{}{part}", stream()), "", CUT);
    // One of several messages looks like a whole one.
    fails(format!("{}data: {WHOLE}\n\n", stream()), "one two", CUT);
}

#[test]
fn a_web_page_is_told_whatever_its_label() {
    for kind in ["text/html", "application/json", "text/event-stream"] {
        fails(
            head("200 OK", &format!("Content-Type: {kind}\r\n")) + "\n<!DOCTYPE html><p>hello",
            "",
            "the endpoint answered with a web page, not with a reply; check the base URL",
        );
    }
}

/// A stream of these texts, as they stand in JSON, that ends properly.
fn saying(texts: &[&[u8]]) -> Vec<u8> {
    let mut answer = stream().into_bytes();
    for text in texts {
        answer.extend(br#"data: {"choices":[{"index":0,"delta":{"content":""#);
        answer.extend(*text);
        answer.extend(b"\"}}]}\n\n");
    }
    answer.extend(format!("data: {STOP}\n\ndata: {DONE}\n\n").bytes());
    answer
}

#[test]
fn halves_of_characters_are_put_together() {
    let smile = "😀".as_bytes();
    for halves in [
        [&br"ok \ud83d"[..], br"\ude00 end"],
        [br"ok \ud83d\ude00", b" end"],
        [
            &[b"ok ", &smile[..2]].concat(),
            &[&smile[2..], b" end"].concat(),
        ],
    ] {
        is_whole(saying(&halves), "ok 😀 end");
        is_whole(saying(&[halves[0], b"", halves[1]]), "ok 😀 end");
    }
}

#[test]
fn what_is_no_character_is_told_and_costs_nothing_else() {
    for wrong in [&br"\ud83d"[..], br"\ude00", b"\xff", b"\xf0\x9f"] {
        for (texts, reply) in [
            ([b"one ", wrong, b" two"], "one \u{fffd} two"),
            ([b"one ", b"two ", wrong], "one two \u{fffd}"),
        ] {
            let (_, outcome) = asked(saying(&texts));
            let told = "a character of the reply came damaged; `\u{fffd}` stands for it\n";
            check(&outcome, &format!("{STARTED}{reply}\n"), told, 0);
        }
    }
}

#[test]
fn a_piece_that_cannot_be_read_costs_itself_and_is_told() {
    let broken = r#"{"choices":[{"del"#;
    for (before, after) in [("data: ", "\n\n"), ("", "\n")] {
        let events = |events: &[&str]| {
            let events = events.iter().map(|event| format!("{before}{event}{after}"));
            events.fold(stream(), |all, event| all + &event)
        };
        for end in [&[STOP, DONE][..], &[DONE], &[STOP]] {
            fails(
                events(&[&[ONE, broken, TWO], end].concat()),
                "one two",
                "a piece of the reply cannot be read and is missing: `{\"choices\":[{\"del`; \
                 `/retry` asks again",
            );
        }
        is_whole(events(&[ONE, TWO, STOP, broken, DONE]), "one two");
        fails(
            events(&[broken, DONE]),
            "",
            "the endpoint sent what is no reply: `{\"choices\":[{\"del`; check the base URL",
        );
    }
}

#[test]
fn a_doubled_key_takes_its_last_value() {
    let twice = TWO.replace("\"content\"", "\"content\":\"no\",\"content\"");
    is_whole(
        format!(
            "{}data: {ONE}\n\ndata: {twice}\n\ndata: {STOP}\n\n",
            stream()
        ),
        "one two",
    );
}

#[test]
fn events_need_no_blank_line_between_them() {
    for end in ["\n", "\r\n"] {
        let events = ["ping", ONE, TWO, STOP, DONE].map(|event| format!("data: {event}{end}"));
        is_whole(stream() + &events.concat(), "one two");
    }
    let cut = format!("{}data: {ONE}\ndata: {TWO}\n", stream());
    fails(cut, "one two", CUT);
    // An event may still have several lines.
    let long = WHOLE.replace(',', ",\ndata: ").replace("[{", "[\ndata: {");
    is_whole(
        format!("{}data: {long}\n\ndata: {DONE}\n\n", stream()),
        "one two",
    );
}

#[test]
fn a_picture_beside_the_text_does_not_cost_it() {
    let picture = "A".repeat(2_000_000);
    let event = TWO.replace(
        "\"content\"",
        &format!("\"images\":[\"{picture}\"],\"content\""),
    );
    is_whole(
        format!("{}data: {event}\n\ndata: {STOP}\n\n", stream()),
        "two",
    );
}

/// A stream of one part and an end for this reason.
fn stopped(reason: &str) -> String {
    let stop = STOP.replace("stop", reason);
    format!(
        "{}data: {ONE}\n\ndata: {stop}\n\ndata: {DONE}\n\n",
        stream()
    )
}

#[test]
fn only_an_end_of_the_endpoint_s_own_makes_a_reply_whole() {
    for reason in ["stop", "end_turn", "EOS", "complete"] {
        is_whole(stopped(reason), "one ");
    }
    for (reason, sentence) in [
        (
            "content_filter",
            "the reply was stopped by the endpoint's filter (`content_filter`); \
             `/retry` asks again, `/edit` says it in other words",
        ),
        (
            "tool_calls",
            "the model asked for a tool, and has none here (`tool_calls`); `/retry` asks again",
        ),
        (
            "error",
            "the endpoint ended the reply with `error`; `/retry` asks again",
        ),
        (
            "insufficient_system_resource",
            "the endpoint ended the reply with `insufficient_system_resource`; \
             `/retry` asks again",
        ),
    ] {
        fails(stopped(reason), "one ", sentence);
    }
}

#[test]
fn a_reply_that_was_cut_stays_so_whatever_is_said_after_it() {
    let end = |reason: &str| STOP.replace("stop", reason);
    let told = "the reply stopped at the model's limit of tokens; `/continue` asks it to go on\n";
    for ends in [
        format!("data: {}\n\ndata: {STOP}\n\n", end("length")),
        format!("data: [{},{STOP}]\n\n", end("max_tokens")),
    ] {
        let (saylog, outcome) = asked(format!("{}data: {ONE}\n\n{ends}", stream()));
        check(&outcome, &format!("{STARTED}one \n"), told, 0);
        let reply = &events(&saylog.log())[1];
        assert_eq!(reply["finish_reason"], "length");
    }
}

#[test]
fn a_text_beside_a_call_of_a_tool_is_no_whole_reply() {
    let call = r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"x"}]}}]}"#;
    let told = |word| format!("the model asked for a tool, and has none here{word}; {RETRY}");
    for (end, word) in [
        (format!("data: {STOP}\n\ndata: {DONE}\n\n"), " (`stop`)"),
        (format!("data: {DONE}\n\n"), ""),
    ] {
        let answer = format!("{}data: {ONE}\n\ndata: {call}\n\n{end}", stream());
        fails(answer, "one ", &told(word));
    }
    let whole = r#"{"choices":[{"message":{"content":"one ","tool_calls":[{"id":"x"}]},"finish_reason":"stop"}]}"#;
    fails(stream() + whole, "one ", &told(" (`stop`)"));
    let whole = r#"{"message":{"content":"one ","tool_calls":[{"function":{}}]},"done":true,"done_reason":"stop"}"#;
    fails(stream() + whole, "one ", &told(" (`stop`)"));
    let whole =
        r#"{"choices":[{"message":{"content":"one ","tool_calls":[]},"finish_reason":"stop"}]}"#;
    is_whole(stream() + whole, "one ");
}

#[test]
fn an_end_is_read_in_several_forms() {
    is_whole(stopped("stop").replace("\"stop\"", "[\"stop\"]"), "one ");
    is_whole(
        stopped("stop").replace("\"stop\"", "{\"type\":\"stop\"}"),
        "one ",
    );
    let beside = |other: &str| {
        let field = format!("\"stop\",\"native_finish_reason\":\"{other}\"");
        stopped("stop").replace("\"stop\"", &field)
    };
    is_whole(beside("end_turn"), "one ");
    let told = "the reply was stopped by the endpoint's filter (`SAFETY`); \
                `/retry` asks again, `/edit` says it in other words";
    fails(beside("SAFETY"), "one ", told);
    let wordless = beside("SAFETY").replace("one ", "");
    fails(wordless, "", told);
    let full = stopped("stop").replace("\"stop\"}]", "\"stop\"}],\"truncated\":true");
    let (_, outcome) = asked(full);
    let told = "the reply stopped at the model's limit of tokens; `/continue` asks it to go on\n";
    check(&outcome, &format!("{STARTED}one \n"), told, 0);
}

#[test]
fn what_came_before_a_damaged_chunk_is_kept() {
    let head = head("200 OK", "Transfer-Encoding: chunked\r\n");
    let chunks = |events: &[&str]| {
        let chunk = |event: &&str| {
            let event = format!("data: {event}\n\n");
            format!("{:x}\r\n{event}\r\n", event.len())
        };
        let chunks: String = events.iter().map(chunk).collect();
        format!("{head}{chunks}ZZ\r\n")
    };
    let told = format!("the reply was cut off: the stream is damaged; {RETRY}");
    fails(chunks(&[ONE, TWO]), "one two", &told);
    fails(chunks(&[]), "", &told);
    fails(chunks(&[ONE].repeat(5000)), &"one ".repeat(5000), &told);
    is_whole(chunks(&[ONE, TWO, STOP]), "one two");
    is_whole(chunks(&[ONE, TWO, STOP, DONE]), "one two");
}

#[test]
fn a_nul_is_kept_as_what_stands_for_it() {
    let thought = r#"{"choices":[{"delta":{"reasoning_content":"h\u0000m"}}]}"#;
    let text = r#"{"choices":[{"delta":{"content":"a\u0000b"}}],"citations":["http://h/\u0000"]}"#;
    let stop = STOP.replace("\"stop\"", "\"st\\u0000op\"");
    let answer = [thought, text, &stop, DONE].map(|event| format!("data: {event}\n\n"));
    let (saylog, outcome) = asked(stream() + &answer.concat());
    let told = "a character of the reply came damaged; `\u{fffd}` stands for it\n";
    check(&outcome, &format!("{STARTED}a\u{fffd}b\n"), told, 0);
    let reply = &events(&saylog.log())[1];
    for (field, kept) in [
        ("content", json!("a\u{fffd}b")),
        ("reasoning", json!("h\u{fffd}m")),
        ("finish_reason", json!("st\u{fffd}op")),
        (
            "citations",
            json!([{"url": "http://h/\u{fffd}", "title": null}]),
        ),
    ] {
        assert_eq!(reply[field], kept, "{field}");
    }
}

#[test]
fn what_nobody_sees_is_no_word() {
    for text in ["\\u200b", "\\ufeff\\u2060", "\\u00a0 \\n"] {
        let (_, outcome) = asked(saying(&[text.as_bytes()]));
        let told = "the model ended its reply without a word; ";
        assert!(outcome.stderr.contains(told), "{}", outcome.stderr);
        assert_eq!(outcome.code, 1);
    }
}

#[test]
fn an_error_within_a_stream_is_told_in_its_words() {
    let choice = r#"{"choices":[{"delta":{},"finish_reason":"error","error":{"code":502,"message":"too busy"}}]}"#;
    let passed_on =
        r#"{"error":{"message":"Provider returned error","metadata":{"raw":"too busy"}}}"#;
    for (error, words) in [
        (format!("data: {choice}"), "too busy"),
        ("data: {\"error\":\"too busy\"}".into(), "too busy"),
        (
            "data: {\"code\":\"Throttling\",\"message\":\"too busy\",\"request_id\":\"r\"}".into(),
            "too busy",
        ),
        ("data: {\"detail\":\"too busy\"}".into(), "too busy"),
        (
            "data: {\"error_code\":17,\"error_msg\":\"too busy\"}".into(),
            "too busy",
        ),
        (
            "id:1\nevent:error\n:HTTP_STATUS/429\ndata:too busy".into(),
            "too busy",
        ),
        ("error: {\"message\":\"too busy\"}".into(), "too busy"),
        (
            format!("data: {passed_on}"),
            "Provider returned error: too busy",
        ),
    ] {
        let sentence = format!("the endpoint failed: {words}; `/retry` asks again");
        fails(
            format!("{}{error}\n\ndata: {DONE}\n\n", stream()),
            "",
            &sentence,
        );
        let answer = format!("{}data: {ONE}\n\n{error}\n\n", stream());
        fails(answer, "one ", &sentence);
    }
}

#[test]
fn an_end_without_a_word_is_a_failure() {
    let delta = |fields: &str| format!("data: {{\"choices\":[{{\"delta\":{{{fields}}}}}]}}\n\n");
    for (came, sentence) in [
        (
            delta("\"role\":\"assistant\""),
            "the model ended its reply without a word; \
             `/retry` asks again; `/context` shows what it was sent",
        ),
        (
            delta("\"tool_calls\":[{\"id\":\"x\"}]"),
            "the model asked for a tool instead of answering; \
             it has none here; `/retry` asks again",
        ),
        (
            delta("\"reasoning_content\":\"hm\""),
            "the model thought, but did not answer; `/retry` asks again",
        ),
        (
            delta("\"content\":\"<think>hm\""),
            "the model thought, but did not answer; `/retry` asks again",
        ),
    ] {
        let answer = format!("{}{came}data: {STOP}\n\ndata: {DONE}\n\n", stream());
        fails(answer, "", sentence);
    }
}

#[test]
fn what_a_model_thinks_is_not_shown_and_not_sent_back() {
    let thinking = |text: &str| {
        let mut answer = stream();
        for piece in text.split_inclusive(['k', '\n', '/']) {
            let delta = json!({"choices": [{"index": 0, "delta": {"content": piece}}]});
            answer += &format!("data: {delta}\n\n");
        }
        answer + &format!("data: {STOP}\n\n")
    };
    let answers = [
        "\n<think>\nmusings\n</think>\n\nanswer",
        "a <think> is text",
    ];
    let scripts = answers.map(|text| {
        let answer = thinking(text);
        script(move |mut turn| {
            turn.sends(&answer);
        })
    });
    let server = Server::new(scripts);
    let saylog = asking(&server);
    let outcome = saylog.play("/start\none\ntwo\n");
    check(
        &outcome,
        &format!("{STARTED}answer\na <think> is text\n"),
        "",
        0,
    );
    server.request();
    assert_eq!(
        server.request().messages(),
        ["user: one", "assistant: answer", "user: two"]
    );
}
