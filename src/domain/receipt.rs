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
    /// Why that context does not go on with it, if it does not.
    pub late: Option<Late>,
    /// The session's system prompt.
    pub system: Option<MessageId>,
    /// The summary that the session's context begins with.
    pub floor: Option<MessageId>,
    /// Its time: that of its draft.
    pub created_at: Timestamp,
}

/// Why a reply is kept outside of the context: what happened to that while it was
/// coming.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Late {
    /// What it answers left the context.
    Unasked,
    /// What it answers got another reply.
    Answered,
    /// Its beginning, which another process had made a message, left the context.
    Begun,
}

impl Receipt {
    /// Stands in for the receipt of a message that is to get one: it names no
    /// place, and nothing of it may be shown.
    pub(crate) fn pending(created_at: Timestamp) -> Self {
        Self {
            id: MessageId(0),
            seq: 0,
            parent: None,
            late: None,
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
