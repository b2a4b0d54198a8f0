//! What keeps users, sessions and messages.
//!
//! A store takes writes into an open *group* and makes the group durable with
//! [`Store::commit`]; nothing may be shown to anyone before that. A session is
//! a pointer into the log: its *head* is the end of its context, and every
//! message knows its `parent` in the context and, inside the store, the
//! `previous` one of the same session.

mod listing;
mod sqlite;

use crate::domain::{
    Draft, Fault, Flow, Message, MessageId, Role, SessionId, SessionKey, Timestamp, UserName,
    UserSummary,
};

pub use listing::{Listing, Selection};
pub use sqlite::Sqlite;

/// The result of a store's work.
pub type Result<T> = std::result::Result<T, Fault>;

/// Where the log put a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Its place in the log.
    pub id: MessageId,
    /// Its place in its session, from 1.
    pub seq: i64,
    /// The message before it in the session's context.
    pub parent: Option<MessageId>,
    /// Its time: the draft's, or that of the newest message if that is later.
    pub created_at: Timestamp,
}

/// A session to be begun.
#[derive(Clone, Copy, Debug)]
pub struct Opening<'a> {
    /// Whose it is.
    pub user: &'a UserName,
    /// Its name, freshly drawn.
    pub session: SessionId,
    /// Its title, if it is given one.
    pub title: Option<&'a str>,
    /// The time of its beginning.
    pub at: Timestamp,
}

/// A session that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The store's name for it.
    pub key: SessionKey,
    /// Its own name.
    pub session: SessionId,
    /// Its title, if it has one.
    pub title: Option<String>,
    /// How many messages it has in the log.
    pub count: i64,
    /// Who answers in it, if that was chosen.
    pub model: Option<String>,
}

/// A reply that was never finished because its process is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partial {
    /// The session that it belongs to.
    pub key: SessionKey,
    /// The same, by name.
    pub session: SessionId,
    /// What had come.
    pub content: String,
    /// What was answering.
    pub model: String,
    /// The process that heard it, as the store names it.
    pub writer: String,
}

/// Which of a user's sessions to find.
#[derive(Clone, Copy, Debug)]
pub enum Which<'a> {
    /// Those whose id begins with this, in lower case.
    Prefix(&'a str),
    /// The one that was spoken in last.
    Latest,
}

/// A user's earlier messages, newest first, as far as they have been read.
#[derive(Clone, Debug, Default)]
pub struct Recall {
    /// For each of the user's sessions the next message to look at.
    next: std::collections::BinaryHeap<i64>,
}

/// The two memories: sessions that move, and a log that only grows.
///
/// Writes belong to one open group until [`Store::commit`]. After a write or a
/// commit has failed the store takes no further ones, because what the log
/// holds is then not known for sure; reading goes on.
pub trait Store {
    /// Begins a session, and makes its user known if they are new.
    fn start(&mut self, opening: &Opening<'_>) -> Result<SessionKey>;

    /// Appends a message to the log and moves its session's head to it.
    fn append(&mut self, session: SessionKey, draft: &Draft<'_>) -> Result<Receipt>;

    /// Sets a session's head to none; says how many messages it has in the log.
    fn clear(&mut self, session: SessionKey) -> Result<i64>;

    /// Makes the open group durable, if there is one.
    fn commit(&mut self) -> Result<()>;

    /// Whether a write has failed and the store takes no further ones.
    fn is_stopped(&self) -> bool;

    /// How many messages the open group holds.
    fn pending(&self) -> usize;

    /// Whether the log knows this user.
    fn knows(&mut self, user: &UserName) -> Result<bool>;

    /// Up to `limit` known users whose names begin with `prefix`, in order of name.
    fn users_like(&mut self, prefix: &str, limit: usize) -> Result<Vec<UserName>>;

    /// Known users after `after` in order of name, each with its counts, until `visit` has enough.
    fn users(
        &mut self,
        after: Option<&UserName>,
        visit: &mut dyn FnMut(UserSummary) -> Flow,
    ) -> Result<()>;

    /// Up to `limit` sessions of one user and nobody else's, latest first.
    fn find(&mut self, user: &UserName, which: Which<'_>, limit: usize) -> Result<Vec<Found>>;

    /// Begins a listing, which will show the log as it is at this moment.
    fn list(&mut self, selection: Selection) -> Result<Listing>;

    /// Shows the next messages of a listing, in the order of the log, until
    /// `visit` has enough; says whether there may be more. No lock is held when
    /// it returns.
    fn read(
        &mut self,
        listing: &mut Listing,
        visit: &mut dyn FnMut(&Message<'_>) -> Flow,
    ) -> Result<bool>;

    /// Shows the context that ends with the message `last`, from there back,
    /// until `visit` has enough. It costs what is shown, however long the
    /// session is, and whatever others have said in the session since.
    fn context(
        &mut self,
        last: Option<MessageId>,
        visit: &mut dyn FnMut(Role, &str) -> Flow,
    ) -> Result<()>;

    /// Keeps, durably, what has come of a reply so far. It is not in the log
    /// yet, and gone with the next append to the session.
    fn keep_partial(&mut self, session: SessionKey, content: &str, model: &str) -> Result<()>;

    /// The replies to a user that a process which is gone had begun to hear.
    fn partials(&mut self, user: &UserName) -> Result<Vec<Partial>>;

    /// Chooses who answers in a session.
    fn set_model(&mut self, session: SessionKey, model: &str) -> Result<()>;

    /// Begins to recall what a user said, in all their sessions.
    fn recall(&mut self, user: &UserName) -> Result<Recall>;

    /// Up to `limit` more of what the user said, newest first; empty at the end.
    fn recall_more(&mut self, recall: &mut Recall, limit: usize) -> Result<Vec<String>>;
}
