//! Whose messages a listing shows.

use std::fmt;

/// Whose messages a listing shows: never more than was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// The context of the current session.
    Session,
    /// The contexts of all sessions of the current user.
    User,
    /// Every message of every user.
    Global,
}

impl Scope {
    /// Every scope, narrowest first.
    pub(crate) const ALL: [Self; 3] = [Self::Session, Self::User, Self::Global];

    /// The word that people type and scripts read.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::User => "user",
            Self::Global => "global",
        }
    }

    /// Reads the word; `None` if it is another.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.word() == word)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
