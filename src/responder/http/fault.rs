//! What can go wrong with a request, and the sentence and the hint for it.

use std::time::Duration;

use super::connection;
use super::endpoint::Endpoint;
use super::wording::{quoted, size, time_span};
use crate::domain::{Problem, ProblemKind};

/// Why there is no reply, or only a part of it.
#[derive(Debug)]
pub(super) enum Fault {
    /// The endpoint answered with an error status.
    Refused(Refusal),
    /// The endpoint redirects to another address: status and host. Redirects are not followed.
    Elsewhere(u16, Option<String>),
    /// The connection failed before an answer began.
    Connection(ureq::Error),
    /// The connection failed in the middle of an answer.
    Broken(ureq::Error),
    /// The answer ended before the reply did.
    Cut,
    /// The answer ended without a reply.
    Empty,
    /// Nothing arrived for this time.
    Silent(Duration),
    /// The total time, which is this long, is over.
    Late(Duration),
    /// The answer is packed in a way that we do not know; its name.
    Packed(String),
    /// What arrived is no reply; its beginning.
    Nonsense(String),
    /// The reply came to its end, but a piece of it could not be read; its beginning.
    Missing(String),
    /// The answer is a web page.
    Page,
    /// An event of the stream is longer than so many bytes.
    LongEvent(usize),
    /// The reply is longer than so many bytes.
    LongReply(usize),
    /// Much arrived, but no text of a reply.
    NoText,
    /// The endpoint reported an error in the middle of the answer.
    Reported(String),
    /// The worker thread could not be started, or has ended without an outcome.
    NoWorker,
}

/// An answer with an error status.
#[derive(Debug)]
pub(super) struct Refusal {
    pub status: u16,
    /// The message in its body.
    pub said: Option<String>,
    /// The error code in its body.
    pub code: Option<String>,
    /// How long the endpoint asks us to wait.
    pub wait: Option<Duration>,
}

impl Fault {
    /// The sentence and the hint. Texts of the endpoint are quoted without the key.
    pub(super) fn problem(&self, endpoint: &Endpoint) -> Problem {
        let (what, hint) = match self {
            Self::Refused(refusal) => return refusal.problem(endpoint),
            Self::Elsewhere(status, to) => (
                match to {
                    Some(to) => format!(
                        "the endpoint sends us to {} ({status})",
                        quoted(endpoint, to)
                    ),
                    None => format!("the endpoint sends us elsewhere ({status})"),
                },
                Some("redirects are not followed; if you trust it, make it the base URL".into()),
            ),
            Self::Connection(error) => connection::before_answer(error, endpoint),
            Self::Broken(error) => connection::during_answer(error),
            Self::Cut => ("the reply was cut off".into(), None),
            Self::Empty => (
                "the endpoint answered without a reply".into(),
                Some(base_hint(endpoint)),
            ),
            Self::Silent(time) => (
                format!("the endpoint fell silent for {}", time_span(*time)),
                Some(format!("ask again, or {}", connection::raise("idle"))),
            ),
            Self::Late(time) => (
                format!("the reply was not whole within {}", time_span(*time)),
                Some(format!("ask again, or {}", connection::raise("total"))),
            ),
            Self::Packed(packing) => (
                format!(
                    "the endpoint packed its answer as `{}`, which nobody asked for",
                    quoted(endpoint, packing)
                ),
                None,
            ),
            Self::Nonsense(text) => (
                format!(
                    "the endpoint sent what is no reply: `{}`",
                    quoted(endpoint, text)
                ),
                Some(base_hint(endpoint)),
            ),
            Self::Missing(text) => (
                format!(
                    "a piece of the reply cannot be read and is missing: `{}`",
                    quoted(endpoint, text)
                ),
                None,
            ),
            Self::Page => (
                "the endpoint answered with a web page, not with a reply".into(),
                Some(base_hint(endpoint)),
            ),
            Self::LongEvent(limit) => (
                format!("the endpoint sent an event of more than {}", size(*limit)),
                None,
            ),
            Self::LongReply(limit) => (format!("the reply is longer than {}", size(*limit)), None),
            Self::NoText => ("the endpoint sends without end, but no reply".into(), None),
            Self::Reported(text) => (
                format!("the endpoint failed: {}", quoted(endpoint, text)),
                None,
            ),
            Self::NoWorker => ("the endpoint cannot be waited for: no thread".into(), None),
        };
        Problem {
            kind: ProblemKind::Other,
            what,
            hint,
        }
    }
}

impl Refusal {
    fn problem(&self, endpoint: &Endpoint) -> Problem {
        let status = self.status;
        let model = &endpoint.model;
        let code = self.code.as_deref().unwrap_or_default();
        let is_too_long = status == 413 || code == "context_length_exceeded";
        let (what, hint) = match status {
            _ if is_too_long => (
                "the context is too long for the model".into(),
                Some("`/clear` empties it".into()),
            ),
            401 => match &endpoint.key {
                Some(_) => (
                    "the endpoint refused the key".into(),
                    key_hint(endpoint, "check"),
                ),
                None => ("the endpoint wants a key".into(), key_hint(endpoint, "set")),
            },
            402 => ("the account behind the key has no credit left".into(), None),
            403 => (
                format!("the endpoint does not allow this use of `{model}`"),
                Some("the key may lack the right to it, or the country is not served".into()),
            ),
            404 | 405 | 410 => (
                format!("the endpoint does not know `{model}`, or the address is wrong"),
                Some(format!(
                    "`/models` lists what it offers; {}",
                    base_hint(endpoint)
                )),
            ),
            407 => (
                "the proxy wants a password".into(),
                connection::proxy_hint(endpoint),
            ),
            429 if code == "insufficient_quota" => {
                ("the account behind the key has no credit left".into(), None)
            }
            429 => (
                "the endpoint was asked too much in too short a time".into(),
                Some(self.later()),
            ),
            408 | 504 | 524 => (
                "the endpoint gave up waiting for the model".into(),
                Some("try again later".into()),
            ),
            502 | 503 | 529 => (
                "the endpoint is down or has too much to do".into(),
                Some(self.later()),
            ),
            400..500 => (
                "the endpoint does not accept the request".into(),
                Some("check the name of the model and its parameters".into()),
            ),
            500.. => (
                "the endpoint failed".into(),
                Some("the fault is on its side; try again later".into()),
            ),
            _ => (
                "the endpoint answered without a reply".into(),
                Some(base_hint(endpoint)),
            ),
        };
        let said = self.said.as_deref().map(|said| quoted(endpoint, said));
        let said = said.filter(|said| !said.is_empty());
        let what = match said {
            Some(said) => format!("{what} ({status}): {said}"),
            None => format!("{what} ({status})"),
        };
        Problem {
            kind: ProblemKind::Other,
            what,
            hint,
        }
    }

    fn later(&self) -> String {
        match self.wait {
            Some(wait) => format!("try again in {}", time_span(wait)),
            None => "try again later".into(),
        }
    }
}

fn key_hint(endpoint: &Endpoint, verb: &str) -> Option<String> {
    let name = endpoint.key_variable.as_ref()?;
    Some(format!("{verb} the variable {name}"))
}

fn base_hint(endpoint: &Endpoint) -> String {
    let uri = endpoint.address("").ok();
    match uri.as_ref().map(|uri| uri.path().trim_end_matches('/')) {
        Some(path) if path.ends_with("/v1") => "check the base URL".into(),
        _ => "check the base URL; most end in `/v1`".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::wording::QUOTED_CHARACTERS;
    use super::super::{Key, ProxyChoice};
    use super::*;

    fn endpoint() -> Endpoint {
        let mut endpoint = Endpoint::new("m1", "https://h.example:8443/v1");
        endpoint.key = Key::new("test-key-123");
        endpoint.key_variable = Some("OPENAI_API_KEY".into());
        endpoint.proxy = ProxyChoice::Direct;
        endpoint
    }

    fn told(fault: &Fault) -> (String, String) {
        let problem = fault.problem(&endpoint());
        (problem.what, problem.hint.unwrap_or_default())
    }

    fn refused(status: u16, said: Option<&str>) -> (String, String) {
        told(&Fault::Refused(Refusal {
            status,
            said: said.map(str::to_owned),
            code: None,
            wait: Some(Duration::from_millis(61_500)),
        }))
    }

    #[test]
    fn each_status_has_its_sentence_and_its_hint() {
        let sentences =
            [400, 401, 402, 403, 404, 413, 429, 500, 503, 504].map(|s| refused(s, None));
        for (at, (what, _)) in sentences.iter().enumerate() {
            assert!(
                sentences
                    .iter()
                    .skip(at + 1)
                    .all(|(other, _)| other != what)
            );
            assert!(what.starts_with(char::is_lowercase) && !what.ends_with('.'));
        }
        assert_eq!(refused(401, None).0, "the endpoint refused the key (401)");
        assert_eq!(refused(401, None).1, "check the variable OPENAI_API_KEY");
        assert_eq!(refused(429, None).1, "try again in 62 s");
    }

    #[test]
    fn foreign_words_are_short_and_without_the_key() {
        let (what, _) = refused(401, Some("Incorrect key:\n test-k**-123. Bye."));
        assert_eq!(
            what,
            "the endpoint refused the key (401): Incorrect key: [key] Bye"
        );
        let (what, _) = refused(500, Some(&"é ".repeat(10_000)));
        assert!(what.chars().count() < 400 && what.ends_with('…'));
        // A key at the edge of what is looked at leaves no part of itself.
        for before in QUOTED_CHARACTERS - 20..QUOTED_CHARACTERS + 20 {
            let (what, _) = refused(500, Some(&format!("{} test-key-123", "x".repeat(before))));
            assert!(!what.contains("tes"), "{what}");
        }
    }
}
