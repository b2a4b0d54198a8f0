//! The headers of a request: who we are to the endpoint, and what a person adds.

use ureq::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use ureq::http::{HeaderMap, HeaderName, HeaderValue};

use super::endpoint::{Api, Endpoint};
use super::key::header_value;
use crate::domain::{Problem, ProblemKind};

/// The header that names the version of Anthropic's API, and that version.
const ANTHROPIC_VERSION: (HeaderName, HeaderValue) = (
    HeaderName::from_static("anthropic-version"),
    HeaderValue::from_static("2023-06-01"),
);

/// The header that Anthropic's API wants the key in.
const ANTHROPIC_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// The headers of a request to an endpoint. What a person sets comes before what
/// would be sent otherwise.
///
/// # Errors
/// The key, a header's name or its value cannot be sent.
pub(super) fn headers(endpoint: &Endpoint, has_body: bool) -> Result<HeaderMap, Problem> {
    let accepted = HeaderValue::from_static("text/event-stream, application/json");
    let mut headers = HeaderMap::from_iter([(ACCEPT, accepted)]);
    if has_body {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    if endpoint.api == Api::Anthropic {
        let (name, version) = ANTHROPIC_VERSION;
        headers.insert(name, version);
    }
    if let Some(key) = &endpoint.key {
        let (name, before) = match (&endpoint.key_header, endpoint.api) {
            (Some(name), _) => (header_name(name)?, ""),
            (None, Api::Anthropic) => (ANTHROPIC_KEY, ""),
            (None, Api::Chat | Api::Responses) => (AUTHORIZATION, "Bearer "),
        };
        let value = key.header(before).map_err(|why| {
            let variable = endpoint.key_variable.as_ref();
            let hint = variable.map(|name| format!("check the variable {name}"));
            problem(format!("the key {why}"), hint)
        })?;
        headers.insert(name, value);
    }
    for (name, value) in &endpoint.headers {
        let what = |why| problem(format!("the value of the header `{name}` {why}"), None);
        headers.insert(header_name(name)?, header_value(value).map_err(what)?);
    }
    Ok(headers)
}

fn header_name(name: &str) -> Result<HeaderName, Problem> {
    let hint = || Some("a name is made of letters, digits and `-`".to_owned());
    name.parse()
        .map_err(|_| problem(format!("`{name}` is no name of a header"), hint()))
}

fn problem(what: String, hint: Option<String>) -> Problem {
    Problem {
        kind: ProblemKind::Other,
        what,
        hint,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Key;
    use super::*;

    fn sent(endpoint: &Endpoint) -> Vec<String> {
        let headers = headers(endpoint, true).unwrap_or_else(|problem| panic!("{}", problem.what));
        let shown = |(name, value): (&HeaderName, &HeaderValue)| {
            format!("{name}: {}", value.to_str().unwrap())
        };
        let mut sent: Vec<_> = headers.iter().map(shown).collect();
        sent.retain(|line| !line.starts_with("accept: ") && !line.starts_with("content-type: "));
        sent
    }

    #[test]
    fn each_api_has_its_header_for_the_key() {
        let mut endpoint = Endpoint::new("m", "https://h.example/v1");
        assert_eq!(sent(&endpoint), [""; 0]);
        endpoint.key = Key::new("test-key-123");
        assert_eq!(sent(&endpoint), ["authorization: Bearer test-key-123"]);
        endpoint.api = Api::Responses;
        assert_eq!(sent(&endpoint), ["authorization: Bearer test-key-123"]);
        endpoint.api = Api::Anthropic;
        let own = ["anthropic-version: 2023-06-01", "x-api-key: test-key-123"];
        assert_eq!(sent(&endpoint), own);
        endpoint.headers = vec![("Anthropic-Version".into(), "2099-01-01".into())];
        let own = ["anthropic-version: 2099-01-01", "x-api-key: test-key-123"];
        assert_eq!(sent(&endpoint), own);
        endpoint.api = Api::Chat;
        endpoint.headers = vec![("X-Title".into(), "mine".into())];
        endpoint.key_header = Some("api-key".into());
        assert_eq!(sent(&endpoint), ["api-key: test-key-123", "x-title: mine"]);
    }

    #[test]
    fn what_cannot_be_sent_is_said() {
        let told = |endpoint: &Endpoint| headers(endpoint, true).err().unwrap();
        let mut endpoint = Endpoint::new("m", "https://h.example/v1");
        endpoint.key = Key::new("test\u{200b}key");
        endpoint.key_variable = Some("MY_KEY".into());
        let problem = told(&endpoint);
        let what = "the key has an invisible character (U+200B)";
        assert_eq!(problem.what, what);
        assert_eq!(problem.hint.unwrap(), "check the variable MY_KEY");
        endpoint.key = None;
        endpoint.headers = vec![("X-A".into(), "a\r\nb".into())];
        let what = "the value of the header `X-A` has an invisible character (U+000D)";
        assert_eq!(told(&endpoint).what, what);
        endpoint.headers = vec![("X A".into(), "a".into())];
        assert_eq!(told(&endpoint).what, "`X A` is no name of a header");
    }
}
