//! With what a person works: which program, which store, who answers.

use crate::domain::{SessionId, UserName};

/// Where a program keeps what, which a person asks for who looks for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Info<'a> {
    /// The version of this program.
    pub version: &'a str,
    /// The address of the store.
    pub store: &'a str,
    /// What keeps it, and in which version.
    pub engine: &'a str,
    /// The version of the store's tables; none if they are made anew each time.
    pub schema: Option<u32>,
    /// The file with the configuration that was read, if there is one.
    pub configuration: Option<&'a str>,
    pub user: &'a UserName,
    /// The current session, if there is one.
    pub session: Option<SessionId>,
    pub title: Option<&'a str>,
    pub persona: Option<&'a str>,
    /// The model that answers.
    pub model: &'a str,
    /// The address at which it is asked, without a query; none for one that is asked
    /// nowhere.
    pub endpoint: Option<&'a str>,
    /// How many tokens its window has, as `/context` says; none if it cannot be asked.
    pub window: Option<usize>,
}
