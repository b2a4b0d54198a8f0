//! A whole exchange, against servers that do everything right and everything wrong.

mod broken;
mod cancel;
mod ends;
mod forms;
mod fuzz;
mod kept;
mod listed;
mod packed;
mod proxies;
mod refused;
mod tls;
mod tries;

use std::ops::ControlFlow;
use std::sync::mpsc::channel;
use std::time::Duration;

use super::server::{Server, Step};
use super::{Endpoint, Http, Key, Pool};
use crate::domain::{ContextMessage, Progress, Status, Usage};
use crate::responder::{Ask, Ending, Responder, Window};

const SSE: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
const KEY: &str = "test-key-123";

/// What a listener heard, and how it ended.
struct FinishedReply {
    text: String,
    thought: String,
    deltas: usize,
    ending: Ending,
}

impl FinishedReply {
    fn what(&self) -> &str {
        self.ending
            .problem
            .as_ref()
            .map_or("", |problem| &problem.what)
    }

    fn hint(&self) -> &str {
        let hint = self
            .ending
            .problem
            .as_ref()
            .and_then(|problem| problem.hint.as_ref());
        hint.map_or("", String::as_str)
    }

    fn is_complete(&self) -> bool {
        self.ending.status == Status::Complete && self.ending.problem.is_none()
    }

    #[track_caller]
    fn assert(&self, status: Status, text: &str, what: &str) {
        let heard = (self.ending.status, self.text.as_str(), self.what());
        assert_eq!(heard, (status, text, what));
    }
}

fn endpoint(server: &Server) -> Endpoint {
    let mut endpoint = Endpoint::new("m1", server.base());
    // However busy the machine is: no test comes near these.
    endpoint.limits.idle = Duration::from_mins(1);
    endpoint.limits.answer = Duration::from_mins(1);
    endpoint.limits.end = Duration::from_mins(1);
    endpoint.retries = 0;
    endpoint
}

fn with_key(server: &Server) -> Endpoint {
    let mut endpoint = endpoint(server);
    endpoint.key = Key::new(KEY);
    endpoint.key_variable = Some("OPENAI_API_KEY".into());
    endpoint
}

fn ask(endpoint: Endpoint, hear: impl FnMut(Progress<'_>) -> ControlFlow<()>) -> FinishedReply {
    let pool = Pool::default();
    // Long enough to be told.
    pool.set_first_wait(Duration::from_millis(4));
    ask_with(&pool, endpoint, hear)
}

/// Asks over a connection that may have been kept.
fn ask_with(
    pool: &Pool,
    endpoint: Endpoint,
    mut hear: impl FnMut(Progress<'_>) -> ControlFlow<()>,
) -> FinishedReply {
    let (mut text, mut thought, mut deltas) = (String::new(), String::new(), 0);
    let question = Ask {
        system: None,
        context: &[],
        message: "hello",
    };
    let mut has_broken = false;
    let ending = Http::new(endpoint, pool.clone()).respond(&question, &mut |progress| {
        assert!(!has_broken, "a listener that broke is left alone");
        if let Progress::Delta(delta) = progress {
            assert!(!delta.is_empty());
            text.push_str(delta);
            deltas += 1;
        }
        if let Progress::Reasoning(piece) = progress {
            assert!(!piece.is_empty());
            thought.push_str(piece);
        }
        let flow = hear(progress);
        has_broken = flow.is_break();
        flow
    });
    let heard = FinishedReply {
        text,
        thought,
        deltas,
        ending,
    };
    let secret = format!("{}{}", heard.what(), heard.hint());
    assert!(!secret.contains(KEY), "{secret}");
    heard
}

fn hear(endpoint: Endpoint) -> FinishedReply {
    ask(endpoint, |_| ControlFlow::Continue(()))
}

/// The same over a connection that may have been kept.
fn hear_with(pool: &Pool, endpoint: Endpoint) -> FinishedReply {
    ask_with(pool, endpoint, |_| ControlFlow::Continue(()))
}

/// What comes of a stream with this body.
fn stream(body: impl AsRef<[u8]>) -> FinishedReply {
    let server = Server::saying([SSE.as_bytes(), body.as_ref()].concat());
    hear(endpoint(&server))
}

fn event(text: &str) -> String {
    let delta = serde_json::json!({"choices": [{"index": 0, "delta": {"content": text}}]});
    format!("data: {delta}\n\n")
}

const STOP: &str = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
const DONE: &str = "data: [DONE]\n\n";

/// A whole reply after which the connection can be used again.
fn reply(text: &str) -> Step {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n";
    let mut bytes = format!("{head}Transfer-Encoding: chunked\r\n\r\n").into_bytes();
    bytes.extend(chunk((event(text) + DONE).as_bytes()));
    bytes.extend(b"0\r\n\r\n");
    Step::Bytes(bytes)
}

fn chunk(bytes: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat()
}

#[test]
fn a_reply_streams() {
    let (go, wait) = channel();
    let rest = [event("好"), STOP.into(), DONE.into()].concat();
    let server = Server::new(vec![vec![
        Step::Bytes([SSE, &event("你")].concat().into()),
        Step::Until(wait),
        Step::Bytes(rest.into()),
        Step::Hang,
    ]]);
    let heard = ask(with_key(&server), |progress| {
        // The second part only comes when the first was heard.
        if progress == Progress::Delta("你") {
            go.send(()).unwrap();
        }
        ControlFlow::Continue(())
    });
    assert!(heard.is_complete());
    assert_eq!((heard.text.as_str(), heard.deltas), ("你好", 2));
    let request = server.request().unwrap();
    assert!(request.starts_with("POST /v1/chat/completions HTTP/1.1\r\n"));
    let lower = request.to_lowercase();
    assert!(lower.contains("\r\nauthorization: bearer test-key-123\r\n"));
    assert!(lower.contains("\r\ncontent-type: application/json\r\n"));
    assert!(request.contains("{\"role\":\"user\",\"content\":\"hello\"}"));
}

#[test]
fn the_context_is_sent_and_no_key_is_no_header() {
    let server = Server::saying([SSE, &event("a"), DONE].concat());
    let mut http = Http::new(endpoint(&server), Pool::default());
    assert_eq!((http.model(), http.waits()), ("m1", true));
    assert_eq!(http.window(), Window::Tokens(8192));
    let said = ContextMessage {
        role: crate::domain::Role::Ai,
        content: "hi".into(),
    };
    let question = Ask {
        system: Some("be brief"),
        context: &[said],
        message: "hello",
    };
    http.respond(&question, &mut |_| ControlFlow::Continue(()));
    let request = server.request().unwrap();
    assert!(!request.to_lowercase().contains("authorization"));
    assert!(
        request.contains("{\"role\":\"system\",\"content\":\"be brief\"},{\"role\":\"assistant\"")
    );
}

#[test]
fn all_kinds_of_line_ends_and_comments_are_read() {
    let body = [
        ": wait\n\n",
        &event("é"),
        "event: x\nid: 7\n",
        &event(""),
        &event("👋"),
        STOP,
        DONE,
    ];
    for end in ["\n", "\r\n", "\r"] {
        let heard = stream(body.concat().replace('\n', end));
        heard.assert(Status::Complete, "é👋", "");
    }
}

#[test]
fn a_sparse_stream_with_counts_is_enough() {
    let counts =
        "data:{\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":2}}\n\n";
    let sparse = "data:{\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n";
    let heard = stream([sparse, STOP, counts, DONE].concat());
    let counted = Usage {
        prompt: 7,
        reply: 2,
    };
    assert_eq!(heard.ending.usage, Some(counted));
    heard.assert(Status::Complete, "a", "");
    // Without an end mark the reason is enough, and the other way round.
    assert!(stream([sparse, STOP].concat()).is_complete());
    assert!(stream([sparse, DONE].concat()).is_complete());
    assert!(stream([sparse, DONE.trim()].concat()).is_complete());
}

#[test]
fn an_end_that_is_known_is_not_waited_for() {
    let server = Server::new(vec![vec![
        Step::Bytes([SSE, &event("a"), STOP].concat().into()),
        Step::Hang,
    ]]);
    let mut endpoint = endpoint(&server);
    endpoint.limits.end = Duration::from_millis(100);
    assert!(hear(endpoint).is_complete());
    server.wait_for_close();
}

#[test]
fn characters_may_be_split_over_chunks() {
    let opening =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
    let body = [
        &event("é你"),
        "data: {\"choices\":[{\"delta\":{\"content\":\"👋é\"}}]}\n\n",
        DONE,
    ]
    .concat();
    for size in [1, 2, 3, 7] {
        let mut bytes = opening.as_bytes().to_vec();
        for piece in body.as_bytes().chunks(size) {
            bytes.extend(chunk(piece));
        }
        bytes.extend(b"0\r\n\r\n");
        let heard = hear(endpoint(&Server::saying(bytes)));
        heard.assert(Status::Complete, "é你👋é", "");
    }
}

#[test]
fn a_slow_drip_is_a_reply_too() {
    let body = [event("slow"), event(" é"), DONE.into()].concat();
    let server = Server::new(vec![vec![
        Step::Bytes(SSE.into()),
        Step::Drip(body.into(), Duration::from_millis(1)),
    ]]);
    hear(endpoint(&server)).assert(Status::Complete, "slow é", "");
}

#[test]
fn an_answer_may_come_in_one_piece() {
    let json = |body: &str| {
        let opening = "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\n";
        let server = Server::saying(format!(
            "{opening}Content-Length: {}\r\n\r\n{body}",
            body.len()
        ));
        hear(with_key(&server))
    };
    let heard = json(
        r#"{"choices":[{"message":{"content":"é whole"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2}}"#,
    );
    assert!(heard.is_complete() && heard.ending.usage.is_some());
    assert_eq!((heard.text.as_str(), heard.deltas), ("é whole", 1));
    json(r#"{"error":{"message":"no test-key-123"}}"#).assert(
        Status::Failed,
        "",
        "the endpoint failed: no [key]",
    );
    json("{}").assert(
        Status::Failed,
        "",
        "the endpoint sent what is no reply: `{}`",
    );
}
