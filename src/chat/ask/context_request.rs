//! Which context is to be read.

use crate::domain::{MessageId, UserName};
use crate::store::Place;

/// Which context to read, and how much of it.
#[derive(Clone, Copy)]
pub(super) struct ContextRequest<'a> {
    /// Whose context it is. A message of anybody else in it is an error.
    pub(super) user: &'a UserName,
    /// Where the context ends, and which summary it begins with.
    pub(super) place: Place,
    /// The session's system prompt.
    pub(super) system: Option<MessageId>,
    /// The system prompt of the configuration, for a session without one.
    pub(super) configured: Option<&'a str>,
    /// The question that follows the context and has to fit, too.
    pub(super) question: Option<&'a str>,
    /// The model's window, in tokens.
    pub(super) window: usize,
    /// How many tokens of it a person has set apart for the reply.
    pub(super) reply: Option<usize>,
    /// The oldest message to read, if that is recorded. Everything from there
    /// on is read then, whether it fits or not.
    pub(super) oldest: Option<MessageId>,
}
