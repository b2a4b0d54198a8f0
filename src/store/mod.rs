//! What keeps users, sessions and messages.
//!
//! A store takes writes into an open *group* and makes the group durable with
//! [`Store::commit`]; nothing may be shown to anyone before that. A session is
//! a pointer into the log: its *head* is the end of its context, and every
//! message knows its `parent` in the context and, inside the store, the
//! `previous` one of the same session.

mod listing;
mod pointer;
mod roll;
mod sqlite;

use crate::domain::{
    Draft, Fault, Flow, Message, MessageId, MoveId, SessionId, SessionKey, Timestamp, UserName,
    UserSummary,
};

pub use listing::{Listing, Selection};
pub use pointer::{Link, Move, Place, Pointer, Redo};
pub use roll::{Found, Roll, Which};
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
    /// The session's system prompt.
    pub system: Option<MessageId>,
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
    /// Who answers in it, if that is chosen.
    pub model: Option<&'a str>,
    /// The persona it is started as, if any.
    pub persona: Option<&'a str>,
    /// The time of its beginning.
    pub at: Timestamp,
    /// What it begins with, if it is a fork.
    pub past: Past<'a>,
}

/// The past that a fork takes over.
#[derive(Clone, Copy, Debug, Default)]
pub struct Past<'a> {
    /// The end of the context and what lies below it.
    pub place: Place,
    /// How many messages the context has.
    pub depth: i64,
    /// The system prompt.
    pub system: Option<MessageId>,
    /// The beginning of the first thing said.
    pub words: Option<&'a str>,
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

/// A user's earlier messages, newest first, as far as they have been read.
#[derive(Clone, Debug, Default)]
pub struct Recall {
    /// The store's name for the user.
    user: i64,
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

    /// Appends a system prompt to the log and makes it the session's, which
    /// leaves its head where it is; or takes the prompt away.
    fn set_system(&mut self, session: SessionKey, draft: Option<&Draft<'_>>) -> Result<()>;

    /// Where a session stands. It stays there until the group is committed,
    /// whatever other processes want to do to it.
    fn pointer(&mut self, session: SessionKey) -> Result<Pointer>;

    /// Where a session stood when everything was last committed, for who only wants to look.
    fn peek(&mut self, session: SessionKey) -> Result<Pointer>;

    /// Moves a session's head and writes that down. `depth` is how many
    /// messages the context has then; `redo` is what could be redone then.
    fn relocate(
        &mut self,
        session: SessionKey,
        step: &Move,
        depth: i64,
        redo: Redo,
    ) -> Result<MoveId>;

    /// A move that was made.
    fn move_made(&mut self, id: MoveId) -> Result<Move>;

    /// The moves of a session after `after`, in order, until `visit` has enough.
    fn moves(
        &mut self,
        session: SessionKey,
        after: Option<MoveId>,
        visit: &mut dyn FnMut(MoveId, &Move) -> Flow,
    ) -> Result<()>;

    /// What a message is linked to; none if there is no such message.
    fn link(&mut self, id: MessageId) -> Result<Option<Link>>;

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

    /// Shows the next sessions of a roll, latest first, until `visit` has
    /// enough; says whether there may be more.
    fn roll(&mut self, roll: &mut Roll, visit: &mut dyn FnMut(&Found) -> Flow) -> Result<bool>;

    /// Gives a session another title.
    fn rename(&mut self, session: SessionKey, title: &str) -> Result<()>;

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
        visit: &mut dyn FnMut(&Message<'_>) -> Flow,
    ) -> Result<()>;

    /// Shows one message, if there is such a one.
    fn message(&mut self, id: MessageId, visit: &mut dyn FnMut(&Message<'_>)) -> Result<()>;

    /// The next message of the same session in the log, if one is not far.
    fn following(&mut self, id: MessageId) -> Result<Option<MessageId>>;

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
