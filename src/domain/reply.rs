//! What a model is asked with, and what arrives of its reply.

use std::time::Duration;

use super::Role;

/// One message of a context, as it is sent to a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ContextMessage {
    pub role: Role,
    pub content: String,
}

/// What happens while a reply is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress<'a> {
    /// The next piece of the reply.
    Delta(&'a str),
    /// The next piece of what the model thinks before it answers, which is no
    /// part of the reply.
    Reasoning(&'a str),
    /// Nothing yet. Sent at least every 50 ms while nothing arrives, so that a
    /// spinner can turn and Ctrl-C is noticed.
    Idle,
    /// The endpoint is asked again; sent as often as `Idle` until then.
    Retry(Retry),
}

/// A wait before an endpoint is asked again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Retry {
    /// How long it is still waited.
    pub left: Duration,
    /// Why it has to be asked again.
    pub reason: RetryReason,
}

/// Why an endpoint has to be asked again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum RetryReason {
    /// It said that it has too much to do, or that it failed.
    Busy,
    /// There was no connection to it, or it was closed before an answer came.
    Dropped,
}
