//! What a reply is made of while it comes.

use std::time::Duration;

use super::Role;

/// One message of a context, as a model is told it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    /// Who said it.
    pub role: Role,
    /// What was said.
    pub content: String,
}

/// What happens while a reply is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress<'a> {
    /// The next piece of the reply.
    Delta(&'a str),
    /// Nothing yet. Told at least every 50 ms while nothing arrives, so that a
    /// spinner can turn and Ctrl-C is heeded.
    Idle,
    /// So much longer until it may be asked again; told as often as `Idle`.
    Retry(Duration),
}

/// What an endpoint counted, in tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Usage {
    /// What it was sent.
    pub prompt: i64,
    /// What it answered.
    pub reply: i64,
}

/// Why a reply failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// What happened, as a sentence.
    pub what: String,
    /// What to do about it, if there is something.
    pub hint: Option<String>,
}
