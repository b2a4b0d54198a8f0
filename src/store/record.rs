//! What this store has of what every store calls the same.

#![warn(clippy::missing_docs_in_private_items)]

use super::rows::{End, MoveRow, SessionRow};
use crate::domain::{Links, MessageId, MoveRecord, Numbered, SourceKey, Timestamp};

/// A message that another one is linked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Linked {
    /// It in this store.
    pub id: MessageId,
    /// It in every store.
    pub at: Numbered,
}

/// What a message has beside what readers are shown of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Behind {
    /// Its place in its context, from 1; none for what stands outside of it.
    pub depth: Option<i64>,
    /// What it is linked to, as far as that is there.
    pub links: Links<Linked>,
    /// For a reply: the system prompt of the configuration, if that was sent.
    pub configured: Option<String>,
    /// By what it is known to have come from another program, if it has.
    pub origin: Option<SourceKey>,
    /// The number that it has where it was said, if that is another one.
    pub former_number: Option<i64>,
    /// How many links are to what cannot be read.
    pub broken: u64,
}

impl Behind {
    /// It has nothing.
    pub(super) fn nothing() -> Self {
        Self {
            depth: None,
            links: Links::NONE,
            configured: None,
            origin: None,
            former_number: None,
            broken: 0,
        }
    }
}

/// A session as this store has it, with what lists do not tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SessionRecord {
    /// What lists tell.
    pub row: SessionRow,
    /// When it was begun.
    pub started_at: Timestamp,
    /// Where it stands.
    pub end: End,
    /// From where it came, if it did.
    pub import: Option<Import>,
}

/// From where a session came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Import {
    /// The program, as filters name it.
    pub source: String,
    /// Where the last import has put the end of its context.
    pub head: Option<MessageId>,
    /// The message behind which it went on apart from the session that it is a fork of;
    /// 0 for the very beginning of that.
    pub behind: Option<MessageId>,
    /// Some of it was said in saylog, on another machine.
    pub is_mixed: bool,
    /// Messages of it have other numbers than there.
    pub is_renumbered: bool,
    /// Who was chosen to answer in it there. Nobody is asked because of that.
    pub model: Option<String>,
}

/// Whether a move of another store is this one of this store.
pub(super) fn is_same_move(record: &MoveRecord, row: &MoveRow) -> bool {
    record.kind == row.kind
        && record.at == row.at
        && (record.gone, record.back) == (row.gone, row.back)
}
