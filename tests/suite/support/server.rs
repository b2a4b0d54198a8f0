//! A model behind HTTP: a server on a loopback port that answers as a test says.
//!
//! There is no other in the whole project: the unit tests of the HTTP client and
//! the benchmarks include this file, which therefore imports nothing of the suite.
//!
//! A [`Server`] plays scripts, one a connection; an [`Endpoint`] hands each
//! request to the test itself, which answers it when it likes.

use std::io::{ErrorKind, Read, Write};
use std::iter;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

/// How long anything that must come is waited for. It only bounds a hang.
const PATIENCE: Duration = Duration::from_mins(2);

/// The head of a reply that streams.
const STREAM: &str =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";

/// The first byte of a TLS handshake.
const HANDSHAKE: u8 = 22;

/// A connection as the server sees it: plain, or with TLS around it.
pub(crate) trait Stream: Read + Write + Send {}

impl<S: Read + Write + Send> Stream for S {}

/// What is put around each connection.
pub(crate) type Wrap = Box<dyn Fn(TcpStream) -> Box<dyn Stream> + Send>;

/// What is done on one connection, after its first request has been read.
pub(crate) type Script = Box<dyn FnOnce(Turn) + Send>;

/// A server that plays one script a connection, in order, and then is gone.
pub(crate) struct Server {
    address: SocketAddr,
    requests: Receiver<Request>,
}

/// A server that hands each request to the test.
pub(crate) struct Endpoint {
    address: SocketAddr,
    turns: Receiver<Turn>,
}

/// What was asked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    /// The first line and the headers.
    pub head: String,
    /// The body as it came.
    pub text: String,
    /// The body as JSON; null if it is none.
    pub body: Value,
}

/// A request, and the connection on which it is answered. Dropped, it closes.
///
/// The program may be gone before an answer; then it is said to nobody.
pub(crate) struct Turn {
    stream: Box<dyn Stream>,
    /// What was asked; empty if the program did not ask in plain HTTP.
    pub request: Request,
    /// Where further requests are noted.
    notes: Option<Sender<Request>>,
}

/// A script.
pub(crate) fn script(script: impl FnOnce(Turn) + Send + 'static) -> Script {
    Box::new(script)
}

/// Accepts a connection for each of the scripts, in order, on a thread of its own.
fn listen(wrap: Wrap, scripts: impl Iterator<Item = Script> + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its number");
    thread::spawn(move || {
        for script in scripts {
            let (stream, _) = listener.accept().expect("a connection");
            stream.set_read_timeout(Some(PATIENCE)).expect("a limit");
            stream.set_nodelay(true).expect("no delay");
            script(Turn::read(wrap(stream)));
        }
    });
    address
}

fn plain() -> Wrap {
    Box::new(|stream| Box::new(stream))
}

impl Server {
    /// Starts it. A script that ends closes its connection.
    pub(crate) fn new<S>(scripts: S) -> Self
    where
        S: IntoIterator<Item = Script>,
        S::IntoIter: Send + 'static,
    {
        Self::wrapped(plain(), scripts)
    }

    /// One that puts something around each connection.
    pub(crate) fn wrapped<S>(wrap: Wrap, scripts: S) -> Self
    where
        S: IntoIterator<Item = Script>,
        S::IntoIter: Send + 'static,
    {
        let (sender, requests) = channel();
        let noted = scripts.into_iter().map(move |play| {
            let sender = sender.clone();
            script(move |mut turn| {
                turn.notes = Some(sender);
                turn.note();
                play(turn);
            })
        });
        Self {
            address: listen(wrap, noted),
            requests,
        }
    }

    /// One whole reply a request, in two parts; nothing is counted.
    pub(crate) fn replying(replies: &[&str]) -> Self {
        let scripts = replies.iter().map(|reply| {
            let reply = (*reply).to_owned();
            script(move |mut turn| {
                let (one, two) = reply.split_at(reply.len() / 2);
                turn.begins();
                turn.says(one);
                turn.says_at_last(two);
            })
        });
        Self::new(scripts.collect::<Vec<_>>())
    }

    /// One answer that is no reply, however often it is asked for.
    pub(crate) fn refusing(status: &'static str, body: &'static str) -> Self {
        Self::new(iter::repeat_with(move || {
            script(move |turn| turn.refuses(status, "", body))
        }))
    }

    /// Host and port of it.
    pub(crate) fn host(&self) -> String {
        self.address.to_string()
    }

    /// The base URL of it.
    pub(crate) fn base(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Waits for the next request.
    pub(crate) fn request(&self) -> Request {
        self.requests.recv_timeout(PATIENCE).expect("a request")
    }

    /// The next request, if it is there.
    pub(crate) fn asked(&self) -> Option<Request> {
        self.requests.try_recv().ok()
    }
}

impl Endpoint {
    /// One that waits for requests.
    pub(crate) fn new() -> Self {
        let (sender, turns) = channel();
        let handing = iter::repeat_with(move || {
            let sender = sender.clone();
            script(move |turn| {
                let _ = sender.send(turn);
            })
        });
        Self {
            address: listen(plain(), handing),
            turns,
        }
    }

    /// The base URL of it.
    pub(crate) fn base(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Waits for the next question.
    #[track_caller]
    pub(crate) fn turn(&self) -> Turn {
        let turn = self.turns.recv_timeout(PATIENCE).expect("a request");
        let head = &turn.request.head;
        assert!(head.starts_with("POST /v1/chat/completions "), "{head}");
        turn
    }

    /// The next question, if one has come.
    pub(crate) fn asked(&self) -> Option<Turn> {
        self.turns.try_recv().ok()
    }

    /// Waits for the next question and begins to answer it.
    #[track_caller]
    pub(crate) fn begun(&self) -> Turn {
        let mut turn = self.turn();
        turn.begins();
        turn
    }
}

impl Request {
    /// The messages, each as `role: content`.
    pub(crate) fn messages(&self) -> Vec<String> {
        let messages = self.body["messages"].as_array().expect("messages");
        messages
            .iter()
            .map(|message| {
                let text = |field: &str| message[field].as_str().expect("text").to_owned();
                format!("{}: {}", text("role"), text("content"))
            })
            .collect()
    }

    /// None if the program does not speak plain HTTP, or goes before all is said.
    fn read(stream: &mut dyn Stream) -> Option<Self> {
        let mut bytes = Vec::new();
        let head = loop {
            more(stream, &mut bytes)?;
            if bytes[0] == HANDSHAKE {
                return None;
            }
            let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
            if let Some(end) = end {
                break String::from_utf8(bytes.drain(..end + 4).collect()).ok()?;
            }
        };
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length")
                .then(|| value.trim().parse().expect("a length"))
        });
        while bytes.len() < length.unwrap_or(0) {
            more(stream, &mut bytes)?;
        }
        let text = String::from_utf8(bytes).ok()?;
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Some(Self { head, text, body })
    }
}

/// Some more bytes; none if there is nobody any more.
fn more(stream: &mut dyn Stream, bytes: &mut Vec<u8>) -> Option<()> {
    let mut buffer = [0; 4096];
    let count = stream.read(&mut buffer).ok()?;
    bytes.extend_from_slice(&buffer[..count]);
    (count > 0).then_some(())
}

impl Turn {
    fn read(mut stream: Box<dyn Stream>) -> Self {
        let request = Request::read(&mut *stream).unwrap_or_default();
        Self {
            stream,
            request,
            notes: None,
        }
    }

    fn note(&self) {
        if let Some(notes) = self.notes.as_ref()
            && !self.request.head.is_empty()
        {
            // A server may live longer than the test that asked it.
            let _ = notes.send(self.request.clone());
        }
    }

    /// Waits for the next request on the same connection; none if it was closed.
    pub(crate) fn again(mut self) -> Option<Self> {
        self.request = Request::read(&mut *self.stream)?;
        self.note();
        Some(self)
    }

    /// What it was told, each message as `role: content`.
    pub(crate) fn told(&self) -> Vec<String> {
        self.request.messages()
    }

    /// Sends these bytes, in one go; whether there was anybody.
    pub(crate) fn sends(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        let written = self.stream.write_all(bytes.as_ref());
        written.and_then(|()| self.stream.flush()).is_ok()
    }

    /// The head of a reply that streams.
    pub(crate) fn begins(&mut self) {
        self.sends(STREAM);
    }

    /// The next part of the reply.
    pub(crate) fn says(&mut self, delta: &str) {
        self.event(&json!({"choices": [{"index": 0, "delta": {"content": delta}}]}));
    }

    /// The next part of what the model thinks.
    pub(crate) fn thinks(&mut self, delta: &str) {
        self.event(&json!({"choices": [{"index": 0, "delta": {"reasoning_content": delta}}]}));
    }

    /// The end of a reply that is whole.
    pub(crate) fn ends(self) {
        self.stops("stop");
    }

    /// The last part of the reply, and its end.
    pub(crate) fn says_at_last(mut self, delta: &str) {
        self.says(delta);
        self.ends();
    }

    /// The end of a reply, with the reason for it.
    pub(crate) fn stops(mut self, reason: &str) {
        self.event(&json!({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}));
        self.sends("data: [DONE]\n\n");
    }

    /// The end of a reply that is whole, with what was counted.
    pub(crate) fn counts(mut self, prompt: u64, reply: u64) {
        self.event(&json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}));
        let total = prompt + reply;
        self.event(&json!({"choices": [], "usage":
            {"prompt_tokens": prompt, "completion_tokens": reply, "total_tokens": total}}));
        self.sends("data: [DONE]\n\n");
    }

    /// A whole answer that is no stream; further headers, if any, each with the end of its line.
    pub(crate) fn refuses(mut self, status: &str, headers: &str, body: &str) {
        let length = body.len();
        self.sends(format!(
            "HTTP/1.1 {status}\r\n{headers}Content-Type: application/json\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        ));
    }

    /// Sends nothing more until the program closes the connection.
    pub(crate) fn hangs(mut self) {
        while matches!(self.stream.read(&mut [0; 100]), Ok(count) if count > 0) {}
    }

    /// Waits until the program has closed the connection, without a word more.
    #[track_caller]
    pub(crate) fn sees_the_end(mut self) {
        let count = self.stream.read(&mut [0]);
        // Closed with something unread, or in order.
        assert!(
            matches!(&count, Ok(0))
                || matches!(&count, Err(error) if error.kind() == ErrorKind::ConnectionReset),
            "{count:?}"
        );
    }

    fn event(&mut self, event: &Value) {
        self.sends(format!("data: {event}\n\n"));
    }
}
