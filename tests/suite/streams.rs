//! Streams that keep to no standard: what comes of them, exactly.

use crate::support::run::{Outcome, STARTED, Saylog, asking, check};
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
    let told = format!("<stdin>:2: {sentence}\n");
    check(&outcome, &format!("{STARTED}{came}"), &told, 1);
    let log = saylog.log();
    assert!(log.contains("\"status\":\"failed\""), "{log}");
}

const ONE: &str = r#"{"choices":[{"index":0,"delta":{"content":"one "}}]}"#;
const TWO: &str = r#"{"choices":[{"index":0,"delta":{"content":"two"}}]}"#;
const STOP: &str = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;
const DONE: &str = "[DONE]";

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
        "the reply was cut off",
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
        fails(
            format!("{}{body}", stream()),
            "one ",
            "the reply was cut off",
        );
    }
    let part = &WHOLE[..WHOLE.len() - 1];
    fails(format!("{}{part}", stream()), "", "the reply was cut off");
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
                "a piece of the reply cannot be read and is missing: `{\"choices\":[{\"del`",
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
    fails(cut, "one two", "the reply was cut off");
    // An event may still have several lines.
    let long = WHOLE.replace(',', ",\ndata: ").replace("[{", "[\ndata: {");
    is_whole(format!("{}data: {long}\n\n", stream()), "one two");
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
