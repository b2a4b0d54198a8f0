//! Ctrl-C: promptly, whatever the endpoint is at.

use std::thread;
use std::time::Instant;

use super::*;

/// Breaks so long after the beginning and says how long it took to be heeded.
fn stopped_after(endpoint: Endpoint, pressed_after: Duration) -> (FinishedReply, Duration) {
    let begun = Instant::now();
    let heard = ask(endpoint, |_| {
        if begun.elapsed() < pressed_after {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    });
    (heard, begun.elapsed().saturating_sub(pressed_after))
}

#[test]
fn a_reply_stops_while_nothing_arrives() {
    for before in ["", "HTTP/1.1 200", SSE, &[SSE, &event("a")].concat()] {
        for pressed_after in [60, 77, 93] {
            let server = Server::new(vec![vec![Step::Bytes(before.into()), Step::Hang]]);
            let pressed_after = Duration::from_millis(pressed_after);
            let (heard, took) = stopped_after(endpoint(&server), pressed_after);
            assert_eq!(heard.ending.status, Status::Interrupted);
            assert!(heard.ending.trouble.is_none());
            assert_eq!(heard.text, if before.ends_with("\n\n") { "a" } else { "" });
            assert!(took < PROMPTLY, "{took:?}");
            // The connection is closed, not kept for another request.
            server.wait_for_close();
        }
    }
}

#[test]
fn a_fast_stream_stops_too() {
    let server = Server::new(vec![vec![
        Step::Bytes(SSE.into()),
        Step::Forever(event("a").into()),
    ]]);
    let (heard, took) = stopped_after(endpoint(&server), Duration::from_millis(50));
    assert_eq!(heard.ending.status, Status::Interrupted);
    assert!(took < PROMPTLY, "{took:?}");
    server.wait_for_close();
}

#[test]
fn a_handshake_that_hangs_stops_too() {
    let server = Server::new(vec![vec![Step::Hang]]);
    let mut endpoint = endpoint(&server);
    endpoint.base_url = endpoint.base_url.replace("http:", "https:");
    let (heard, took) = stopped_after(endpoint, Duration::from_millis(60));
    assert_eq!(heard.ending.status, Status::Interrupted);
    assert!(took < PROMPTLY, "{took:?}");
    server.wait_for_close();
}

#[test]
fn a_countdown_stops_too() {
    let busy = "HTTP/1.1 429 No\r\nRetry-After: 20\r\nContent-Length: 0\r\n\r\n";
    let server = Server::saying(busy);
    let (heard, took) = stopped_after(endpoint(&server), Duration::from_millis(200));
    assert_eq!(heard.ending.status, Status::Interrupted);
    assert!(took < PROMPTLY, "{took:?}");
}

#[test]
fn a_listener_that_takes_its_time_loses_nothing_and_is_no_silence() {
    let server = Server::saying([SSE, &event("a"), &event("b"), DONE].concat());
    let mut endpoint = endpoint(&server);
    endpoint.limits.idle = Duration::from_millis(100);
    let heard = ask(endpoint, |_| {
        thread::sleep(Duration::from_millis(200));
        ControlFlow::Continue(())
    });
    heard.assert(Status::Complete, "ab", "");
}
