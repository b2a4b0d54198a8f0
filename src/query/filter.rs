//! What a store can answer of a question.

use crate::domain::{MessageId, Role, Scope, Status, Timestamp, UserName};

/// Which messages are looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    /// Whose messages, if that was said.
    pub scope: Option<Scope>,
    /// Whether the words are looked for in what a model thought, instead of in texts.
    pub in_reasoning: bool,
    pub user: Among<UserName>,
    /// What a session may be called: an id or its beginning, or a title.
    pub session: Among<String>,
    pub role: Among<Role>,
    pub model: Among<String>,
    pub status: Among<Status>,
    /// Where an imported message comes from.
    pub source: Among<String>,
    /// Not before this instant.
    pub since: Option<Timestamp>,
    /// Before this instant.
    pub before: Option<Timestamp>,
    /// Behind this message.
    pub after: Option<MessageId>,
    /// No more than that many, at least one.
    pub limit: Option<u64>,
}

/// Values of which something has to have one, and values that it must not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Among<T> {
    /// One of these, unless there are none.
    pub one_of: Vec<T>,
    pub none_of: Vec<T>,
}

impl<T> Among<T> {
    /// Whether anything at all suits.
    #[cfg(test)]
    pub(crate) fn is_any(&self) -> bool {
        self.one_of.is_empty() && self.none_of.is_empty()
    }

    /// Whether something suits, of which it can be said whether it has a value.
    pub(crate) fn suits(&self, mut has: impl FnMut(&T) -> bool) -> bool {
        (self.one_of.is_empty() || self.one_of.iter().any(&mut has))
            && !self.none_of.iter().any(has)
    }

    /// Adds a value to one of the two.
    pub(super) fn add(&mut self, value: T, is_negated: bool) {
        if is_negated {
            self.none_of.push(value);
        } else {
            self.one_of.push(value);
        }
    }
}

impl<T> Default for Among<T> {
    fn default() -> Self {
        Self {
            one_of: Vec::new(),
            none_of: Vec::new(),
        }
    }
}

/// A word that makes a filter of what follows its colon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    In,
    User,
    Session,
    Role,
    Model,
    Status,
    Source,
    Since,
    Before,
    After,
    Limit,
}

impl Key {
    /// Every key.
    pub(crate) const ALL: [Self; 11] = [
        Self::In,
        Self::User,
        Self::Session,
        Self::Role,
        Self::Model,
        Self::Status,
        Self::Source,
        Self::Since,
        Self::Before,
        Self::After,
        Self::Limit,
    ];

    /// What stands before the colon.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::User => "user",
            Self::Session => "session",
            Self::Role => "role",
            Self::Model => "model",
            Self::Status => "status",
            Self::Source => "source",
            Self::Since => "since",
            Self::Before => "before",
            Self::After => "after",
            Self::Limit => "limit",
        }
    }

    /// Reads the word; `None` if it is another.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.word() == word)
    }

    /// Whether it can be said what must not be.
    pub(super) fn can_be_negated(self) -> bool {
        matches!(
            self,
            Self::User | Self::Session | Self::Role | Self::Model | Self::Status | Self::Source
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_these_and_none_of_those() {
        let mut among = Among::default();
        assert!(among.is_any() && among.suits(|value| value == &1));
        among.add(1, false);
        among.add(2, false);
        among.add(3, true);
        assert!(!among.is_any());
        assert!(among.suits(|value| [2, 4].contains(value)));
        assert!(!among.suits(|value| [4].contains(value)));
        assert!(!among.suits(|value| [2, 3].contains(value)));
    }
}
