//! The rows of listings that are neither messages nor sessions.

use crate::domain::{Inverse, Moved, Timestamp, UserName};

/// One user, counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UserSummary {
    pub user: UserName,
    /// How many sessions they began.
    pub sessions: i64,
    /// How many messages those sessions have in the log.
    pub messages: i64,
    /// When the newest of those messages was written.
    pub last_at: Option<Timestamp>,
    /// Whether this is who is speaking.
    pub current: bool,
}

/// One move, described.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ListedMove<'a> {
    /// Its number in its session, from 1.
    pub number: u64,
    /// What it did, without the ids of its messages; its inverse is a line that takes
    /// it back at any time.
    pub moved: &'a Moved,
    /// When it was made.
    pub at: Timestamp,
    /// The shortest line that takes it back now, if one has to and can.
    pub way_now: Option<Inverse>,
    /// Whether the session stands where it stood before.
    pub is_undone: bool,
}

/// One persona, described.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PersonaSummary<'a> {
    /// Its name, as `/start --as` takes it.
    pub name: &'a str,
    /// Its system prompt, if it has one.
    pub system: Option<&'a str>,
    /// Who answers, if the persona says so.
    pub model: Option<&'a str>,
    /// Whether the current user's sessions begin as it.
    pub default: bool,
    /// Whether the current session was started as it.
    pub current: bool,
}

/// One command, described.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CommandHelp<'a> {
    /// Its name and arguments, as typed.
    pub usage: &'a str,
    /// What it does, in one line.
    pub summary: &'a str,
    /// The other names that it answers to, with their slashes.
    pub aliases: &'a [&'a str],
}
