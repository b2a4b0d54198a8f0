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
    assert_eq!(models(&server).unwrap(), ["b", "a:7b"]);
    let request = server.request().unwrap();
    assert!(request.starts_with("GET /v1/models HTTP/1.1\r\n"));
    assert!(
        request
            .to_lowercase()
            .contains("authorization: bearer test-key-123")
    );
    let Err(Error::Responder(problem)) = models(&Server::saying(answer("401 No"))) else {
        panic!("listed");
    };
    assert_eq!(problem.hint.unwrap(), "check the variable OPENAI_API_KEY");
    let server = Server::new(vec![vec![Step::Hang]]);
    let stopped =
        Http::new(endpoint(&server), Pool::default()).models(&mut |_| ControlFlow::Break(()));
    assert!(matches!(stopped, Err(Error::Interrupted)));
}

#[test]
fn a_list_without_models_says_so() {
    let problem = |status: &str, body: &str| {
        let length = body.len();
        let answer = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n{body}");
        let http = Http::new(endpoint(&Server::saying(answer)), Pool::default());
        let listed = http.models(&mut |_| ControlFlow::Continue(()));
        let Err(Error::Responder(problem)) = listed else {
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
