//! Connections that are kept for the next turn, and those that are not.

use super::*;

#[test]
fn the_next_turn_goes_over_the_same_connection() {
    let steps = vec![reply("a"), Step::Again, reply("b"), Step::Again, reply("c")];
    let server = Server::new(vec![steps]);
    let pool = Pool::default();
    for text in ["a", "b", "c"] {
        let mut endpoint = endpoint(&server);
        // Whoever answers there.
        endpoint.model = text.into();
        let heard = hear_with(&pool, endpoint);
        heard.assert(Status::Complete, text, "");
        assert_eq!(heard.ending.tries, 1);
    }
    assert_eq!(server.requests(), 3);
}

#[test]
fn a_list_of_models_leaves_its_connection_to_the_first_turn() {
    let list = "HTTP/1.1 200 OK\r\nContent-Length: 21\r\n\r\n{\"data\":[{\"id\":\"a\"}]}";
    let steps = vec![Step::Bytes(list.into()), Step::Again, reply("b")];
    let server = Server::new(vec![steps]);
    let pool = Pool::default();
    let http = Http::new(endpoint(&server), pool.clone());
    let (listed, asked) = http.models(&mut |_| ControlFlow::Continue(()));
    assert_eq!((listed, asked.is_ok()), (vec!["a".to_owned()], true));
    hear_with(&pool, endpoint(&server)).assert(Status::Complete, "b", "");
}

#[test]
fn a_connection_is_closed_when_its_request_was_stopped_cut_or_refused() {
    let begun = [SSE, &event("a")].concat();
    let refused = "HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n";
    for (first, breaks) in [(&*begun, true), (refused, false)] {
        let server = Server::new(vec![
            vec![Step::Bytes(first.into()), Step::Again, Step::Hang],
            vec![reply("b")],
        ]);
        let pool = Pool::default();
        let heard = ask_with(&pool, endpoint(&server), |progress| match progress {
            Progress::Delta(_) if breaks => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        });
        assert_ne!(heard.ending.status, Status::Complete);
        server.wait_for_close();
        hear_with(&pool, endpoint(&server)).assert(Status::Complete, "b", "");
    }
}

#[test]
fn an_answer_that_does_not_come_to_its_end_is_not_waited_for() {
    let mut open = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    open.extend(chunk((event("a") + DONE).as_bytes()));
    let server = Server::new(vec![vec![Step::Bytes(open), Step::Hang], vec![reply("b")]]);
    let pool = Pool::default();
    hear_with(&pool, endpoint(&server)).assert(Status::Complete, "a", "");
    // The next turn closes it, and makes another.
    hear_with(&pool, endpoint(&server)).assert(Status::Complete, "b", "");
    server.wait_for_close();
}

#[test]
fn a_connection_that_was_closed_meanwhile_costs_nothing() {
    // Closed before the next request; closed when it has come, unanswered.
    for (more, retries) in [(Step::Close, 0), (Step::Close, 2), (Step::Again, 2)] {
        let is_asked = matches!(more, Step::Again);
        let server = Server::new(vec![vec![reply("a"), more], vec![reply("b")]]);
        let pool = Pool::default();
        let of = |server: &Server| Endpoint {
            retries,
            ..endpoint(server)
        };
        hear_with(&pool, of(&server)).assert(Status::Complete, "a", "");
        if !is_asked {
            server.wait_for_close();
        }
        let heard = ask_with(&pool, of(&server), |progress| {
            assert!(!matches!(progress, Progress::Retry(_)));
            ControlFlow::Continue(())
        });
        heard.assert(Status::Complete, "b", "");
        // What was sent is counted.
        assert_eq!(heard.ending.tries, 1 + u32::from(is_asked));
        assert_eq!(server.requests(), 2 + usize::from(is_asked));
    }
}

#[test]
fn what_may_have_been_taken_is_not_sent_twice_unasked() {
    let half = Step::Bytes("HTTP/1.1 200 O".into());
    // Where nothing is to be sent again; where a part of an answer came.
    for (more, retries) in [(vec![Step::Again], 0), (vec![Step::Again, half], 2)] {
        let mut steps = vec![reply("a")];
        steps.extend(more);
        let server = Server::new(vec![steps, vec![reply("b")]]);
        let pool = Pool::default();
        let of = |server: &Server| Endpoint {
            retries,
            ..endpoint(server)
        };
        hear_with(&pool, of(&server)).assert(Status::Complete, "a", "");
        let heard = hear_with(&pool, of(&server));
        assert!(
            heard
                .what()
                .ends_with(" closed the connection without an answer")
        );
        assert_eq!((heard.ending.tries, server.requests()), (1, 2));
    }
}

#[test]
fn several_at_once_have_a_connection_each_and_keep_it() {
    let both = || vec![reply("a"), Step::Again, reply("b")];
    let (one, two) = (Server::new(vec![both()]), Server::new(vec![both()]));
    let pool = Pool::default();
    for text in ["a", "b"] {
        std::thread::scope(|scope| {
            for server in [&one, &two] {
                let (pool, endpoint) = (pool.clone(), endpoint(server));
                scope.spawn(move || {
                    hear_with(&pool, endpoint).assert(Status::Complete, text, "");
                });
            }
        });
    }
}
