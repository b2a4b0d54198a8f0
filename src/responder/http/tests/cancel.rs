//! Ctrl-C: heeded whatever the endpoint is at, and nothing is waited for any more.
//!
//! That it is heeded within 100 ms is measured at a terminal, best of three.

use super::*;

/// Breaks when the listener has waited so often for something to come.
fn stopped_after_waits(endpoint: Endpoint, waits: usize) -> FinishedReply {
    let mut left = waits;
    ask(endpoint, |progress| {
        left -= usize::from(progress == Progress::Idle);
        if left > 0 {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    })
}

#[track_caller]
fn assert_interrupted(reply: &FinishedReply) {
    reply.assert(Status::Interrupted, &reply.text, "");
}

#[test]
fn a_reply_stops_while_nothing_arrives() {
    for before in ["", "HTTP/1.1 200", SSE, &[SSE, &event("a")].concat()] {
        let text = if before.ends_with("}\n\n") { "a" } else { "" };
        for waits_after in [0, 1, 3] {
            let server = Server::new(vec![vec![Step::Bytes(before.into()), Step::Hang]]);
            let (mut has_come, mut waits) = (false, 0);
            let reply = ask(endpoint(&server), |progress| {
                // All that the listener can know: the request is there, or the text is.
                has_come |= match text {
                    "" => server.request().is_some(),
                    text => progress == Progress::Delta(text),
                };
                waits += usize::from(has_come);
                if waits <= waits_after {
                    ControlFlow::Continue(())
                } else {
                    ControlFlow::Break(())
                }
            });
            reply.assert(Status::Interrupted, text, "");
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
    let mut deltas = 0;
    let reply = ask(endpoint(&server), |progress| {
        deltas += usize::from(progress != Progress::Idle);
        if deltas < 3 {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    });
    assert_interrupted(&reply);
    server.wait_for_close();
}

#[test]
fn a_handshake_that_hangs_stops_too() {
    let server = Server::new(vec![vec![Step::Hang]]);
    let mut endpoint = endpoint(&server);
    endpoint.base_url = endpoint.base_url.replace("http:", "https:");
    assert_interrupted(&stopped_after_waits(endpoint, 3));
    server.wait_for_close();
}

#[test]
fn a_countdown_stops_too() {
    let busy = "HTTP/1.1 429 No\r\nRetry-After: 20\r\nContent-Length: 0\r\n\r\n";
    let server = Server::saying(busy);
    let mut endpoint = endpoint(&server);
    endpoint.retries = 1;
    let reply = ask(endpoint, |progress| match progress {
        Progress::Retry(_) => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    });
    assert_interrupted(&reply);
}
