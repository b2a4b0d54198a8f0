//! Kinds of refusals that only codes and words tell apart.

use super::refusal::Refusal;

/// Codes and words for an account that is used up.
const NO_CREDIT: [&str; 11] = [
    "insufficient_quota",
    "insufficient_credit",
    "billing_hard_limit_reached",
    "credit_balance_exhausted",
    "insufficient quota",
    "insufficient balance",
    "insufficient credit",
    "current quota",
    "credit balance",
    "billing",
    "payment required",
];

/// Words for a request that alone is more than is allowed in a minute.
const TOO_LARGE: [&str; 1] = ["request too large"];

/// What stands in codes and words for a filter that refused what was asked.
const FILTER_CODES: [&str; 4] = [
    "content_filter",
    "content_policy",
    "responsibleai",
    "moderation",
];
const FILTER_WORDS: [&str; 5] = [
    "content management policy",
    "content filter",
    "content policy",
    "usage policy",
    "input was flagged",
];

/// What a gate before an endpoint says that lets browsers through only.
const GATE_WORDS: [&str; 3] = [
    "just a moment",
    "attention required",
    "checking your browser",
];

impl Refusal {
    /// Whether the account behind the key is used up, so that no wait helps. An
    /// endpoint that names a wait speaks of another limit, in whatever words: a
    /// "current quota" may be one a minute.
    pub(super) fn is_out_of_credit(&self) -> bool {
        self.status == 402 || self.wait.is_none() && self.says(&NO_CREDIT)
    }

    /// Whether it alone is more than is allowed in a minute.
    pub(super) fn is_too_large(&self) -> bool {
        self.says(&TOO_LARGE)
    }

    /// Whether one of these phrases is in its code or its words, in lower case.
    fn says(&self, phrases: &[&str]) -> bool {
        let said = [&self.said.code, &self.said.words].into_iter().flatten();
        let mut said = said.map(|text| text.to_lowercase());
        said.any(|said| phrases.iter().any(|phrase| said.contains(phrase)))
    }

    /// Whether a filter of the endpoint refused what was asked.
    pub(super) fn is_filtered(&self) -> bool {
        let code = self.said.code.as_deref().unwrap_or_default().to_lowercase();
        matches!(self.status, 400 | 403 | 422)
            && (FILTER_CODES.iter().any(|filter| code.contains(filter)) || self.says(&FILTER_WORDS))
    }

    /// Whether it comes from a gate before the endpoint.
    pub(super) fn is_of_gate(&self) -> bool {
        self.says(&GATE_WORDS)
    }

    /// Whether it was asked too much in too short a time, whatever its status says.
    pub(super) fn is_throttled(&self) -> bool {
        self.status < 500 && self.says(&["throttl"])
    }
}

#[cfg(test)]
mod tests {
    use super::super::endpoint::Endpoint;
    use super::super::reported_error::ReportedError;
    use super::super::{Key, ProxyChoice};
    use super::*;

    fn endpoint() -> Endpoint {
        let mut endpoint = Endpoint::new("m1", "https://h.example:8443/v1");
        endpoint.key = Key::new("test-key-123");
        endpoint.proxy = ProxyChoice::Direct;
        endpoint
    }

    fn of(endpoint: &Endpoint, refusal: &Refusal) -> (String, String) {
        let problem = refusal.problem(endpoint);
        (problem.what, problem.hint.unwrap_or_default())
    }

    fn refused(status: u16, body: &str) -> (String, String) {
        let refusal = Refusal {
            status,
            said: ReportedError::in_body(status, body.as_bytes()),
            ..Refusal::default()
        };
        of(&endpoint(), &refusal)
    }

    #[test]
    fn others_than_the_model_refuse_too() {
        let filter = r#"{"error":{"code":"content_filter","message":"no"}}"#;
        let policy = r#"{"error":{"message":"triggering Azure's content management policy"}}"#;
        for body in [filter, policy] {
            let (what, hint) = refused(400, body);
            assert!(what.starts_with("the endpoint's filter refused the request (400): "));
            assert_eq!(hint, "`/retry` asks again, `/edit` says it in other words");
        }
        let (what, _) = refused(
            400,
            r#"{"error":{"message":"Your credit balance is too low"}}"#,
        );
        assert!(what.starts_with("the account behind the key has no credit left (400): "));
        let (what, _) = refused(403, "<html><title>Just a moment...</title>");
        assert!(what.starts_with("a gate before the endpoint lets browsers through only (403): "));
        let (what, _) = refused(
            403,
            "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>No way</Message></Error>",
        );
        assert_eq!(
            what,
            "the endpoint does not allow this use of `m1` (403): No way"
        );
        let mut behind = endpoint();
        behind.proxy = ProxyChoice::Proxy("http://proxy.example:3128".into());
        let refusal = Refusal {
            status: 503,
            is_of_proxy: true,
            ..Refusal::default()
        };
        let (what, hint) = of(&behind, &refusal);
        assert_eq!(
            what,
            "the proxy proxy.example:3128 (--proxy) did not pass the request on (503)"
        );
        assert_eq!(hint, "check --proxy");
    }
}
