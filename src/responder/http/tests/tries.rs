//! Requests that are sent again, and those that are not.

use super::*;
use crate::domain::{Retry, RetryReason};

const BUSY: &str = "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n";
const DOWN: &str = "the endpoint is down or has too much to do (503)";

/// A connection on which this is said, and no more.
fn saying(bytes: impl Into<Vec<u8>>) -> Vec<Step> {
    vec![Step::Bytes(bytes.into())]
}

fn patient(server: &Server, retries: u32) -> Endpoint {
    Endpoint {
        retries,
        ..endpoint(server)
    }
}

/// Asks; with the reasons of all waits that were shown.
fn watched(endpoint: Endpoint) -> (FinishedReply, Vec<RetryReason>) {
    let mut reasons = Vec::new();
    let heard = ask(endpoint, |progress| {
        if let Progress::Retry(Retry { reason, .. }) = progress {
            reasons.push(reason);
        }
        ControlFlow::Continue(())
    });
    reasons.dedup();
    (heard, reasons)
}

#[test]
fn what_passes_is_tried_again_as_often_as_was_said() {
    for status in [408, 425, 429, 500, 502, 503, 504, 529] {
        let busy = format!("HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n");
        let server = Server::new(vec![saying(&*busy), saying(&*busy), vec![reply("a")]]);
        let heard = hear(patient(&server, 2));
        heard.assert(Status::Complete, "a", "");
        assert_eq!((heard.ending.tries, server.requests()), (3, 3));
    }
    for retries in [0, 1] {
        let server = Server::new((0..5).map(|_| saying(BUSY)).collect());
        let heard = hear(patient(&server, retries));
        heard.assert(Status::Failed, "", DOWN);
        let sent = usize::try_from(retries).unwrap() + 1;
        assert_eq!((heard.ending.tries, server.requests()), (retries + 1, sent));
    }
    let server = Server::new(vec![vec![reply("a")]]);
    assert_eq!(hear(patient(&server, 2)).ending.tries, 1);
}

#[test]
fn what_does_not_pass_is_asked_once() {
    let kind = "Content-Type: application/json\r\n";
    for answer in [
        "400 No".to_owned(),
        "401 No".to_owned(),
        "413 No".to_owned(),
        format!("429 No\r\n{kind}\r\n{{\"error\":{{\"code\":\"insufficient_quota\"}}}}"),
        format!("429 No\r\n{kind}\r\n{{\"error\":{{\"message\":\"check your billing\"}}}}"),
    ] {
        let mut answer = format!("HTTP/1.1 {answer}");
        if !answer.contains("\r\n\r\n") {
            answer += "\r\nContent-Length: 0\r\n\r\n";
        }
        let server = Server::new(vec![saying(&*answer), vec![reply("a")]]);
        let heard = hear(patient(&server, 2));
        assert_eq!(heard.ending.status, Status::Failed, "{answer}");
        assert_eq!((heard.ending.tries, server.requests()), (1, 1), "{answer}");
    }
    // Nor is a reply of which something came, or a silence.
    let begun = [SSE, &event("a")].concat();
    let server = Server::new(vec![saying(begun), vec![reply("a")]]);
    let heard = hear(patient(&server, 2));
    heard.assert(Status::Failed, "a", "the reply was cut off");
    assert_eq!(heard.ending.tries, 1);
    let server = Server::new(vec![vec![Step::Hang], vec![reply("a")]]);
    let mut silent = patient(&server, 2);
    silent.limits.answer = Duration::from_millis(50);
    let heard = hear(silent);
    assert!(heard.what().ends_with("did not answer within 50 ms"));
    assert_eq!(heard.ending.tries, 1);
}

#[test]
fn a_connection_that_drops_before_an_answer_is_made_again() {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for dropped in ["", chunked] {
        let server = Server::new(vec![saying(dropped), vec![reply("a")]]);
        let (heard, reasons) = watched(patient(&server, 1));
        heard.assert(Status::Complete, "a", "");
        assert_eq!((heard.ending.tries, server.requests()), (2, 2));
        assert_eq!(reasons, [RetryReason::Dropped]);
    }
    // A part of the head is one of an answer.
    let server = Server::new(vec![saying("HTTP/1.1 200 O"), vec![reply("a")]]);
    let heard = hear(patient(&server, 2));
    assert!(
        heard
            .what()
            .ends_with(" closed the connection without an answer")
    );
    assert_eq!((heard.ending.tries, server.requests()), (1, 1));
}

#[test]
fn a_refused_connection_is_tried_again() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    drop(listener);
    let (heard, reasons) = watched(Endpoint::new("m1", base));
    assert!(heard.what().starts_with("nothing answers at "));
    assert_eq!(heard.ending.tries, 3);
    assert_eq!(reasons, [RetryReason::Dropped]);
}

#[test]
fn a_busy_endpoint_is_asked_again_when_it_says() {
    for wait in ["Retry-After: 1", "Retry-After: 0", "retry-after-ms: 300"] {
        let busy = format!("HTTP/1.1 429 No\r\n{wait}\r\nContent-Length: 0\r\n\r\n");
        let server = Server::new(vec![saying(busy), vec![reply("a")]]);
        let mut left = Vec::new();
        let heard = ask(patient(&server, 1), |progress| {
            if let Progress::Retry(wait) = progress {
                assert_eq!(wait.reason, RetryReason::Busy);
                left.push(wait.left);
            }
            ControlFlow::Continue(())
        });
        heard.assert(Status::Complete, "a", "");
        assert!(left.is_sorted_by(|a, b| a > b));
        assert!(left.iter().all(|left| *left <= Duration::from_secs(1)));
    }
}

#[test]
fn a_limit_a_minute_passes_whatever_words_it_is_told_in() {
    let words =
        "\"message\":\"You exceeded your current quota, please check your billing details\"";
    let details = "\"details\":[{\"retryDelay\":\"0s\"}]";
    for (header, body) in [
        ("Retry-After: 0\r\n", format!("{{\"error\":{{{words}}}}}")),
        ("", format!("{{\"error\":{{{words},{details}}}}}")),
    ] {
        let length = body.len();
        let busy = format!("HTTP/1.1 429 No\r\n{header}Content-Length: {length}\r\n\r\n{body}");
        let server = Server::new(vec![saying(busy), vec![reply("a")]]);
        let heard = hear(patient(&server, 1));
        heard.assert(Status::Complete, "a", "");
        assert_eq!((heard.ending.tries, server.requests()), (2, 2));
    }
}

#[test]
fn patience_has_an_end() {
    let busy = "HTTP/1.1 503 No\r\nRetry-After: 3600\r\nContent-Length: 0\r\n\r\n";
    for total in [None, Some(Duration::from_mins(1))] {
        let server = Server::saying(busy);
        let mut endpoint = patient(&server, 2);
        endpoint.limits.total = total;
        let heard = hear(endpoint);
        heard.assert(Status::Failed, "", DOWN);
        assert_eq!(heard.hint(), "`/retry` asks again, best in 3600 s");
        assert_eq!(heard.ending.tries, 1);
    }
}

#[test]
fn a_wait_is_told_as_far_as_it_makes_sense() {
    for (wait, hint) in [
        ("99999999999999999999", ", best on another day"),
        ("Fri, 27 Nov 2099 02:00:00 GMT", ", best on another day"),
        ("0", ""),
        ("Sun, 06 Nov 1994 08:49:37 GMT", ""),
    ] {
        let busy = format!("HTTP/1.1 503 No\r\nRetry-After: {wait}\r\nContent-Length: 0\r\n\r\n");
        let heard = hear(patient(&Server::new(vec![saying(busy)]), 0));
        assert_eq!(heard.hint(), format!("`/retry` asks again{hint}"), "{wait}");
    }
    // Where no header says it, words may.
    let words = "{\"error\":{\"message\":\"Rate limit. Please try again in 3600s.\"}}";
    let busy = format!("HTTP/1.1 429 No\r\nConnection: close\r\n\r\n{words}");
    let heard = hear(patient(&Server::new(vec![saying(busy)]), 2));
    assert_eq!(heard.hint(), "`/retry` asks again, best in 3600 s");
    assert_eq!(heard.ending.tries, 1);
}

#[test]
fn all_of_it_has_a_limit_if_one_was_set() {
    let begun = [SSE, &event("a")].concat();
    for (before, text) in [(begun, "a"), (String::new(), "")] {
        let server = Server::new(vec![vec![Step::Bytes(before.into()), Step::Hang]]);
        let mut endpoint = patient(&server, 2);
        endpoint.limits.total = Some(Duration::from_millis(300));
        let heard = hear(endpoint);
        let what = "the reply was not whole within 300 ms";
        heard.assert(Status::Failed, text, what);
        let hint = "`/retry` asks again; raise `total`: `--timeout total=SECONDS`, or under `[models.NAME]`";
        assert_eq!((heard.hint(), heard.ending.tries), (hint, 1));
        server.wait_for_close();
    }
}

#[test]
fn no_limit_is_longer_than_a_clock_can_tell() {
    let server = Server::new(vec![vec![reply("a")]]);
    let mut endless = patient(&server, 2);
    let limits = &mut endless.limits;
    limits.connect = Duration::MAX;
    limits.answer = Duration::MAX;
    limits.idle = Duration::MAX;
    limits.total = Some(Duration::MAX);
    limits.patience = Duration::MAX;
    hear(endless).assert(Status::Complete, "a", "");
}
