//! Turns over a connection that is kept, beside a bare client that keeps its own.
//!
//! Both commit what was said before they ask, as saylog promises.

#[path = "../suite/support/authority.rs"]
mod authority;

use std::fs;
use std::io::{BufRead, Read, Write};
use std::iter;
use std::net::TcpStream;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use ureq::tls::{Certificate, RootCerts, TlsConfig};

use super::bare::{self, Commits};
use super::figures::{median, ms, report};
use super::models::scripted::{Server, Stream, script};
use super::saylog::{self, Peer};
use authority::Authority;

/// How many turns are measured.
const TURNS: usize = 400;

/// The first turns, which make the connection, and fill caches.
const FIRST: usize = 10;

/// The window, in tokens: it holds a few of the turns.
const WINDOW: &str = "50";

/// A whole reply of one delta after which the connection can be used again.
const REPLY: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\
    Transfer-Encoding: chunked\r\n\r\n\
    33\r\ndata: {\"choices\":[{\"delta\":{\"content\":\"hello\"}}]}\n\n\r\n\
    e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n";

/// The second and further turns of a session, plain and with TLS.
pub(crate) fn turns(folder: &Path) {
    measure("to the first delta of a further turn", folder, None);
    let authority = Authority::new();
    fs::write(folder.join("ca.pem"), authority.pem()).expect("a file");
    measure("  the same with TLS", folder, Some(&authority));
}

fn measure(name: &str, folder: &Path, authority: Option<&Authority>) {
    let (ours, theirs) = (server(authority), server(authority));
    let base = |server: &Server| {
        let scheme = authority.map_or("http", |_| "https");
        format!("{scheme}://{}/v1", server.host())
    };
    let mut command = saylog::command(&folder.join("a.db"));
    command
        .args(["--no-config", "--start", "--model", "x", "--base-url"])
        .arg(base(&ours))
        // Both send about as much with each turn.
        .args(["--window", WINDOW])
        .stderr(Stdio::null())
        .env("SSL_CERT_FILE", folder.join("ca.pem"));
    fs::write(folder.join("base"), base(&theirs)).expect("a file");
    let mut peers = [Peer::of(command), Peer::of(bare::command("turns", folder))];
    let mut times = [Vec::new(), Vec::new()];
    for turn in 0..FIRST + TURNS {
        for (peer, times) in peers.iter_mut().zip(&mut times) {
            let took = peer.first_byte("hello");
            if turn >= FIRST {
                times.push(took);
            }
        }
    }
    // Each had one connection: another one would have found nobody.
    let [ours, theirs] = times.map(median);
    report(name, &ms(ours), &ms(theirs), ours / theirs, "≤ 1.3");
}

/// An endpoint that takes one connection, and answers whatever is asked on it.
fn server(authority: Option<&Authority>) -> Server {
    let answers = iter::once(script(|turn| {
        let mut next = Some(turn);
        while let Some(mut turn) = next {
            turn.sends(REPLY);
            next = turn.again();
        }
    }));
    let tls = authority.map(|authority| authority.vouches_for(&["127.0.0.1"]));
    let wrap = move |stream: TcpStream| -> Box<dyn Stream> {
        match &tls {
            Some(tls) => Box::new(tls(stream)),
            None => Box::new(stream),
        }
    };
    Server::wrapped(Box::new(wrap), answers)
}

/// The limit: commits each line, asks over a connection that is kept, and writes out
/// what comes.
pub(crate) fn bare(folder: &Path) {
    let base = fs::read_to_string(folder.join("base")).expect("an address");
    let mut roots = Vec::new();
    if let Ok(pem) = fs::read(folder.join("ca.pem")) {
        roots.push(Certificate::from_pem(&pem).expect("a certificate"));
    }
    let roots = RootCerts::Specific(Arc::new(roots));
    let agent = ureq::Agent::config_builder()
        .proxy(None)
        .tls_config(TlsConfig::builder().root_certs(roots).build())
        .build()
        .new_agent();
    let mut commits = Commits::new(&folder.join("b.db"));
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("a line");
        commits.message(&line);
        let body = format!(
            "{{\"model\":\"x\",\"messages\":[{{\"role\":\"user\",\"content\":\"{line}\"}}],\"stream\":true}}"
        );
        let response = agent
            .post(format!("{base}/chat/completions"))
            .header("Content-Type", "application/json")
            .send(body)
            .expect("an answer");
        let mut reader = response.into_body().into_reader();
        let (mut all, mut buffer) = (Vec::new(), [0; 4096]);
        loop {
            let count = reader.read(&mut buffer).expect("an event");
            if count == 0 {
                break;
            }
            all.extend_from_slice(&buffer[..count]);
            let text = String::from_utf8_lossy(&all);
            let mut said = String::new();
            for data in text.lines().filter_map(|line| line.strip_prefix("data: {")) {
                let chunk: serde_json::Value =
                    serde_json::from_str(&format!("{{{data}")).expect("a chunk");
                said += chunk["choices"][0]["delta"]["content"]
                    .as_str()
                    .unwrap_or_default();
            }
            out.write_all(said.as_bytes()).expect("a reader");
            out.flush().expect("a reader");
            all.clear();
        }
        commits.message("hello");
        out.write_all(b"\n")
            .and_then(|()| out.flush())
            .expect("a reader");
    }
}
