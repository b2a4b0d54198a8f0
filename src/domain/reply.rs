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
    /// The endpoint is busy and is asked again after this time; sent as often as `Idle`.
    Retry(Duration),
}
