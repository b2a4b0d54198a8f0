//! Lists of models.

use super::*;
use crate::domain::Error;

#[test]
fn models_are_listed() {
    let body = r#"{"data":[{"id":"b"},{"id":"a:7b"},{"id":"bad\nname"},{"id":"x/test-key-123"}]}"#;
    let answer = |status: &str| {
        let opening = format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\n");
        format!("{opening}Content-Length: {}\r\n\r\n{body}", body.len())
    };
    let server = Server::saying(answer("200 OK"));
    let models = |server: &Server| {
        Http::new(with_key(server), Pool::default()).models(&mut |_| ControlFlow::Continue(()))
    };
    let (listed, asked) = models(&server);
    assert_eq!(
        (listed, asked.is_ok()),
        (vec!["b".into(), "a:7b".into()], true)
    );
    let request = server.request().unwrap();
    assert!(request.starts_with("GET /v1/models HTTP/1.1\r\n"));
    assert!(
        request
            .to_lowercase()
            .contains("authorization: bearer test-key-123")
    );
    let (_, Err(Error::Responder(problem))) = models(&Server::saying(answer("401 No"))) else {
        panic!("listed");
    };
    assert_eq!(problem.hint.unwrap(), "check the variable OPENAI_API_KEY");
    let server = Server::new(vec![vec![Step::Hang]]);
    let stopped =
        Http::new(endpoint(&server), Pool::default()).models(&mut |_| ControlFlow::Break(()));
    assert!(matches!(stopped.1, Err(Error::Interrupted)));
}

#[test]
fn a_list_without_models_says_so() {
    let problem = |status: &str, body: &str| {
        let length = body.len();
        let answer = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n{body}");
        let http = Http::new(endpoint(&Server::saying(answer)), Pool::default());
        let listed = http.models(&mut |_| ControlFlow::Continue(()));
        let (_, Err(Error::Responder(problem))) = listed else {
            panic!("listed: {listed:?}");
        };
        problem.what
    };
    for (status, body, what) in [
        ("200 OK", r#"{"data":null}"#, "the endpoint lists no models"),
        (
            "200 OK",
            r#"{"data":[{"x":1}]}"#,
            "the endpoint lists no models",
        ),
        (
            "404 No",
            "404 page not found",
            "the endpoint has no list of models (404): 404 page not found",
        ),
        ("200 OK", r#"{"error":"no"}"#, "the endpoint failed: no"),
        (
            "200 OK",
            "<html>",
            "the endpoint answered with a web page, not with a reply",
        ),
        ("200 OK", "{}", "the endpoint sent what is no reply: `{}`"),
    ] {
        assert_eq!(problem(status, body), what, "{body}");
    }
}

/// An answer with this body, after which the connection can be used again.
fn page(body: &str) -> Step {
    let length = body.len();
    Step::Bytes(format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}").into())
}

/// What a server lists with these pages, and what is told of it.
fn listed(pages: &[&str]) -> (Server, String, Option<String>) {
    let steps = pages.iter().flat_map(|body| [page(body), Step::Again]);
    let server = Server::new(vec![steps.collect()]);
    let mut endpoint = endpoint(&server);
    endpoint.query = vec![("version".into(), "1".into())];
    let http = Http::new(endpoint, Pool::default());
    let (names, asked) = http.models(&mut |_| ControlFlow::Continue(()));
    let told = match asked {
        Ok(()) => None,
        Err(Error::Responder(problem)) => Some(problem.what),
        Err(other) => panic!("{other:?}"),
    };
    (server, names.join(" "), told)
}

#[test]
fn a_list_is_asked_for_page_by_page() {
    let first = r#"{"data":[{"id":"a"},{"id":"b/1"}],"has_more":true,"last_id":"b/1"}"#;
    let last = r#"{"data":[{"id":"c"}],"has_more":false,"last_id":"c"}"#;
    let (server, names, told) = listed(&[first, last]);
    assert_eq!((names.as_str(), told), ("a b/1 c", None));
    for path in ["?version=1", "?version=1&after_id=b%2F1"] {
        let request = server.request().unwrap();
        assert!(request.starts_with(&format!("GET /v1/models{path} HTTP/1.1\r\n")));
    }
    assert_eq!(server.requests(), 0);
}

#[test]
fn a_list_that_does_not_come_to_its_end_says_so() {
    let more = Some("the endpoint has more models than it lists".to_owned());
    let same = r#"{"data":[{"id":"a"}],"has_more":true,"last_id":"a"}"#;
    let (server, names, told) = listed(&[same, same]);
    assert_eq!((names.as_str(), &told), ("a a", &more));
    assert_eq!(server.requests(), 2);
    let (server, names, told) = listed(&[r#"{"data":[{"id":"a"}],"has_more":true}"#]);
    assert_eq!((names.as_str(), &told), ("a", &more));
    assert_eq!(server.requests(), 1);
    let (_, names, told) = listed(&[same, r#"{"error":"no"}"#]);
    assert_eq!(
        (names.as_str(), told.as_deref()),
        ("a", Some("the endpoint failed: no"))
    );
}
