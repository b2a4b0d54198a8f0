//! What happens to the context of a session, and how large it is.

use crate::domain::{MessageId, Moved, Role, SessionId, Usage, UserName};

/// The system prompt of the current session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SystemPrompt<'a> {
    pub user: &'a UserName,
    pub session: SessionId,
    /// The message that holds it; none if it comes from the configuration.
    pub id: Option<MessageId>,
    /// The text, if there is one.
    pub content: Option<&'a str>,
    /// Whether it was set or taken away just now; false if it is only shown.
    pub changed: bool,
    /// The session's own that it takes the place of, if there was one.
    pub previous: Option<&'a str>,
}

/// The head of the current session was moved.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SessionMove<'a> {
    pub user: &'a UserName,
    pub session: SessionId,
    pub moved: &'a Moved,
    /// True if nobody typed for it: the configuration asks for summaries.
    pub unasked: bool,
    /// Who is asked in the session, where several are asked at once.
    pub whose: Option<&'a str>,
}

/// The context of the current session was emptied.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ContextClear<'a> {
    pub user: &'a UserName,
    pub session: SessionId,
    /// How many messages of the session stay in the log.
    pub count: i64,
    /// What the move did, unless the context was empty already.
    pub moved: Option<&'a Moved>,
}

/// How much of the model's window the context takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ContextSize<'a> {
    pub user: &'a UserName,
    pub session: SessionId,
    /// Who answers in the session.
    pub model: &'a str,
    /// How many tokens the context takes, by estimate.
    pub tokens: usize,
    /// The model's window, in tokens. A quarter of it is left for the reply.
    pub window: usize,
    /// How many messages the model is sent.
    pub count: u64,
    /// How many older messages do not fit.
    pub left_out: i64,
}

/// One part of what a model is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ContextPart<'a> {
    /// The message, or the messages of one role that are sent as one; none for a
    /// system prompt that comes from the configuration, and for what nobody said.
    pub ids: &'a [MessageId],
    /// The session that the first of them was said in.
    pub session: Option<SessionId>,
    pub role: Role,
    /// The exact text.
    pub content: &'a str,
    /// How many tokens it takes, by estimate.
    pub tokens: usize,
}

/// What a reply took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReplyCost {
    /// What the endpoint counted, if it did.
    pub usage: Option<Usage>,
    /// From the question to the end of the reply.
    pub milliseconds: i64,
}
