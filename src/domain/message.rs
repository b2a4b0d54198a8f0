//! One utterance, and the small values it is made of.

use super::{MessageId, SessionId, Usage, UserName};

/// Who uttered a message, by the names that LangChain gives the roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// An instruction that stands before the conversation.
    System,
    /// The person.
    User,
    /// The model.
    Ai,
}

impl Role {
    /// The word that people and scripts read.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Ai => "ai",
        }
    }
}

/// How a message came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// It is whole.
    Complete,
    /// The person stopped it; what had come is kept.
    Interrupted,
    /// The model or the way to it failed; what had come is kept.
    Failed,
}

impl Status {
    /// The word that people and scripts read.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Interrupted => "interrupted",
            Self::Failed => "failed",
        }
    }
}

/// An instant: milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Timestamp(pub i64);

/// A message as the log holds it. It never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Message<'a> {
    /// Its place in the log.
    pub id: MessageId,
    /// Its place among everything its session ever said, from 1.
    pub seq: i64,
    /// The message before it in its session's context, if there was one.
    pub parent: Option<MessageId>,
    /// Whose session it belongs to.
    pub user: &'a UserName,
    /// The session it belongs to.
    pub session: SessionId,
    /// Who uttered it.
    pub role: Role,
    /// The exact text.
    pub content: &'a str,
    /// When it was written; never before the message that precedes it in the log.
    pub created_at: Timestamp,
    /// What answered, for a message of the model.
    pub model: Option<&'a str>,
    /// How it came to its end.
    pub status: Status,
    /// What the endpoint counted for the turn, if it did.
    pub usage: Option<Usage>,
}

/// A message before the log has given it its place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Draft<'a> {
    /// Who uttered it.
    pub role: Role,
    /// The exact text.
    pub content: &'a str,
    /// The time of writing, by the caller's clock.
    pub at: Timestamp,
    /// What answered, for a message of the model.
    pub model: Option<&'a str>,
    /// How it came to its end.
    pub status: Status,
    /// What the endpoint counted for the turn, if it did.
    pub usage: Option<Usage>,
    /// For a reply: the first message of the context that the model was told.
    pub oldest: Option<MessageId>,
}

impl<'a> Draft<'a> {
    /// A whole message that no model wrote.
    pub(crate) fn new(role: Role, content: &'a str, at: Timestamp) -> Self {
        Self {
            role,
            content,
            at,
            model: None,
            status: Status::Complete,
            usage: None,
            oldest: None,
        }
    }
}
