//! What the log says of a message that it has taken.

use super::{MessageId, Timestamp};

/// Where the log put a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Its place in the log.
    pub id: MessageId,
    /// Its place in its session, from 1.
    pub seq: i64,
    /// The message before it in the session's context.
    pub parent: Option<MessageId>,
    /// The session's system prompt.
    pub system: Option<MessageId>,
    /// Its time: the draft's, or that of the newest message if that is later.
    pub created_at: Timestamp,
}

/// Stands for the receipt of a message that gets its id when the open group is
/// committed. It is good for one process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ticket(pub u64);

/// A message that the log has taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appended {
    /// It has its place already.
    Now(Receipt),
    /// The commit gives it one.
    AtCommit(Ticket),
}
