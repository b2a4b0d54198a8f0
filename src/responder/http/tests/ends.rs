//! Why a reply ended, and what that makes of it.

use std::io::{self, Read};
use std::sync::mpsc::sync_channel;

use super::*;
use crate::responder::LengthRefusal;
use crate::responder::http::Api;
use crate::responder::http::answer::read_reply;
use crate::responder::http::limits::Limits;
use crate::responder::http::worker::Signal;

/// The last event of a stream, with this reason.
fn stop(reason: &str) -> String {
    STOP.replace("\"stop\"", reason)
}

fn reason(heard: &FinishedReply) -> Option<&str> {
    heard.ending.finish_reason.as_deref()
}

#[test]
fn a_reply_is_whole_only_if_the_endpoint_ended_it() {
    for (word, kept) in [
        ("\"stop\"", "stop"),
        ("\"STOP\"", "STOP"),
        ("\"end_turn\"", "end_turn"),
        ("\"eos_token\"", "eos_token"),
        ("\"COMPLETE\"", "COMPLETE"),
    ] {
        for end in ["", DONE] {
            let heard = stream([&event("a"), &stop(word), end].concat());
            heard.assert(Status::Complete, "a", "");
            assert_eq!(reason(&heard), Some(kept));
        }
    }
    let marked = stream([&event("a"), DONE].concat());
    marked.assert(Status::Complete, "a", "");
    assert_eq!(reason(&marked), None);
    stream(event("a") + &stop("\"null\"")).assert(Status::Failed, "a", "the reply was cut off");
}

#[test]
fn a_limit_of_tokens_is_told_and_called_length() {
    for word in ["length", "max_tokens", "MAX_TOKENS", "model_length"] {
        let heard = stream([&event("a"), &stop(&format!("\"{word}\"")), DONE].concat());
        let what = "the reply stopped at the model's limit of tokens";
        heard.assert(Status::Complete, "a", what);
        assert_eq!(heard.hint(), "`/continue` asks it to go on");
        assert_eq!(reason(&heard), Some("length"));
    }
}

#[test]
fn any_other_end_is_a_failure_with_the_endpoint_s_word() {
    for (word, kept, what) in [
        (
            "\"content_filter\"",
            "content_filter",
            "the reply was stopped by the endpoint's filter (`content_filter`)",
        ),
        (
            "\"tool_calls\"",
            "tool_calls",
            "the model asked for a tool, and has none here (`tool_calls`)",
        ),
        (
            "\"error\"",
            "error",
            "the endpoint ended the reply with `error`",
        ),
        (
            "\"something\\nnew\"",
            "something new",
            "the endpoint ended the reply with `something new`",
        ),
        ("7", "7", "the endpoint ended the reply with `7`"),
    ] {
        for end in ["", DONE, STOP] {
            let heard = stream([&event("a"), &stop(word), end].concat());
            heard.assert(Status::Failed, "a", what);
            assert_eq!(reason(&heard), Some(kept));
        }
        stream([&stop(word), DONE].concat()).assert(Status::Failed, "", what);
    }
    let server = Server::saying([SSE, &event("a"), &stop("\"test-key-123\"")].concat());
    let heard = hear(with_key(&server));
    assert_eq!(reason(&heard), Some("[key]"));
}

#[test]
fn an_end_without_a_word_says_what_there_was() {
    let delta = |fields: &str| format!("data: {{\"choices\":[{{\"delta\":{{{fields}}}}}]}}\n\n");
    let thought = delta("\"reasoning_content\":\"hm\"");
    let tool = delta("\"tool_calls\":[{\"id\":\"x\"}]");
    let nothing = delta("\"role\":\"assistant\",\"content\":\"\"");
    for (body, word, what) in [
        (
            &nothing,
            "\"stop\"",
            "the model ended its reply without a word",
        ),
        (
            &nothing,
            "\"length\"",
            "the model's limit of tokens left no room for a word",
        ),
        (
            &thought,
            "\"stop\"",
            "the model thought, but did not answer",
        ),
        (
            &thought,
            "\"length\"",
            "the model thought until its limit of tokens, and did not answer",
        ),
        (
            &tool,
            "\"stop\"",
            "the model asked for a tool instead of answering",
        ),
        (
            &event(" \n"),
            "\"stop\"",
            "the model ended its reply without a word",
        ),
        (
            &event("<think>hm"),
            "\"stop\"",
            "the model thought, but did not answer",
        ),
    ] {
        let heard = stream([body, &stop(word), DONE].concat());
        heard.assert(Status::Failed, "", what);
    }
}

/// Hands out an event a read.
struct Reads(Vec<String>);

impl Read for Reads {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(event) = self.0.pop() else {
            return Ok(0);
        };
        buffer[..event.len()].copy_from_slice(event.as_bytes());
        Ok(event.len())
    }
}

#[test]
fn an_end_in_each_event_is_told_anew_with_each() {
    let ended = event("a").replace("}]}", ",\"finish_reason\":\"stop\"}]}");
    let wait = ": wait\n\n".to_owned();
    let reads = Reads(vec![wait.clone(), ended.clone(), wait, ended]);
    let (sender, pieces) = sync_channel(100);
    assert!(read_reply(reads, Api::Chat, &Limits::default(), &sender).is_ok());
    drop(sender);
    let kinds = pieces.iter().map(|piece| match piece {
        Signal::Text(_) => "text",
        Signal::ProbableEnd(Ok(end)) if end.fault.is_none() => "end",
        Signal::Alive => "alive",
        other => panic!("{other:?}"),
    });
    let kinds: Vec<_> = kinds.collect();
    // The last one stands for the end of the stream.
    let expected = ["text", "end", "alive", "text", "end", "alive", "alive"];
    assert_eq!(kinds, expected);
}

#[test]
fn a_stream_of_messages_is_not_whole_because_its_first_one_is() {
    let message = "{\"choices\":[{\"message\":{\"content\":\"a\"}}]}";
    let open = "{\"message\":{\"content\":\"a\"},\"done\":false}";
    for body in [
        format!("data: {message}\n\n"),
        message.replace("}}]}", "},\"finish_reason\":null}]}"),
        format!("{open}\n"),
        format!("{message}\n{message}\n"),
    ] {
        let heard = stream(&body);
        assert_eq!(heard.ending.status, Status::Failed, "{body}");
    }
    let done = "{\"message\":{\"content\":\"b\"},\"done\":true,\"done_reason\":\"stop\"}";
    stream(format!("{open}\n{done}\n")).assert(Status::Complete, "ab", "");
    stream(message).assert(Status::Complete, "a", "");
}

#[test]
fn what_comes_whole_after_its_parts_is_not_said_twice() {
    let message =
        "data: {\"choices\":[{\"message\":{\"content\":\"ab\"},\"finish_reason\":\"stop\"}]}\n\n";
    let heard = stream([&event("a"), &event("b"), message].concat());
    heard.assert(Status::Complete, "ab", "");
}

#[test]
fn an_error_in_the_stream_is_told_in_the_endpoint_s_words() {
    for error in [
        "data: {\"error\":{\"message\":\"no\"}}\n\n",
        "data: {\"error\":\"no\"}\n\n",
        "data: {\"code\":\"X\",\"message\":\"no\"}\n\n",
        "data: {\"detail\":\"no\"}\n\n",
        "data: {\"error_code\":17,\"error_msg\":\"no\"}\n\n",
        "data: {\"status\":\"failed\",\"message\":\"no\"}\n\n",
        "data: {\"Message\":\"no\"}\n\n",
        "data: {\"error\":true,\"message\":\"no\"}\n\n",
        "data: {\"error\":500,\"detail\":\"no\"}\n\n",
        "data: {\"error\":true,\"message\":\"no\",\"choices\":[{\"delta\":{}}]}\n\n",
        "event: error\ndata: no\n\n",
        "event: error\ndata: {\"message\":\"no\"}\n\n",
        "error: {\"code\":400,\"message\":\"no\"}\n\n",
        "error: {\"code\":400,\"message\":\"no\"}\n",
        "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"error\",\"error\":{\"message\":\"no\"}}]}\n\n",
    ] {
        let what = "the endpoint failed: no";
        let heard = stream([error, DONE].concat());
        heard.assert(Status::Failed, "", what);
        assert_eq!(heard.hint(), "`/retry` asks again");
        stream([&event("a"), error].concat()).assert(Status::Failed, "a", what);
    }
    let empty = "data: {\"error\":{}}\n\n";
    let what = "the endpoint failed: {\"error\":{}}";
    stream([&event("a"), empty, STOP, DONE].concat()).assert(Status::Failed, "a", what);
    for body in [
        "{\"error\":{\"message\":\"no\"}}",
        "[{\"error\":{\"message\":\"no\"}}]",
        "{\"detail\":\"no\"}",
    ] {
        stream(body).assert(Status::Failed, "", "the endpoint failed: no");
    }
    stream("Internal Server Error\n").assert(
        Status::Failed,
        "",
        "the endpoint sent what is no reply: `Internal Server Error`",
    );
}

#[test]
fn what_was_too_long_is_told_with_its_numbers() {
    let refusal = LengthRefusal {
        limit: Some(8192),
        sent: Some(13392),
    };
    let error = "{\"error\":{\"code\":400,\"type\":\"exceed_context_size_error\",\
                 \"message\":\"request (13392 tokens) exceeds the available context size (8192 \
                 tokens)\",\"n_prompt_tokens\":13392,\"n_ctx\":8192}}";
    let answer = |status: &str| format!("HTTP/1.1 {status}\r\n\r\n{error}");
    for answer in [
        answer("400 No"),
        answer("200 OK"),
        format!("{SSE}data: {error}\n\n"),
    ] {
        let heard = hear(endpoint(&Server::saying(answer)));
        assert_eq!(heard.ending.too_long, Some(refusal));
        assert!(
            heard
                .what()
                .starts_with("the context is too long for the model")
        );
        assert_eq!(heard.hint(), "`/compact` shortens it, `/clear` empties it");
    }
    let large = hear(endpoint(&Server::saying(
        "HTTP/1.1 413 Large\r\nContent-Length: 0\r\n\r\n",
    )));
    assert_eq!(large.ending.too_long, Some(LengthRefusal::default()));
    let other = hear(endpoint(&Server::saying(
        "HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n",
    )));
    assert_eq!(other.ending.too_long, None);
}

#[test]
fn thought_is_heard_beside_the_reply() {
    let delta = |fields: &str| format!("data: {{\"choices\":[{{\"delta\":{{{fields}}}}}]}}\n\n");
    let heard = stream(
        [
            &delta("\"reasoning\":\"h\""),
            &delta("\"reasoning\":\"m\""),
            &event("a"),
            STOP,
        ]
        .concat(),
    );
    heard.assert(Status::Complete, "a", "");
    assert_eq!(heard.thought, "hm");
    let pieces = ["\n<thi", "nk>\nhm", "\n</th", "ink>", "\n\n", "a <think>"];
    let heard = stream(pieces.map(event).concat() + STOP);
    heard.assert(Status::Complete, "a <think>", "");
    assert_eq!(heard.thought, "hm");
    // What only might become a tag is text, even if the end mark never comes.
    let server = Server::new(vec![vec![
        Step::Bytes([SSE, &event("<thi"), STOP].concat().into()),
        Step::Hang,
    ]]);
    let mut endpoint = endpoint(&server);
    endpoint.limits.end = Duration::from_millis(100);
    hear(endpoint).assert(Status::Complete, "<thi", "");
}

#[test]
fn sources_are_kept_once() {
    let body = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}],\
                \"citations\":[\"https://a.example\",\"https://b.example\"]}\n\n";
    let heard = stream([body, body, STOP].concat());
    let urls: Vec<_> = heard
        .ending
        .citations
        .iter()
        .map(|source| source.url.as_str())
        .collect();
    assert_eq!(urls, ["https://a.example", "https://b.example"]);
}
