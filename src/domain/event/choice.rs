//! Sessions of which a person is asked for one.

use crate::domain::{SessionId, SessionKey};

/// A session that a person may mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SessionChoice {
    /// The store's name for it.
    pub key: SessionKey,
    pub session: SessionId,
    /// Its title, what it is a fork of, or the first words said in it.
    pub name: Option<String>,
    /// How long ago something was said in it, in milliseconds.
    pub age: i64,
    /// Whether it is the current one.
    pub is_current: bool,
}

/// Sessions of which a person is asked for one, the latest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SessionChoices {
    pub found: Vec<SessionChoice>,
    /// How many more there are.
    pub more: u64,
    /// Nothing was named: the first one is the most likely.
    pub first_is_likely: bool,
}
