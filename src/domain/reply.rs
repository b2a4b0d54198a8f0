//! What a model is asked with, what arrives of its reply, and what is kept of it
//! beside the text.

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

/// What is kept of a reply beside its text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ReplyDetails<'a> {
    /// Why it ended, in the endpoint's word.
    pub finish_reason: Option<&'a str>,
    /// What the model thought before it answered. It is never sent back.
    pub reasoning: Option<&'a str>,
    /// The sources that the endpoint named, as [`Citation`](super::Citation) writes them.
    pub citations: Option<&'a str>,
}

/// The same, owned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct OwnedReplyDetails {
    finish_reason: Option<String>,
    reasoning: Option<String>,
    citations: Option<String>,
}

impl ReplyDetails<'_> {
    /// A copy that owns its texts.
    pub(crate) fn to_owned(self) -> OwnedReplyDetails {
        OwnedReplyDetails {
            finish_reason: self.finish_reason.map(str::to_owned),
            reasoning: self.reasoning.map(str::to_owned),
            citations: self.citations.map(str::to_owned),
        }
    }
}

impl OwnedReplyDetails {
    /// The details, borrowed.
    pub(crate) fn details(&self) -> ReplyDetails<'_> {
        ReplyDetails {
            finish_reason: self.finish_reason.as_deref(),
            reasoning: self.reasoning.as_deref(),
            citations: self.citations.as_deref(),
        }
    }
}
