//! A model behind HTTP: a server on a loopback port that does what the test says.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread;

use serde_json::{Value, json};

use super::wait::PATIENCE;

/// What is done on one connection, after its request has been read.
pub type Script = Box<dyn FnOnce(&mut Answer) + Send>;

/// A server that plays one script a connection, in order, and then is gone.
pub struct Server {
    address: SocketAddr,
    requests: Receiver<Request>,
}

/// What was asked.
pub struct Request {
    /// The first line and the headers.
    pub head: String,
    /// The body; null if it has none.
    pub body: Value,
}

/// The other end of one connection.
pub struct Answer {
    stream: TcpStream,
}

/// A script.
pub fn script(script: impl FnOnce(&mut Answer) + Send + 'static) -> Script {
    Box::new(script)
}

impl Server {
    /// Starts it. A script that ends closes its connection.
    pub fn new(scripts: Vec<Script>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("its number");
        let (request, requests) = channel();
        thread::spawn(move || {
            for script in scripts {
                let (stream, _) = listener.accept().expect("a connection");
                play(stream, script, &request);
            }
        });
        Self { address, requests }
    }

    /// One whole reply a request, in two parts; nothing is counted.
    pub fn replying(replies: &[&str]) -> Self {
        let scripts = replies.iter().map(|reply| {
            let reply = (*reply).to_owned();
            script(move |answer| {
                let (one, two) = reply.split_at(reply.len() / 2);
                answer.begin();
                answer.delta(one);
                answer.delta(two);
                answer.finish();
            })
        });
        Self::new(scripts.collect())
    }

    /// One answer that is no reply.
    pub fn refusing(status: &'static str, body: &'static str) -> Self {
        Self::new(vec![script(move |answer| answer.refuse(status, body))])
    }

    /// Host and port of it.
    pub fn host(&self) -> String {
        self.address.to_string()
    }

    /// The base URL of it.
    pub fn base(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// The next request that it got.
    pub fn request(&self) -> Request {
        self.requests.recv_timeout(PATIENCE).expect("a request")
    }

    /// Whether it was asked something that [`Server::request`] has not told.
    pub fn was_asked(&self) -> bool {
        !matches!(
            self.requests.try_recv(),
            Err(TryRecvError::Empty | TryRecvError::Disconnected)
        )
    }
}

impl Request {
    /// The messages, each as `role: content`.
    pub fn messages(&self) -> Vec<String> {
        let messages = self.body["messages"].as_array().expect("messages");
        messages
            .iter()
            .map(|message| {
                let text = |field: &str| message[field].as_str().expect("text").to_owned();
                format!("{}: {}", text("role"), text("content"))
            })
            .collect()
    }
}

impl Answer {
    /// The head of a reply that streams.
    pub fn begin(&mut self) {
        self.send(
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n",
        );
    }

    /// The next part of the reply.
    pub fn delta(&mut self, text: &str) {
        self.event(&json!({"choices": [{"index": 0, "delta": {"content": text}}]}));
    }

    /// The end of a reply that is whole.
    pub fn finish(&mut self) {
        self.stop("stop");
    }

    /// The end of a reply, with the reason for it.
    pub fn stop(&mut self, reason: &str) {
        self.event(&json!({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}));
        self.send("data: [DONE]\n\n");
    }

    /// The same, with what was counted.
    pub fn count(&mut self, prompt: u64, reply: u64) {
        self.event(&json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}));
        let total = prompt + reply;
        self.event(&json!({"choices": [], "usage":
            {"prompt_tokens": prompt, "completion_tokens": reply, "total_tokens": total}}));
        self.send("data: [DONE]\n\n");
    }

    /// A whole answer that is no stream; `status` may have further headers behind it.
    pub fn refuse(&mut self, status: &str, body: &str) {
        let length = body.len();
        self.send(&format!(
            "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\
             Connection: close\r\n\r\n{body}"
        ));
    }

    /// Sends nothing more until the program closes the connection.
    pub fn hang(&mut self) {
        while matches!(self.stream.read(&mut [0; 100]), Ok(count) if count > 0) {}
    }

    fn event(&mut self, event: &Value) {
        self.send(&format!("data: {event}\n\n"));
    }

    /// The program may be gone; then it does not listen either.
    fn send(&mut self, text: &str) {
        let _ = self.stream.write_all(text.as_bytes());
    }
}

fn play(mut stream: TcpStream, script: Script, requests: &Sender<Request>) {
    if let Some(request) = read(&mut stream) {
        let _ = requests.send(request);
        script(&mut Answer { stream });
    }
}

/// The request; none if the program goes before it is whole.
fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).ok()?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse().expect("a length"))
    });
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).ok()?;
    Some(Request {
        head,
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
    })
}
