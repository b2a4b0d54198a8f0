//! A message, and the small values it is made of.

use super::{MessageId, ReplyDetails, Sent, SessionId, UserName, shows_nothing};

/// Who wrote a message, by the names that LangChain gives the roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// A system prompt, which stands before the conversation.
    System,
    User,
    Ai,
}

impl Role {
    /// Every role.
    pub(crate) const ALL: [Self; 3] = [Self::System, Self::User, Self::Ai];

    /// Reads the word; `None` if it is another.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }

    /// The word that people and scripts read.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Ai => "ai",
        }
    }
}

/// Whether a message is whole, and if not, why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Complete,
    /// The person stopped it; the part that had arrived is kept.
    Interrupted,
    /// The model or the connection to it failed; the part that had arrived is kept.
    Failed,
}

impl Status {
    /// Every status.
    pub(crate) const ALL: [Self; 3] = [Self::Complete, Self::Interrupted, Self::Failed];

    /// Reads the word; `None` if it is another.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.word() == word)
    }

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

/// How many tokens a turn took, as the endpoint counted them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Usage {
    /// The tokens it was sent.
    pub prompt: i64,
    /// The tokens of its reply.
    pub reply: i64,
}

/// A message as the log holds it. It never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Message<'a> {
    pub id: MessageId,
    /// Its number among all messages of its session, from 1.
    pub seq: i64,
    /// The message before it in its session's context, if there was one.
    pub parent: Option<MessageId>,
    /// The owner of its session.
    pub user: &'a UserName,
    pub session: SessionId,
    pub role: Role,
    /// The exact text.
    pub content: &'a str,
    /// When it was written, by the clock of whoever wrote it: ids tell the order, not this.
    pub created_at: Timestamp,
    /// When it was said, where it came from another program, by what that says.
    pub said_at: Option<Timestamp>,
    /// The other program, as filters name it.
    pub source: Option<&'a str>,
    /// The model that wrote it, for a reply.
    pub model: Option<&'a str>,
    pub status: Status,
    /// The tokens of the turn, if the endpoint reported them.
    pub usage: Option<Usage>,
    /// What is kept of a reply beside its text.
    pub details: ReplyDetails<'a>,
}

impl Message<'_> {
    /// The time by which people look for it.
    pub(crate) fn time(&self) -> Timestamp {
        self.said_at.unwrap_or(self.created_at)
    }

    /// Whether it says no more than that a question got no answer.
    pub(crate) fn is_unanswered(&self) -> bool {
        self.role == Role::Ai && shows_nothing(self.content)
    }
}

/// A message that is about to be appended; the log gives it its id.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Draft<'a> {
    pub role: Role,
    /// The exact text.
    pub content: &'a str,
    /// The time of writing, by the caller's clock.
    pub at: Timestamp,
    /// The model that wrote it, for a reply.
    pub model: Option<&'a str>,
    pub status: Status,
    /// The tokens of the turn, if the endpoint reported them.
    pub usage: Option<Usage>,
    /// What is kept of a reply beside its text.
    pub details: ReplyDetails<'a>,
    /// For a reply: the first message of the context that the model was sent.
    pub oldest: Option<MessageId>,
    /// For a reply: what else the model was sent, unless it is sent the bare question.
    pub sent: Option<Sent<'a>>,
    /// For the rest of a reply of which the log has the beginning: that.
    pub behind: Option<MessageId>,
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
            details: ReplyDetails::default(),
            oldest: None,
            sent: None,
            behind: None,
        }
    }
}
