//! The rows that a store holds, and the values that they are made of.

#![warn(clippy::missing_docs_in_private_items)]

use std::rc::Rc;

use crate::domain::{
    MessageId, MoveId, MoveKind, OwnedSent, ReplyDetails, Role, Sent, SessionId, SessionKey,
    Status, Timestamp, Usage, UserName,
};

/// Where a session's context ends, and what lies below its beginning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// The last message of the context, or none.
    pub head: Option<MessageId>,
    /// The clear that the context stands on, if there was one: what it cleared
    /// is the next thing to come back when nothing is left to be undone above.
    pub base: Option<MoveId>,
    /// The summary that stands in place of the oldest messages, if there is one.
    /// Its own row names the first message that is kept, as its `oldest`.
    pub floor: Option<MessageId>,
}

impl Place {
    /// The message that a fork goes on from to come back here: the last one of
    /// the context, or the summary if that was put below it since.
    pub(crate) fn fork_point(self) -> Option<MessageId> {
        self.floor
            .filter(|floor| self.head < Some(*floor))
            .or(self.head)
    }
}

/// The rank of a session that another log's import has begun, and of which it has not told
/// yet where it stands: that is behind all in which something was said here.
pub(super) const UNSETTLED: MessageId = MessageId(-1);

/// Where a session stands: the end of its context, and the end of all that was
/// said in it. It is the part of a session's row that messages and moves change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct End {
    /// The end of its context.
    pub place: Place,
    /// How many messages its context has.
    pub depth: i64,
    /// Its last message in the log, whatever became of the context.
    pub last: Option<MessageId>,
    /// How many messages it has in the log.
    pub count: i64,
    /// Its system prompt, if it has one.
    pub system: Option<MessageId>,
    /// The move that was undone last, which can be redone for as long as the
    /// session stands where that move left it.
    pub redo: Option<MoveId>,
    /// Whether a first thing said in it, or before it was forked, is known.
    pub has_preview: bool,
    /// The newest message of the log when something was last said in it, or it
    /// was begun; 0 if there was none. Below zero if all of it came from elsewhere.
    pub touched: MessageId,
    /// The time of its last message, else of its beginning.
    pub touched_at: Timestamp,
}

impl End {
    /// Whether it came from elsewhere, and nothing has been said in it here. (One that is
    /// still on its way is not yet here.)
    pub(super) fn is_from_elsewhere(&self) -> bool {
        self.touched < UNSETTLED || self.has_no_rank()
    }

    /// Whether it came from elsewhere before such sessions had a rank.
    pub(super) fn has_no_rank(&self) -> bool {
        self.touched == MessageId(0) && self.count > 0
    }
}

/// A session to be begun.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewSession<'a> {
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
    /// The system prompt that it takes over, if it is a fork.
    pub system: Option<MessageId>,
    /// The beginning of the first thing said in the session that it is a fork of.
    pub preview: Option<&'a str>,
    /// The session that it is a fork of.
    pub origin: Option<SessionKey>,
}

/// A message to be added to the log, with its place in every chain.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MessageRow<'a> {
    /// The session that it is said in.
    pub session: SessionKey,
    /// Its number in the session, from 1.
    pub seq: i64,
    /// The message before it in its context.
    pub parent: Option<MessageId>,
    /// The message before it in its session.
    pub previous: Option<MessageId>,
    /// Its place in its context, from 1; none for what stands outside of it.
    pub depth: Option<i64>,
    /// The system prompt of its session at that time.
    pub system: Option<MessageId>,
    /// Who said it.
    pub role: Role,
    /// The exact text.
    pub content: &'a str,
    /// When it was said.
    pub created_at: Timestamp,
    /// When it was said in another program, if it comes from there.
    pub said_at: Option<Timestamp>,
    /// What answered, for a reply.
    pub model: Option<&'a str>,
    /// How it came to its end.
    pub status: Status,
    /// What the endpoint counted, if it did.
    pub usage: Option<Usage>,
    /// What is kept of a reply beside its text.
    pub details: ReplyDetails<'a>,
    /// For a reply: the first message that the model was told. For a summary:
    /// the first message that it leaves in the context.
    pub oldest: Option<MessageId>,
    /// The summary that its context began with, if there was one.
    pub floor: Option<MessageId>,
    /// For a reply: what the model was sent, where the links do not tell that.
    pub sent: Option<Sent<'a>>,
}

/// What a message is linked to. It never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    /// The message.
    pub id: MessageId,
    /// The session it was said in.
    pub session: SessionKey,
    /// Its number in the session, from 1.
    pub seq: i64,
    /// Who said it.
    pub role: Role,
    /// The message before it in its context.
    pub parent: Option<MessageId>,
    /// The message before it in its session.
    pub previous: Option<MessageId>,
    /// Its place in its context, from 1; none for what stands outside of it, and
    /// for messages of releases that did not write it down.
    pub depth: Option<i64>,
    /// The system prompt of its session at that time.
    pub system: Option<MessageId>,
    /// For a reply: the first message that the model was told. For a summary:
    /// the first message that it leaves in the context.
    pub oldest: Option<MessageId>,
    /// The summary that its context began with, if there was one.
    pub floor: Option<MessageId>,
    /// It came from another program.
    pub is_imported: bool,
}

/// A move of a session's head that was no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MoveRow {
    /// The move.
    pub id: MoveId,
    /// Why it was made.
    pub kind: MoveKind,
    /// From here.
    pub from: Place,
    /// To here.
    pub to: Place,
    /// What could be redone when it was made.
    pub redo: Option<MoveId>,
    /// How many messages left the context.
    pub gone: i64,
    /// How many came back into it.
    pub back: i64,
    /// When it was made.
    pub at: Timestamp,
}

/// A change of a session's row.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SessionChange<'a> {
    /// Messages or a move have changed it.
    End {
        /// Where it stands now.
        end: &'a End,
        /// The beginning of the first thing said in it, if that was said just now.
        words: Option<&'a str>,
        /// The model of the last reply in it, if one has come just now.
        answered_by: Option<&'a str>,
    },
    /// It has another title.
    Title(&'a str),
    /// Another model was chosen for it.
    Model(&'a str),
    /// It was archived at that time, or is not archived any more.
    Archived(Option<Timestamp>),
    /// It turns out to be a fork of another one.
    Origin(SessionKey),
}

/// A session, as lists and searches find it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SessionRow {
    /// The store's name for it.
    pub key: SessionKey,
    /// Its own name.
    pub session: SessionId,
    /// Whose it is.
    pub user: UserName,
    /// Its title, if it has one.
    pub title: Option<String>,
    /// The beginning of the first thing said in it.
    pub preview: Option<String>,
    /// How many messages its context has.
    pub depth: i64,
    /// How many messages it has in the log.
    pub count: i64,
    /// Who answers in it, if that was chosen.
    pub model: Option<String>,
    /// The persona it was started as, if any.
    pub persona: Option<String>,
    /// The model of the last reply in it, if there is one.
    pub answered_by: Option<Rc<str>>,
    /// The session that it is a fork of, if it is one.
    pub origin: Option<Box<Origin>>,
    /// The newest message of the log when something was last said in it, or it
    /// was begun; below zero if all of it came from elsewhere, by the times of that. By this
    /// sessions are in order, and those of the same by their key.
    pub touched: MessageId,
    /// The time of its last message, else of its beginning.
    pub touched_at: Timestamp,
    /// When it was archived, if it is: lists and completion leave it out.
    pub archived_at: Option<Timestamp>,
}

/// The session that another one is a fork of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    /// Its name.
    pub session: SessionId,
    /// Its title, if it has one.
    pub title: Option<String>,
}

impl SessionRow {
    /// Whether something was said in it, or before it was forked.
    pub(crate) fn is_spoken(&self) -> bool {
        self.preview.is_some() || self.depth > 0
    }

    /// Its place in the order of sessions: the latest has the greatest.
    pub(crate) fn rank(&self) -> Rank {
        (self.touched, self.key)
    }
}

/// How late a session was touched: the newest message then, and its key.
pub(crate) type Rank = (MessageId, SessionKey);

/// How much an endpoint takes for a model, as it has told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LearnedWindow {
    /// That many tokens.
    pub tokens: i64,
    /// The window that a person had set when it told, if one was.
    pub configured: Option<i64>,
}

/// What has come of a reply so far. It is not in the log yet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PartialRow<'a> {
    /// The session that it belongs to.
    pub session: SessionKey,
    /// The process that receives it.
    pub writer: &'a str,
    /// What has come.
    pub content: &'a str,
    /// What the model has thought, if it tells that.
    pub reasoning: Option<&'a str>,
    /// What is answering.
    pub model: &'a str,
    /// The first message that the model was sent.
    pub oldest: Option<MessageId>,
    /// What else it was sent.
    pub sent: Option<Sent<'a>>,
    /// The message that holds what had come before.
    pub behind: Option<MessageId>,
    /// Raised each time, for as long as the process lives.
    pub beat: i64,
}

/// When somebody saw that a process lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sighting {
    /// The boot of the machine by which they count.
    pub boot: String,
    /// The beat that they saw.
    pub beat: i64,
    /// When they saw it first, in milliseconds since the machine was started.
    pub at: i64,
}

/// A reply that was still coming when its row was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Partial {
    /// The session that it belongs to.
    pub key: SessionKey,
    /// The same, by name.
    pub session: SessionId,
    /// What had come.
    pub content: String,
    /// What the model had thought, if it told that.
    pub reasoning: Option<String>,
    /// What was answering.
    pub model: String,
    /// The first message that the model was sent.
    pub oldest: Option<MessageId>,
    /// What else it was sent.
    pub sent: Option<OwnedSent>,
    /// The message that holds what had come before.
    pub behind: Option<MessageId>,
    /// The process that received it.
    pub writer: String,
    /// A number that it raises for as long as it lives.
    pub beat: i64,
    /// Who saw that last, and when.
    pub seen: Option<Sighting>,
    /// The message that was made of it; it is empty then.
    pub taken: Option<MessageId>,
}
