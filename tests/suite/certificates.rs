//! Which authorities a person can make trusted, and what is said of the others.

use std::fs;

use crate::support::authority::Authority;
use crate::support::run::{STARTED, Saylog, check, feed};
use crate::support::server::{Server, script};

/// A server with TLS that this authority vouches for, and its base URL.
fn server(authority: &Authority) -> (Server, String) {
    let tls = authority.vouches_for(&["127.0.0.1"]);
    let replies = ["Here.", "Again."];
    let scripts = [script(move |mut turn| {
        for reply in replies {
            turn.sends(whole(reply));
            match turn.again() {
                Some(next) => turn = next,
                None => return,
            }
        }
    })];
    let server = Server::wrapped(Box::new(move |stream| Box::new(tls(stream))), scripts);
    let base = server.base().replace("http:", "https:");
    (server, base)
}

/// A whole reply after which the connection can be used again.
fn whole(reply: &str) -> String {
    let body = format!(
        "{{\"choices\":[{{\"message\":{{\"content\":\"{reply}\"}},\"finish_reason\":\"stop\"}}]}}"
    );
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}")
}

#[test]
fn a_variable_makes_an_authority_trusted_and_one_handshake_serves_a_session() {
    let authority = Authority::new();
    let (server, base) = server(&authority);
    let saylog = Saylog::new().with(&["--model", "m1", "--base-url", &base]);
    let path = saylog.folder().join("ca.pem");
    fs::write(&path, authority.pem()).expect("a file");
    let mut command = saylog.command();
    command.env("SSL_CERT_FILE", &path);
    check(
        &feed(command, b"/start\nhello\nand?\n"),
        &format!("{STARTED}Here.\nAgain.\n"),
        "",
        0,
    );
    for told in [1, 3] {
        assert_eq!(server.request().messages().len(), told);
    }
}

#[test]
fn an_authority_that_nobody_named_is_not_trusted() {
    let sentence = |host: &str| format!("the certificate of {host} cannot be trusted; ");
    for (variable, hint) in [
        (
            None,
            "no known authority signed it: name yours with `ca_file` or SSL_CERT_FILE, \
             or somebody stands between; then `/retry`",
        ),
        (
            Some("/nonexistent/ca.pem"),
            "the file of SSL_CERT_FILE cannot be read: no such file or directory; then `/retry`",
        ),
    ] {
        let (server, base) = server(&Authority::new());
        let saylog = Saylog::new().with(&["--model", "m1", "--base-url", &base]);
        let mut command = saylog.command();
        command.envs(variable.map(|path| ("SSL_CERT_FILE", path)));
        check(
            &feed(command, b"/start\nhello\n"),
            STARTED,
            &format!("<stdin>:2: {}{hint}\n", sentence(&server.host())),
            1,
        );
        assert!(server.asked().is_none());
    }
}
