//! Endpoints that say no, and ways that lead nowhere.

use super::*;
use crate::responder::http::ProxyChoice;

fn status(head: &str, body: &str) -> FinishedReply {
    let length = body.len();
    let server = Server::saying(format!(
        "HTTP/1.1 {head}\r\nContent-Length: {length}\r\n\r\n{body}"
    ));
    hear(with_key(&server))
}

#[test]
fn each_status_has_its_sentence() {
    for (head, what, hint) in [
        (
            "400 No",
            "the endpoint does not accept the request (400): why",
            "check the name of the model and its parameters",
        ),
        (
            "401 No",
            "the endpoint refused the key (401): why",
            "check the variable OPENAI_API_KEY",
        ),
        (
            "403 No",
            "the endpoint does not allow this use of `m1` (403): why",
            "the key may lack the right to it, or the country is not served",
        ),
        (
            "404 No",
            "the endpoint does not know `m1`, or the address is wrong (404): why",
            "`/models` lists what it offers; check the base URL",
        ),
        (
            "413 No",
            "the context is too long for the model (413): why",
            "`/compact` shortens it, `/clear` empties it, `/set window TOKENS` sends less of it",
        ),
        (
            "429 No",
            "the endpoint was asked too much in too short a time (429): why",
            "`/retry` asks again",
        ),
        (
            "500 No",
            "the endpoint failed (500): why",
            "the fault is on its side; `/retry` asks again",
        ),
        (
            "503 No",
            "the endpoint is down or has too much to do (503): why",
            "`/retry` asks again",
        ),
    ] {
        let heard = status(head, r#"{"error":{"message":"why."}}"#);
        heard.assert(Status::Failed, "", what);
        assert_eq!(heard.hint(), hint);
    }
    let heard = status(
        "429 No",
        r#"{"error":{"message":"pay","code":"insufficient_quota"}}"#,
    );
    heard.assert(
        Status::Failed,
        "",
        "the account behind the key has no credit left (429): pay",
    );
    let heard = status(
        "400 No",
        r#"{"error":{"message":"big","code":"context_length_exceeded"}}"#,
    );
    heard.assert(
        Status::Failed,
        "",
        "the context is too long for the model (400): big",
    );
}

#[test]
fn a_missing_key_is_told_from_a_wrong_one() {
    let server = Server::saying("HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n");
    let heard = hear(endpoint(&server));
    heard.assert(Status::Failed, "", "the endpoint wants a key (401)");
    assert_eq!(
        heard.hint(),
        "`--key-variable NAME` names the variable that holds it"
    );
}

#[test]
fn the_body_of_a_refusal_may_be_anything() {
    status("500 No", "plain\nwords").assert(
        Status::Failed,
        "",
        "the endpoint failed (500): plain words",
    );
    status("500 No", "").assert(Status::Failed, "", "the endpoint failed (500)");
    let page = status("502 No\r\nContent-Type: text/html", "<html>");
    page.assert(
        Status::Failed,
        "",
        "the endpoint is down or has too much to do (502): a web page",
    );
    assert!(
        status("500 No", &"é".repeat(500_000))
            .what()
            .chars()
            .count()
            < 400
    );
    // One that never ends is not waited for: what has come is told.
    let head = "HTTP/1.1 500 No\r\n\r\n";
    let hanging = vec![Step::Bytes([head, "wait"].concat().into()), Step::Hang];
    let server = Server::new(vec![hanging]);
    let mut hasty = endpoint(&server);
    hasty.limits.end = Duration::from_millis(100);
    hear(hasty).assert(Status::Failed, "", "the endpoint failed (500): wait");
    server.wait_for_close();
    let endless = vec![Step::Bytes(head.into()), Step::Forever(b"x".repeat(1000))];
    assert!(
        hear(endpoint(&Server::new(vec![endless])))
            .what()
            .starts_with("the endpoint failed")
    );
}

#[test]
fn the_key_is_in_no_sentence_whatever_the_endpoint_says() {
    for echo in [
        "Incorrect API key provided: test-key-123. You can find it at https://x.example.",
        "Authorization: Bearer test-key-123",
        "tes*****123",
        "TEST-KEY-123",
        "key=test-key-123&x=y",
        "test-key-",
        "\u{1b}[31mtest-key-123\u{7}",
    ] {
        for body in [
            echo.to_owned(),
            serde_json::json!({"error": {"message": echo}}).to_string(),
        ] {
            for code in [400, 401, 404, 429, 500] {
                let heard = status(&format!("{code} test-key-123"), &body);
                let what = heard.what().to_lowercase();
                for part in [KEY, "test-key", "key-123", "tes*", "*123"] {
                    assert!(!what.contains(part), "{what}");
                }
            }
        }
        let nonsense = Server::saying([SSE, "data: ", echo, "\n\n"].concat());
        assert!(
            !hear(with_key(&nonsense))
                .what()
                .to_lowercase()
                .contains("test-key")
        );
    }
}

#[test]
fn redirects_are_not_followed_and_the_key_stays_here() {
    for code in [301, 302, 303, 307, 308] {
        let other = Server::saying([SSE, &event("a"), DONE].concat());
        let server = Server::saying(format!(
            "HTTP/1.1 {code} There\r\nLocation: {}/{KEY}\r\nContent-Length: 0\r\n\r\n",
            other.base()
        ));
        let heard = hear(with_key(&server));
        let host = other.base().replace("http://", "").replace("/v1", "");
        let what = format!("the endpoint sends us to {host} ({code})");
        heard.assert(Status::Failed, "", &what);
        assert!(server.request().unwrap().contains(KEY));
        assert_eq!(other.request(), None);
    }
    let relative = status("302 There\r\nLocation: /test-key-123", "");
    relative.assert(Status::Failed, "", "the endpoint sends us elsewhere (302)");
}

#[test]
fn nothing_listens() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let heard = hear(Endpoint::new("m1", format!("http://{address}/v1")));
    heard.assert(Status::Failed, "", &format!("nothing answers at {address}"));
    assert_eq!(
        heard.hint(),
        "start the server there, or check the base URL"
    );
}

#[test]
fn a_name_that_is_not_known() {
    let mut endpoint = Endpoint::new("m1", "http://nonexistent.invalid/v1");
    endpoint.proxy = ProxyChoice::Direct;
    endpoint.limits.resolve = Duration::from_secs(3);
    let heard = hear(endpoint);
    let what = heard.what();
    assert!(
        what.starts_with("the name `nonexistent.invalid` "),
        "{what}"
    );
    assert_eq!(heard.hint(), "check the base URL and the network");
}

#[test]
fn a_server_that_speaks_no_tls() {
    let server = Server::saying("HTTP/1.1 400 Bad Request\r\n\r\n");
    let mut endpoint = with_key(&server);
    endpoint.base_url = endpoint.base_url.replace("http:", "https:");
    let heard = hear(endpoint);
    assert!(
        heard.what().ends_with("does not speak TLS as we do"),
        "{}",
        heard.what()
    );
    assert_eq!(server.request(), None);
}

#[test]
fn a_key_is_not_sent_in_the_clear() {
    let mut endpoint = Endpoint::new("m1", "http://192.0.2.1/v1");
    endpoint.key = Key::new(KEY);
    let heard = hear(endpoint);
    heard.assert(
        Status::Failed,
        "",
        "the key is not sent over plain http to 192.0.2.1",
    );
}
