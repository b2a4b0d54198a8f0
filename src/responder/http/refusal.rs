//! An answer with an error status, and the sentence and the hint for it.

use std::time::Duration;

use super::connection;
use super::endpoint::Endpoint;
use super::hints::{FILTERED, RETRY, base_hint, shorten};
use super::reported_error::ReportedError;
use super::wording::{quoted, time_span};
use crate::domain::{Problem, ProblemKind};

/// Statuses of endpoints that may be ready a moment later.
pub(super) const PASSING: [u16; 8] = [408, 425, 429, 500, 502, 503, 504, 529];

/// A longer wait is not told: hardly anybody means it.
const LONGEST_WAIT: Duration = Duration::from_hours(24);

/// What stands for a model in the words for what is not there.
const MODEL: [&str; 2] = ["model", "deployment"];

/// Fields that are sent though nobody asked for them, and that not every endpoint knows.
const USUAL_FIELDS: [&str; 3] = ["stream_options", "max_tokens", "store"];

/// What servers say of an address where they have nothing.
const ADDRESS: [&str; 8] = [
    "not found",
    "a web page",
    "cannot post",
    "no route",
    "unknown url",
    "invalid url",
    "unexpected endpoint",
    "no static resource",
];

/// An answer with an error status.
#[derive(Debug, Default)]
pub(super) struct Refusal {
    pub status: u16,
    /// What its body says.
    pub said: ReportedError,
    /// How long the endpoint asks us to wait.
    pub wait: Option<Duration>,
    /// It was asked for its list of models, and not for a reply.
    pub is_of_list: bool,
    /// A proxy says that it is its own.
    pub is_of_proxy: bool,
}

impl Refusal {
    /// Whether the same request may succeed after a wait.
    pub(super) fn is_passing(&self) -> bool {
        let is_final =
            self.said.too_long.is_some() || self.is_out_of_credit() || self.is_too_large();
        (PASSING.contains(&self.status) || self.is_throttled()) && !is_final
    }

    /// What has to change before the same can succeed.
    fn kind(&self) -> ProblemKind {
        if self.is_passing() {
            ProblemKind::Busy
        } else if matches!(self.meant_status(), 401..=403 | 407)
            || self.is_out_of_credit()
            || self.is_filtered()
        {
            ProblemKind::Refused
        } else {
            ProblemKind::Other
        }
    }

    /// The status that is meant. Some endpoints call a wrong key, or a request too
    /// many, a wrong request.
    fn meant_status(&self) -> u16 {
        match self.status {
            400 if self.names_key() => 401,
            400 if self.is_throttled() => 429,
            status => status,
        }
    }

    /// The sentence and the hint. Texts of the endpoint are quoted without the key.
    pub(super) fn problem(&self, endpoint: &Endpoint) -> Problem {
        let (what, hint) = self.sentence(endpoint);
        let status = self.status;
        let said = self.said.words.as_deref();
        let said = said.map(|said| quoted(endpoint, said));
        let said = said.filter(|said| !said.is_empty());
        let what = match said {
            Some(said) => format!("{what} ({status}): {said}"),
            None => format!("{what} ({status})"),
        };
        Problem {
            kind: self.kind(),
            what,
            hint,
        }
    }

    fn sentence(&self, endpoint: &Endpoint) -> (String, Option<String>) {
        let model = &endpoint.model;
        let proxy = endpoint.effective_proxy().ok().flatten();
        match (self.meant_status(), proxy) {
            (407, _) | (_, None) => {}
            (_, Some(proxy)) if self.is_of_proxy => {
                let what = format!(
                    "the proxy {} ({}) did not pass the request on",
                    proxy.host(),
                    proxy.origin
                );
                return (what, connection::proxy_hint(endpoint));
            }
            _ => {}
        }
        match self.meant_status() {
            404 | 405 | 410 | 501 if self.is_of_list => (
                "the endpoint has no list of models".into(),
                Some("`/model NAME` takes any name that it knows".into()),
            ),
            _ if let Some(refusal) = self.said.too_long => (
                "the context is too long for the model".into(),
                Some(shorten(refusal)),
            ),
            _ if self.is_out_of_credit() => {
                ("the account behind the key has no credit left".into(), None)
            }
            _ if self.is_filtered() => (
                "the endpoint's filter refused the request".into(),
                Some(FILTERED.into()),
            ),
            403 | 429 | 503 if self.is_of_gate() => (
                "a gate before the endpoint lets browsers through only".into(),
                Some("check the base URL; else its owner must let programs through".into()),
            ),
            401 | 403 if endpoint.key.is_none() => (
                "the endpoint wants a key".into(),
                Some(missing_key(endpoint)),
            ),
            401 => (
                "the endpoint refused the key".into(),
                endpoint
                    .key_variable
                    .as_ref()
                    .map(|name| format!("check the variable {name}")),
            ),
            403 if self.is_of_list => ("the endpoint does not allow this".into(), None),
            403 => (
                format!("the endpoint does not allow this use of `{model}`"),
                Some("the key may lack the right to it, or the country is not served".into()),
            ),
            404 | 405 | 410 => self.unknown(endpoint),
            407 => (
                "the proxy wants a password".into(),
                connection::proxy_hint(endpoint),
            ),
            429 => (
                "the endpoint was asked too much in too short a time".into(),
                Some(self.later()),
            ),
            408 | 504 | 524 => (
                "the endpoint gave up waiting for the model".into(),
                Some(self.later()),
            ),
            502 | 503 | 529 => (
                "the endpoint is down or has too much to do".into(),
                Some(self.later()),
            ),
            400..500 => (
                "the endpoint does not accept the request".into(),
                Some(match self.usual_field() {
                    Some(field) => format!("`--parameter {field}=null` leaves that field out"),
                    None => "check the name of the model and its parameters".into(),
                }),
            ),
            500.. => (
                "the endpoint failed".into(),
                Some(format!("the fault is on its side; {}", self.later())),
            ),
            _ => (
                "the endpoint answered without a reply".into(),
                Some(base_hint(endpoint)),
            ),
        }
    }

    /// Whether it is about the key.
    fn names_key(&self) -> bool {
        let words = self.said.words.as_deref().unwrap_or_default();
        let words = words.to_lowercase().replace(['_', '-'], " ");
        words.contains("api key") || words.contains("apikey")
    }

    /// The field that it is about, if that is one that is sent unasked.
    fn usual_field(&self) -> Option<&'static str> {
        let words = self.said.words.as_deref().unwrap_or_default();
        USUAL_FIELDS.into_iter().find(|field| words.contains(field))
    }

    /// The sentence for what is not there: the model or the address, as far as the
    /// endpoint's words tell them apart.
    fn unknown(&self, endpoint: &Endpoint) -> (String, Option<String>) {
        let model = &endpoint.model;
        let list = "`/models` lists what it offers";
        let words = self
            .said
            .words
            .as_deref()
            .unwrap_or_default()
            .to_lowercase();
        let code = self.said.code.as_deref().unwrap_or_default();
        let names_model = [words.as_str(), code]
            .iter()
            .any(|text| MODEL.iter().any(|word| text.to_lowercase().contains(word)));
        if names_model {
            let what = format!("the endpoint does not know `{model}`");
            return (what, Some(list.into()));
        }
        if ADDRESS.iter().any(|phrase| words.contains(phrase)) {
            let what = "the endpoint has nothing at this address".into();
            return (what, Some(base_hint(endpoint)));
        }
        (
            format!("the endpoint does not know `{model}`, or the address is wrong"),
            Some(format!("{list}; {}", base_hint(endpoint))),
        )
    }

    fn later(&self) -> String {
        match self.wait {
            Some(wait) if wait > LONGEST_WAIT => format!("{RETRY}, best on another day"),
            Some(wait) if wait.as_millis() > 0 => format!("{RETRY}, best in {}", time_span(wait)),
            _ => RETRY.into(),
        }
    }
}

/// How to give a key.
fn missing_key(endpoint: &Endpoint) -> String {
    match &endpoint.key_variable {
        Some(name) => format!("set the variable {name}"),
        None => "`--key-variable NAME` names the variable that holds it".into(),
    }
}

#[cfg(test)]
mod tests;
