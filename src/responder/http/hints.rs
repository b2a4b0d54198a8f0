//! Hints that several sentences about an endpoint end in.

use super::endpoint::{Api, Endpoint};
use crate::domain::Problem;
use crate::responder::LengthRefusal;

/// The hint for what may go well another time.
pub(super) const RETRY: &str = "`/retry` asks again";

/// The hint for what a filter did not let pass.
pub(super) const FILTERED: &str = "`/retry` asks again, `/edit` says it in other words";

/// The problem of a list of models, for which there is no question to ask again.
pub(super) fn of_list(problem: Problem) -> Problem {
    let hint = problem.hint;
    Problem {
        hint: hint.map(|hint| hint.replace("`/retry`", "`/models`")),
        ..problem
    }
}

/// The hint for an address that seems to be wrong.
pub(super) fn base_hint(endpoint: &Endpoint) -> String {
    let uri = endpoint.address("").ok();
    match uri.as_ref().map(|uri| uri.path().trim_end_matches('/')) {
        Some(path) if path.ends_with("/v1") => "check the base URL".into(),
        _ => "check the base URL; most end in `/v1`".into(),
    }
}

/// The hint for an answer in the form of another API, if it is in one.
pub(super) fn api_hint(endpoint: &Endpoint, text: &str) -> Option<String> {
    let text: String = text.split_whitespace().collect();
    let has = |signs: &[&str]| signs.iter().any(|sign| text.contains(sign));
    let (api, name) = if has(&["\"type\":\"message_start\"", "\"type\":\"content_block"]) {
        (Api::Anthropic, "anthropic")
    } else if has(&["\"type\":\"response.", "\"object\":\"response\""]) {
        (Api::Responses, "responses")
    } else if has(&["\"object\":\"chat.completion", "\"choices\":["]) {
        (Api::Chat, "chat")
    } else {
        return None;
    };
    let is_other = api != endpoint.api;
    is_other.then(|| format!("`--api {name}` reads this"))
}

/// The hint that a person may say how much of a context is sent.
pub(crate) const SEND_LESS: &str = "`/set window TOKENS` sends less of it";

/// The hint for what is more than the model takes. Where nobody says how much it takes, the
/// oldest turns may be too much for a summary as well, and only the person can guess.
pub(super) fn shorten(refusal: LengthRefusal) -> String {
    let way = "`/compact` shortens it, `/clear` empties it";
    match refusal.limit {
        Some(_) => way.into(),
        None => format!("{way}, {SEND_LESS}"),
    }
}
