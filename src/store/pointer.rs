//! Where a session points to in the log, and how that is moved.

use crate::domain::{MessageId, MoveId, SessionKey, Timestamp, Why};

/// Where a session's context ends, and what lies below its beginning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The last message of the context, or none.
    pub head: Option<MessageId>,
    /// The clear that the context stands on, if there was one: what it cleared
    /// is the next thing to come back when nothing is left to be undone above.
    pub base: Option<MoveId>,
}

/// Where a session stands.
#[derive(Clone, Copy, Debug)]
pub struct Pointer {
    /// Its place.
    pub place: Place,
    /// How many messages its context has.
    pub depth: i64,
    /// How many messages it has in the log.
    pub count: i64,
    /// Its system prompt, if it has one.
    pub system: Option<MessageId>,
    /// The move that was undone last, which holds for as long as the session
    /// stands where that move left it.
    pub redo: Option<MoveId>,
}

/// A move of a session's head that is no message.
#[derive(Clone, Copy, Debug)]
pub struct Move {
    /// Why it is made.
    pub why: Why,
    /// From here.
    pub from: Place,
    /// To here. The base of a clear is the clear itself, which the store fills in.
    pub to: Place,
    /// What could be redone when it was made.
    pub redo: Option<MoveId>,
    /// How many messages leave the context.
    pub gone: i64,
    /// How many come back into it.
    pub back: i64,
    /// When it is made.
    pub at: Timestamp,
}

/// What can be redone after a move.
#[derive(Clone, Copy, Debug)]
pub enum Redo {
    /// This very move.
    Itself,
    /// Nothing, or an earlier one.
    Earlier(Option<MoveId>),
}

/// What a message is linked to. It never changes.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    /// The session it was said in.
    pub session: SessionKey,
    /// Who said it.
    pub role: crate::domain::Role,
    /// The message before it in its context.
    pub parent: Option<MessageId>,
    /// The message before it in its session.
    pub previous: Option<MessageId>,
    /// Its place in that context, from 1.
    pub depth: i64,
    /// The system prompt of its session at that time.
    pub system: Option<MessageId>,
    /// For a reply: the first message that the model was told.
    pub oldest: Option<MessageId>,
}
