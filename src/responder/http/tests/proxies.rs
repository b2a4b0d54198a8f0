//! Proxies: who is asked, in which form, and what is said of them.

use super::*;
use crate::responder::http::ProxyChoice;

/// An endpoint on another machine, behind this proxy.
fn behind(proxy: &Server, base: &str) -> Endpoint {
    let mut endpoint = Endpoint {
        base_url: base.into(),
        ..endpoint(proxy)
    };
    let url = proxy.base().replace("/v1", "");
    endpoint.proxy = ProxyChoice::Proxy(url.replace("http://", "http://me:s%40cret@"));
    endpoint
}

/// How the proxy is called in sentences.
fn named(proxy: &Server) -> String {
    let host = proxy.base().replace("http://", "").replace("/v1", "");
    format!("the proxy {host} (--proxy)")
}

#[test]
fn tls_goes_through_a_tunnel() {
    for (status, sentence) in [
        (403, "refused the connection (403)"),
        (407, "wants a name and a password (407)"),
    ] {
        let answer = format!("HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n");
        let proxy = Server::saying(answer);
        let mut other = behind(&proxy, "https://h.example/v1");
        other.key = Key::new(KEY);
        let heard = hear(other);
        let what = format!("{} {sentence}", named(&proxy));
        heard.assert(Status::Failed, "", &what);
        assert_eq!(heard.hint(), "check --proxy");
        let request = proxy.request().unwrap();
        assert!(request.starts_with("CONNECT h.example:443") && !request.contains(KEY));
    }
}

#[test]
fn plain_http_is_handed_over_whole_and_over_one_connection() {
    let scripts = vec![reply("a"), Step::Again, reply("b")];
    let proxy = Server::new(vec![scripts]);
    let pool = Pool::default();
    let other = behind(&proxy, "http://h.invalid:8080/v1");
    for text in ["a", "b"] {
        hear_with(&pool, other.clone()).assert(Status::Complete, text, "");
        let request = proxy.request().unwrap();
        let line = "POST http://h.invalid:8080/v1/chat/completions HTTP/1.1\r\n";
        assert!(request.starts_with(line), "{request}");
        let lower = request.to_lowercase();
        assert!(lower.contains("\r\nhost: h.invalid:8080\r\n"));
        assert!(lower.contains("\r\nproxy-authorization: basic bwu6c0bjcmv0\r\n"));
        assert!(request.contains("{\"role\":\"user\",\"content\":\"hello\"}"));
    }
}

#[test]
fn a_long_request_arrives_whole() {
    let proxy = Server::new(vec![vec![reply("a")]]);
    let mut other = behind(&proxy, "http://h.invalid/v1");
    // Longer than what the client writes at once, already in its headers.
    other.allow_key_over_http = true;
    let long = "x".repeat(100_000);
    other.headers = vec![("X-Long".into(), long.clone())];
    let question = Ask {
        system: Some(&long),
        context: &[],
        message: &long,
    };
    let mut http = Http::new(other, Pool::default());
    let ending = http.respond(&question, &mut |_| ControlFlow::Continue(()));
    assert_eq!(ending.status, Status::Complete);
    let request = proxy.request().unwrap();
    assert!(request.starts_with("POST http://h.invalid/v1/chat/completions HTTP/1.1\r\n"));
    assert_eq!(request.matches(&long).count(), 3);
}

#[test]
fn a_proxy_that_was_named_leads_to_this_machine_too() {
    let proxy = Server::new(vec![vec![reply("a")]]);
    hear(behind(&proxy, "http://127.0.0.1:1/v1")).assert(Status::Complete, "a", "");
    let request = proxy.request().unwrap();
    assert!(request.starts_with("POST http://127.0.0.1:1/v1/chat/completions "));
}

#[test]
fn a_proxy_that_does_not_let_us_in() {
    let proxy = Server::saying("HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n");
    let heard = hear(behind(&proxy, "http://h.invalid/v1"));
    heard.assert(Status::Failed, "", "the proxy wants a password (407)");
    assert_eq!(heard.hint(), "check --proxy");
    let proxy = Server::saying("HTTP/1.1 400 no s@cret s%40cret\r\n\r\nno s@cret, s%40cret");
    let what = hear(behind(&proxy, "http://h.invalid/v1"))
        .what()
        .to_owned();
    assert!(what.contains("[key]") && !what.contains("cret"), "{what}");
}

#[test]
fn a_proxy_that_is_not_there() {
    for base in ["https://h.example/v1", "http://h.example/v1"] {
        let mut endpoint = Endpoint::new("m1", base);
        endpoint.proxy = ProxyChoice::Proxy("http://me:secret@127.0.0.1:1".into());
        endpoint.proxy_origin = "SAYLOG_PROXY".into();
        endpoint.retries = 0;
        let heard = hear(endpoint);
        let what = "the proxy 127.0.0.1:1 (SAYLOG_PROXY) cannot be reached";
        heard.assert(Status::Failed, "", what);
        assert_eq!(heard.hint(), "check SAYLOG_PROXY");
    }
}
