//! Which part of the messages is named, and in which order.

use crate::domain::MessageId;

/// In which order messages are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    NewestFirst,
    OldestFirst,
}

impl Order {
    /// The word of SQL for it.
    pub(in crate::store) fn word(self) -> &'static str {
        match self {
            Self::NewestFirst => "DESC",
            Self::OldestFirst => "ASC",
        }
    }
}

/// Which part of the messages is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    /// Only those behind this one.
    pub after: Option<MessageId>,
    /// Only those before this one.
    pub before: Option<MessageId>,
    /// No more than so many.
    pub limit: usize,
    /// Which of them first.
    pub order: Order,
}

impl Page {
    /// The newest so many.
    pub(crate) fn newest(limit: usize) -> Self {
        Self {
            after: None,
            before: None,
            limit,
            order: Order::NewestFirst,
        }
    }

    /// The first and the last id that are wanted.
    pub(in crate::store) fn range(&self) -> (i64, i64) {
        let low = self.after.map_or(0, |id| id.0.saturating_add(1));
        let high = self.before.map_or(i64::MAX, |id| id.0.saturating_sub(1));
        (low, high)
    }
}
