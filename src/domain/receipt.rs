//! What the log says of a message that it has taken.

use super::{MessageId, Timestamp};

/// Where the log put a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Receipt {
    /// Its place in the log.
    pub id: MessageId,
    /// Its place in its session, from 1.
    pub seq: i64,
    /// The message before it in the session's context.
    pub parent: Option<MessageId>,
    /// Whether that context goes on with it. A reply is kept outside if its
    /// question left the context while it was coming.
    pub is_in_context: bool,
    /// The session's system prompt.
    pub system: Option<MessageId>,
    /// The summary that the session's context begins with.
    pub floor: Option<MessageId>,
    /// Its time: that of its draft.
    pub created_at: Timestamp,
}

impl Receipt {
    /// Stands in for the receipt of a message that is to get one: it names no
    /// place, and nothing of it may be shown.
    pub(crate) fn pending(created_at: Timestamp) -> Self {
        Self {
            id: MessageId(0),
            seq: 0,
            parent: None,
            is_in_context: true,
            system: None,
            floor: None,
            created_at,
        }
    }
}

/// Stands for the receipt of a message that gets its id when the open group is
/// committed. It is good for one process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ticket(pub u64);

/// A message that the log has taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Appended {
    /// It has its place already.
    Now(Receipt),
    /// The commit gives it one.
    AtCommit(Ticket),
}
