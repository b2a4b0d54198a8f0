//! A server on a loopback port that does what a script says, for tests.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

/// What a server does on one connection, after it has read the request.
pub enum Step {
    /// Sends bytes.
    Bytes(Vec<u8>),
    /// Sends bytes one at a time, with so much time between them.
    Drip(Vec<u8>, Duration),
    /// Does nothing until the test says so.
    Until(Receiver<()>),
    /// Does nothing until the client closes the connection.
    Hang,
    /// Sends bytes again and again until the client closes the connection.
    Forever(Vec<u8>),
}

/// A server that plays one script a connection, in order, and then is gone.
pub struct Server {
    address: SocketAddr,
    requests: Receiver<String>,
    closed: Receiver<()>,
}

impl Server {
    /// Starts it. A script that ends closes its connection.
    pub fn new(scripts: Vec<Vec<Step>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (request, requests) = channel();
        let (close, closed) = channel();
        thread::spawn(move || {
            for script in scripts {
                let (connection, _) = listener.accept().unwrap();
                play(connection, script, &request, &close);
            }
        });
        Self {
            address,
            requests,
            closed,
        }
    }

    /// One connection that sends this and closes.
    pub fn saying(bytes: impl Into<Vec<u8>>) -> Self {
        Self::new(vec![vec![Step::Bytes(bytes.into())]])
    }

    /// The base URL of it.
    pub fn base(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// The next request it got, head and body; none if there is none yet.
    pub fn request(&self) -> Option<String> {
        self.requests.try_recv().ok()
    }

    /// Waits until a client has closed a connection that hung.
    pub fn wait_for_close(&self) {
        self.closed.recv_timeout(Duration::from_secs(5)).unwrap();
    }
}

fn play(mut stream: TcpStream, script: Vec<Step>, request: &Sender<String>, close: &Sender<()>) {
    if let Some(text) = read_request(&mut stream) {
        let _ = request.send(text);
    }
    for step in script {
        let done = match step {
            Step::Bytes(bytes) => stream.write_all(&bytes).is_ok(),
            Step::Drip(bytes, pause) => bytes.iter().all(|byte| {
                thread::sleep(pause);
                stream.write_all(&[*byte]).is_ok()
            }),
            Step::Until(signal) => signal.recv().is_ok(),
            Step::Hang => {
                while matches!(stream.read(&mut [0; 100]), Ok(count) if count > 0) {}
                false
            }
            Step::Forever(bytes) => {
                while stream.write_all(&bytes).is_ok() {}
                false
            }
        };
        if !done {
            let _ = close.send(());
            return;
        }
    }
}

/// Head and body of a request; none if the client does not speak HTTP.
fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
        // The first byte of a TLS handshake.
        if head.first() == Some(&22) {
            return None;
        }
    }
    let mut text = String::from_utf8(head).ok()?;
    let length = text.to_lowercase();
    let length = length.split("content-length:").nth(1);
    let length = length.map_or(0, |rest| {
        rest.lines().next().unwrap().trim().parse().unwrap()
    });
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    text.push_str(&String::from_utf8(body).ok()?);
    Some(text)
}
