//! Hints that several sentences about an endpoint end in.

use super::endpoint::Endpoint;

/// The hint for what may go well another time.
pub(super) const RETRY: &str = "`/retry` asks again";

/// The hint for an address that seems to be wrong.
pub(super) fn base_hint(endpoint: &Endpoint) -> String {
    let uri = endpoint.address("").ok();
    match uri.as_ref().map(|uri| uri.path().trim_end_matches('/')) {
        Some(path) if path.ends_with("/v1") => "check the base URL".into(),
        _ => "check the base URL; most end in `/v1`".into(),
    }
}

/// The hint for what is more than the model takes.
pub(super) const SHORTEN: &str = "`/compact` shortens it, `/clear` empties it";
