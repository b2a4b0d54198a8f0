//! Moves of a session's head, as people and scripts are told of them.

use std::fmt;

use super::MessageId;

/// Why a head was moved other than by a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MoveKind {
    /// The context was emptied.
    Clear,
    /// Turns were taken out, or a clear was taken back.
    Undo,
    /// An undo was taken back.
    Redo,
    /// The last reply was taken out, to be asked for again.
    Retry,
    /// The last turn was taken out, to be said differently.
    Edit,
    /// The session began with the past of another.
    Fork,
    /// A summary was put in place of the oldest turns.
    Compact,
}

impl MoveKind {
    /// Every reason.
    pub(crate) const ALL: [Self; 7] = [
        Self::Clear,
        Self::Undo,
        Self::Redo,
        Self::Retry,
        Self::Edit,
        Self::Fork,
        Self::Compact,
    ];

    /// The word that people and scripts read.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::Undo => "undo",
            Self::Redo => "redo",
            Self::Retry => "retry",
            Self::Edit => "edit",
            Self::Fork => "fork",
            Self::Compact => "compact",
        }
    }

    /// Reads the word; `None` if it is another.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// The line that takes a move back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Inverse {
    /// `/undo`, or `/undo 3`: so many turns.
    Undo(u64),
    /// `/redo`
    Redo,
    /// `/fork at #12`
    Fork(MessageId),
    /// `/clear`
    Clear,
}

impl fmt::Display for Inverse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Undo(1) => f.write_str("/undo"),
            Self::Undo(turns) => write!(f, "/undo {turns}"),
            Self::Redo => f.write_str("/redo"),
            Self::Clear => f.write_str("/clear"),
            Self::Fork(id) => write!(f, "/fork at #{id}"),
        }
    }
}

/// What a move did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Moved {
    /// Why it was made.
    pub kind: MoveKind,
    /// The end of the context before, if there was one.
    pub from: Option<MessageId>,
    /// The end of the context after it, if there is one.
    pub to: Option<MessageId>,
    /// How many messages left the context.
    pub gone: i64,
    /// How many came back into it.
    pub back: i64,
    /// Those that left or came back, oldest first; of very many the newest.
    pub ids: Vec<MessageId>,
    /// How to take it back, if something would.
    pub inverse: Option<Inverse>,
}
