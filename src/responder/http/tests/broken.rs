//! Streams that break off, fall silent, or are none.

use super::*;
use crate::responder::http::ProxyChoice;

/// Cuts an answer after every byte of it. `pieces` are the deltas; each is there
/// if the whole JSON of its event came, and the end if `ends` came.
fn cut_everywhere(answer: &[u8], pieces: &[&str], ends: &str) {
    let text = String::from_utf8_lossy(answer).into_owned();
    let came = |part: &str| text.find(part).unwrap() + part.len();
    for cut in 0..=answer.len() {
        let server = Server::saying(&answer[..cut]);
        let heard = hear(endpoint(&server));
        let expected: String = pieces
            .iter()
            .filter(|piece| came(event(piece).trim_end()) <= cut)
            .copied()
            .collect();
        assert_eq!(heard.text, expected, "{cut}");
        if came(ends) <= cut {
            assert!(heard.is_complete(), "{cut}: {}", heard.what());
        } else {
            assert_eq!(heard.ending.status, Status::Failed, "{cut}");
            assert!(!heard.what().is_empty());
        }
    }
}

#[test]
fn a_stream_cut_at_any_byte_keeps_what_came() {
    let stop = STOP.trim_end();
    let body = [&event("a"), &event("é你"), STOP, DONE].concat();
    cut_everywhere([SSE, &body].concat().as_bytes(), &["a", "é你"], stop);
}

#[test]
fn a_chunked_stream_cut_at_any_byte_keeps_what_came() {
    let opening =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
    let mut answer = opening.as_bytes().to_vec();
    for part in [&event("a"), &event("é你"), DONE] {
        answer.extend(chunk(part.as_bytes()));
    }
    answer.extend(b"0\r\n\r\n");
    cut_everywhere(&answer, &["a", "é你"], DONE.trim_end());
}

#[test]
fn a_whole_answer_cut_at_any_byte_fails() {
    let body = r#"{"choices":[{"message":{"content":"a"}}]}"#;
    let opening = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
    let answer = format!("{opening}Content-Length: {}\r\n\r\n{body}", body.len());
    for cut in 0..=answer.len() {
        let heard = hear(endpoint(&Server::saying(&answer.as_bytes()[..cut])));
        assert_eq!(heard.is_complete(), cut == answer.len(), "{cut}");
    }
}

#[test]
fn what_is_missing_is_said() {
    stream(event("a")).assert(Status::Failed, "a", "the reply was cut off");
    stream("").assert(Status::Failed, "", "the endpoint sent nothing of a reply");
    stream(DONE).assert(Status::Failed, "", "the endpoint sent nothing of a reply");
    let opening =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 999\r\n\r\n";
    let heard = hear(endpoint(&Server::saying([opening, &event("a")].concat())));
    heard.assert(Status::Failed, "a", "the reply was cut off");
    let server = Server::saying("");
    let heard = hear(endpoint(&server));
    assert!(
        heard
            .what()
            .ends_with("closed the connection without an answer")
    );
}

#[test]
fn nonsense_costs_its_piece_of_a_reply() {
    let a = event("a");
    for (nonsense, shown) in [
        ("data: {\"choices\":[{\"del\n\n", "{\"choices\":[{\"del"),
        ("data: {hello test-key-123\n\n", "{hello test-key-123"),
    ] {
        let what = format!("a piece of the reply cannot be read and is missing: `{shown}`");
        let heard = stream([&a, nonsense, &event("b"), DONE].concat().replace(KEY, "x"));
        heard.assert(Status::Failed, "ab", &what.replace(KEY, "x"));
    }
    let wrong = [
        a.as_bytes(),
        b"data: {\"choices\":[{\"delta\":{\"content\":\"\xff\"}}]}\n\n",
    ]
    .concat();
    assert_eq!(stream(wrong).text, "a\u{fffd}");
    let error = "data: {\"error\":{\"message\":\"out of memory.\"}}\n\n";
    stream([&a, error].concat()).assert(Status::Failed, "a", "the endpoint failed: out of memory");
}

#[test]
fn what_is_no_http_or_no_stream_is_told_apart() {
    let heard = hear(endpoint(&Server::saying("SSH-2.0-x\r\n\r\n")));
    assert!(
        heard.what().ends_with("does not speak HTTP"),
        "{}",
        heard.what()
    );
    let opening = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let heard = hear(endpoint(&Server::saying([opening, "xyz\r\n"].concat())));
    heard.assert(
        Status::Failed,
        "",
        "the reply was cut off: the stream is damaged",
    );
    let page = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>";
    let heard = hear(endpoint(&Server::saying(page)));
    heard.assert(
        Status::Failed,
        "",
        "the endpoint answered with a web page, not with a reply",
    );
    let heard = hear(endpoint(&Server::saying("HTTP/1.1 204 No\r\n\r\n")));
    heard.assert(
        Status::Failed,
        "",
        "the endpoint answered without a reply (204)",
    );
    let opening = format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "x".repeat(100_000));
    assert!(
        hear(endpoint(&Server::saying(opening)))
            .what()
            .ends_with("answer is too long")
    );
}

#[test]
fn silence_has_a_limit() {
    for before in ["", ": wait\n\n", "data: {"] {
        let server = Server::new(vec![vec![
            Step::Bytes([SSE, &event("a"), before].concat().into()),
            Step::Hang,
        ]]);
        let mut endpoint = endpoint(&server);
        endpoint.limits.idle = Duration::from_secs(1);
        hear(endpoint).assert(Status::Failed, "a", "the endpoint fell silent for 1 s");
        server.wait_for_close();
    }
    let server = Server::new(vec![vec![Step::Hang]]);
    let mut endpoint = endpoint(&server);
    endpoint.limits.answer = Duration::from_millis(150);
    assert!(
        hear(endpoint)
            .what()
            .ends_with("did not answer within 150 ms")
    );
}

#[test]
fn what_never_ends_is_ended() {
    let forever = |bytes: &str| {
        let server = Server::new(vec![vec![
            Step::Bytes(SSE.into()),
            Step::Forever(bytes.into()),
        ]]);
        let mut endpoint = endpoint(&server);
        endpoint.limits.reply = 1024 * 1024;
        endpoint.limits.event = 1024 * 1024;
        endpoint.limits.without_text = 4 * 1024 * 1024;
        let heard = hear(endpoint);
        server.wait_for_close();
        heard
    };
    let heard = forever(&event("éé7").repeat(100));
    assert_eq!(heard.what(), "the reply is longer than 1 MiB");
    assert!(heard.text.len() > 1024 * 1024 - 5 && heard.text.len() <= 1024 * 1024);
    assert_eq!(heard.ending.status, Status::Failed);
    let what = "the endpoint sends without end, but no reply";
    forever(&": wait\n".repeat(100)).assert(Status::Failed, "", what);
    let what = "the endpoint sent an event of more than 1 MiB";
    forever("data: xxxxxxxxxxxxxxxxxxxx").assert(Status::Failed, "", what);
    forever("data: xxxxxxxxxxxxxxxxxxxx\n").assert(Status::Failed, "", what);
}

#[test]
fn an_answer_to_half_a_request_is_an_answer_or_a_cut() {
    // The server answers and closes with the request unread, which resets the connection.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut byte = [0];
        std::io::Read::read_exact(&mut stream, &mut byte).unwrap();
        let answer = [SSE, &event("a")].concat();
        let _ = std::io::Write::write_all(&mut stream, answer.as_bytes());
    });
    let mut endpoint = Endpoint::new("m1", base);
    endpoint.proxy = ProxyChoice::Direct;
    let heard = hear(endpoint);
    server.join().unwrap();
    assert_eq!(heard.ending.status, Status::Failed);
    assert!(!heard.what().is_empty());
}
