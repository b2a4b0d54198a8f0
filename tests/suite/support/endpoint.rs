//! An endpoint on a loopback port that says what a test tells it to, when it tells it to.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};

use serde_json::{Value, json};

use super::wait::PATIENCE;

/// An endpoint that speaks as OpenAI's does.
pub struct Endpoint {
    address: SocketAddr,
    turns: Receiver<Turn>,
}

/// A request, and the connection on which it is answered. Dropped, it closes.
pub struct Turn {
    stream: TcpStream,
    /// What was asked.
    pub request: Value,
}

impl Endpoint {
    /// One that waits for requests.
    pub fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let (sender, turns) = channel();
        std::thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                if sender.send(Turn::read(stream)).is_err() {
                    return;
                }
            }
        });
        Self { address, turns }
    }

    /// Its base URL.
    pub fn base(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Waits for the next request.
    #[track_caller]
    pub fn turn(&self) -> Turn {
        self.turns.recv_timeout(PATIENCE).expect("a request")
    }

    /// Waits for the next request and begins to answer it.
    #[track_caller]
    pub fn begun(&self) -> Turn {
        let mut turn = self.turn();
        turn.begins();
        turn
    }
}

impl Turn {
    fn read(mut stream: TcpStream) -> Self {
        stream.set_read_timeout(Some(PATIENCE)).expect("a limit");
        stream.set_nodelay(true).expect("no delay");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).expect("a head");
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).expect("UTF-8").to_lowercase();
        assert!(head.starts_with("post /v1/chat/completions "), "{head}");
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let length = length.expect("a length").parse().expect("a number");
        let mut body = vec![0; length];
        stream.read_exact(&mut body).expect("a body");
        Self {
            request: serde_json::from_slice(&body).expect("JSON"),
            stream,
        }
    }

    /// What it was told, each message as `role: content`.
    pub fn told(&self) -> Vec<String> {
        let messages = self.request["messages"].as_array().expect("messages");
        let text = |message: &Value, field| message[field].as_str().expect("text").to_owned();
        messages
            .iter()
            .map(|message| format!("{}: {}", text(message, "role"), text(message, "content")))
            .collect()
    }

    /// Sends these bytes, in one go.
    pub fn sends(&mut self, bytes: &str) {
        self.stream.write_all(bytes.as_bytes()).expect("a client");
    }

    /// Agrees to stream.
    pub fn begins(&mut self) {
        self.sends(
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n",
        );
    }

    /// Streams the next part of the reply.
    pub fn says(&mut self, delta: &str) {
        let event = json!({ "choices": [{ "index": 0, "delta": { "content": delta } }] });
        self.sends(&format!("data: {event}\n\n"));
    }

    /// Ends the reply.
    pub fn ends(mut self) {
        let event = json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": "stop" }] });
        self.sends(&format!("data: {event}\n\ndata: [DONE]\n\n"));
    }

    /// Says the last part of the reply and ends it.
    pub fn says_at_last(mut self, delta: &str) {
        self.says(delta);
        self.ends();
    }

    /// Answers with a status, a header and a body.
    pub fn refuses(mut self, status: &str, header: &str, body: &str) {
        let length = body.len();
        self.sends(&format!(
            "HTTP/1.1 {status}\r\n{header}Content-Type: application/json\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        ));
    }

    /// Waits until the other side has closed the connection.
    #[track_caller]
    pub fn sees_the_end(mut self) {
        let count = self.stream.read(&mut [0]);
        // Closed with something unread, or in order.
        assert!(
            matches!(&count, Ok(0))
                || matches!(&count, Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset),
            "{count:?}"
        );
    }
}
