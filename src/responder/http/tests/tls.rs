//! Which servers are trusted, and what is said of the others.

// The suite uses what is not used here.
#[path = "../../../../tests/suite/support/authority.rs"]
mod authority;

use authority::Authority;
use tempfile::TempDir;

use super::*;

/// A server with TLS, in whose name it speaks, and the file of its authority.
struct Secure {
    server: Server,
    folder: TempDir,
}

impl Secure {
    fn new(name: &str, scripts: Vec<Vec<Step>>) -> Self {
        let authority = Authority::new();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.pem"), authority.pem()).unwrap();
        let wrap = authority.vouches_for(&[name]);
        let server = Server::wrapped(Box::new(move |stream| Box::new(wrap(stream))), scripts);
        Self { server, folder }
    }

    /// How it is asked; its authority is not known.
    fn endpoint(&self) -> Endpoint {
        let mut endpoint = with_key(&self.server);
        endpoint.base_url = endpoint.base_url.replace("http:", "https:");
        endpoint
    }

    /// The same, with its authority named.
    fn trusted(&self) -> Endpoint {
        Endpoint {
            ca_file: Some(self.folder.path().join("ca.pem")),
            ..self.endpoint()
        }
    }

    fn host(&self) -> String {
        self.server.base().replace("http://", "").replace("/v1", "")
    }
}

#[test]
fn an_authority_that_is_named_is_trusted_and_one_handshake_is_enough() {
    let steps = vec![reply("a"), Step::Again, reply("b")];
    let secure = Secure::new("127.0.0.1", vec![steps]);
    let pool = Pool::default();
    for text in ["a", "b"] {
        let heard = hear_with(&pool, secure.trusted());
        heard.assert(Status::Complete, text, "");
        assert_eq!(heard.ending.tries, 1);
        let request = secure.server.request().unwrap().to_lowercase();
        assert!(request.contains("authorization: bearer test-key-123"));
    }
}

#[test]
fn an_authority_that_is_not_known_is_not_trusted() {
    let secure = Secure::new("127.0.0.1", vec![vec![reply("a")]]);
    let heard = hear(secure.endpoint());
    let what = format!("the certificate of {} cannot be trusted", secure.host());
    heard.assert(Status::Failed, "", &what);
    assert_eq!(
        heard.hint(),
        "no known authority signed it: name yours with `ca_file` or SSL_CERT_FILE, \
         or somebody stands between"
    );
    assert_eq!(secure.server.requests(), 0);
}

#[test]
fn a_certificate_counts_for_its_own_host() {
    let secure = Secure::new("other.example", vec![vec![reply("a")]]);
    let heard = hear(secure.trusted());
    let what = format!(
        "the certificate of {} belongs to another host",
        secure.host()
    );
    heard.assert(Status::Failed, "", &what);
    assert_eq!(secure.server.requests(), 0);
}

#[test]
fn a_file_of_certificates_that_is_none_is_named() {
    let secure = Secure::new("127.0.0.1", vec![vec![reply("a")]]);
    let mut endpoint = secure.trusted();
    endpoint.ca_file = Some("/nonexistent/ca.pem".into());
    let heard = hear(endpoint);
    let start = "the certificates of /nonexistent/ca.pem cannot be read: ";
    assert!(heard.what().starts_with(start), "{}", heard.what());
    assert_eq!(secure.server.requests(), 0);
}

#[test]
fn a_tunnel_through_a_proxy_is_kept_too() {
    let secure = Secure::new("127.0.0.1", vec![vec![reply("a"), Step::Again, reply("b")]]);
    let proxy = tunnel_to(&secure.host());
    let pool = Pool::default();
    for text in ["a", "b"] {
        let mut endpoint = secure.trusted();
        endpoint.proxy = crate::responder::http::ProxyChoice::Proxy(proxy.clone());
        hear_with(&pool, endpoint).assert(Status::Complete, text, "");
    }
}

/// A proxy that makes one tunnel, whatever it is asked for; its URL.
fn tunnel_to(host: &str) -> String {
    use std::io::{Read, Write, copy};
    use std::net::{TcpListener, TcpStream};

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let host = host.to_owned();
    std::thread::spawn(move || {
        let (mut near, _) = listener.accept().unwrap();
        let (mut head, mut byte) = (Vec::new(), [0]);
        while !head.ends_with(b"\r\n\r\n") {
            near.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        assert!(head.starts_with(format!("CONNECT {host} HTTP/1.1\r\n").as_bytes()));
        let mut far = TcpStream::connect(&host).unwrap();
        near.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        let (mut from, mut to) = (far.try_clone().unwrap(), near.try_clone().unwrap());
        std::thread::spawn(move || copy(&mut from, &mut to));
        let _ = copy(&mut near, &mut far);
    });
    url
}
