//! What keeps rows: the interface that every kind of store implements.

#![warn(clippy::missing_docs_in_private_items)]

use std::time::Duration;

use super::Result;
use super::damage::Damage;
use super::imported::{FoundImport, Sought, Standing};
use super::index::{IndexQuery, Page, Ranked};
use super::record::{Behind, Import, SessionRecord};
use super::rows::{
    End, LearnedWindow, Link, MessageRow, MoveRow, NewSession, Partial, PartialRow, Rank,
    SessionChange, SessionRow, Sighting,
};
use crate::domain::{
    Flow, Message, MessageId, MessageRecord, MoveId, Numbered, NumberedMove, OwnedSent, Problem,
    SessionId, SessionKey, SourceKey, Timestamp, UserName, UserSummary, is_same_text,
};

/// Holds the rows of a log. It knows none of the log's rules: those are in
/// [`rules`](super::rules), and [`Log`](super::Log) applies them.
///
/// What it fails with is the bare reason ("the disk is full"); the log puts the
/// words around it that say what it prevented.
///
/// Readers are handed one row at a time and say whether they have enough; no
/// transaction is open when a method returns, unless a group is. Where reading
/// goes on is a value of the query: the backend may remember what it looked up
/// for the last query, and answers the same without that.
pub(crate) trait Backend {
    /// What a person, or the log, has to know about it.
    fn facts(&self) -> Facts;

    /// The last commit of this handle that changed something, if there was one and
    /// the store is in files.
    fn written(&self) -> Option<Written> {
        None
    }

    /// Whether others may have written since this was asked last. To ask has to cost
    /// next to nothing.
    fn has_news(&mut self) -> Result<bool> {
        Ok(true)
    }

    /// How long one who waits for news waits between two looks: it is heard of at once, and
    /// to look costs next to nothing.
    fn pause_between_looks(&self) -> Duration {
        Duration::from_millis(20)
    }

    /// Fails if so much of what keeps the rows is gone that even to look at them
    /// would do harm.
    fn check(&mut self) -> Result<()> {
        Ok(())
    }

    /// From now on all looks see the rows as they are at this moment, which is quicker
    /// for many of them, until [`Backend::let_go`] or until a group begins.
    fn hold(&mut self) -> Result<()> {
        Ok(())
    }

    /// From now on looks see what others have written.
    fn let_go(&mut self) {}

    /// Reaches what keeps the rows, if that is elsewhere.
    #[cfg(feature = "postgres")]
    fn reach(&mut self) -> Result<()> {
        Ok(())
    }

    /// Fails if whoever has opened this may not speak as a user.
    fn admit(&mut self, _: &UserName) -> Result<()> {
        Ok(())
    }

    /// Fails if the rows are no longer where they were, or a newer program has taken them
    /// over, which knows what they mean now.
    fn check_version(&mut self) -> Result<()> {
        Ok(())
    }

    /// Begins a group of writes: until it is committed or rolled back nobody
    /// else writes to the sessions of the plan.
    fn begin(&mut self, plan: &Plan<'_>) -> Result<GroupStart>;

    /// Makes the open group durable.
    ///
    /// # Errors
    /// The group may be kept nevertheless: an error of the last sync does not
    /// undo the write.
    fn commit(&mut self) -> Result<Commit>;

    /// Forgets the open group, if there is one.
    fn rollback(&mut self);

    /// Whether the group that was begun is still open: some failures end it.
    fn is_in_group(&self) -> bool;

    /// Whether the open group came to nothing through no fault of its own: whatever failed in
    /// it is to be run again.
    fn wants_again(&self) -> bool {
        false
    }

    /// Adds a session outside of any group, and makes that durable, if this can do so more
    /// quickly than by a group; none if it cannot, and has written nothing.
    fn begin_session(&mut self, _: &NewSession<'_>) -> Result<Option<SessionKey>> {
        Ok(None)
    }

    /// Adds a session, and its user if they are new. `newest` is the newest
    /// message of the log.
    fn add_session(&mut self, row: &NewSession<'_>, newest: MessageId) -> Result<SessionKey>;

    /// Adds several sessions in this order. None of them is there unless another process
    /// adds it at the same time, which is known at the commit at the latest.
    fn add_sessions(
        &mut self,
        rows: &[NewSession<'_>],
        newest: MessageId,
    ) -> Result<Vec<SessionKey>> {
        rows.iter()
            .map(|row| self.add_session(row, newest))
            .collect()
    }

    /// Adds a message behind all others.
    fn add_message(&mut self, row: &MessageRow<'_>) -> Result<MessageId>;

    /// The id that the next move has to have.
    fn next_move(&mut self) -> Result<MoveId>;

    /// Adds a move of a session's head.
    fn add_move(&mut self, session: SessionKey, row: &MoveRow) -> Result<()>;

    /// Changes a session's row.
    fn set_session(&mut self, session: SessionKey, change: &SessionChange<'_>) -> Result<()>;

    /// Adds or replaces what has come of a reply.
    fn put_partial(&mut self, row: &PartialRow<'_>) -> Result<()>;

    /// Removes what a writer had put there for a session, if it had.
    fn remove_partial(&mut self, session: SessionKey, writer: &str) -> Result<()>;

    /// The message that another process has made of what a writer had put there,
    /// if one has.
    fn taken(&mut self, session: SessionKey, writer: &str) -> Result<Option<MessageId>>;

    /// Empties what a writer had put there: that message was made of it.
    fn mark_taken(&mut self, session: SessionKey, writer: &str, message: MessageId) -> Result<()>;

    /// Notes that somebody saw a writer's beat.
    fn see_partial(&mut self, session: SessionKey, writer: &str, seen: &Sighting) -> Result<()>;

    /// Adds or replaces how much an endpoint takes for a model.
    fn put_window(&mut self, endpoint: &str, model: &str, window: LearnedWindow) -> Result<()>;

    /// How much an endpoint takes for a model, if that is known.
    fn window(&mut self, endpoint: &str, model: &str) -> Result<Option<LearnedWindow>>;

    /// The message that came from another program by this key, if one did.
    fn imported(&mut self, key: &SourceKey) -> Result<Option<MessageId>>;

    /// Those of these messages that are here, and where they stand; in any order.
    fn imported_all(&mut self, sought: &[Sought<'_>]) -> Result<Vec<FoundImport>> {
        let mut found = Vec::new();
        for (place, sought) in sought.iter().enumerate() {
            let Some(id) = self.imported(&sought.key)? else {
                continue;
            };
            let mut is_other = false;
            if let Some((role, content)) = sought.said {
                self.messages(&MessageQuery::One(id), &mut |here| {
                    is_other = here.role != role || !is_same_text(here.content, content);
                    Flow::Full
                })?;
            }
            found.push(FoundImport {
                place,
                id,
                standing: self.standing(id)?,
                is_other,
            });
        }
        Ok(found)
    }

    /// Where a message stands that was imported before.
    fn standing(&mut self, id: MessageId) -> Result<Standing> {
        let mut standing = None;
        self.chain(id, Along::Context, &mut |link| {
            // What follows a system prompt follows what that follows.
            let last = if standing.is_none() && link.depth.is_none() {
                link.parent
            } else {
                Some(link.id)
            };
            let depth = link.depth.unwrap_or(0);
            standing = Some(Standing { last, depth });
            if link.depth.is_some() {
                Flow::Full
            } else {
                Flow::More
            }
        })?;
        let missing = Standing {
            last: Some(id),
            depth: 1,
        };
        Ok(standing.unwrap_or(missing))
    }

    /// Which of these messages are here in the session and at the number that they name, and in
    /// which session that is, if many can be compared in one question: none otherwise.
    fn same_messages(
        &mut self,
        _records: &[MessageRecord<'_>],
    ) -> Result<Vec<(Numbered, SessionKey)>> {
        Ok(Vec::new())
    }

    /// Notes by which key a message came from another program.
    fn add_origin(&mut self, key: &SourceKey, message: MessageId) -> Result<()>;

    /// Notes from which program a session came, and where its context's end was put.
    fn set_import(
        &mut self,
        session: SessionKey,
        source: &str,
        head: Option<MessageId>,
    ) -> Result<()>;

    /// Notes that a session went on apart from the one that it is a fork of, behind this
    /// message of that; 0 is the very beginning.
    fn set_branch(&mut self, session: SessionKey, source: &str, behind: MessageId) -> Result<()>;

    /// Notes who answered in a session on another machine; it came from this program.
    fn set_import_model(&mut self, session: SessionKey, source: &str, model: &str) -> Result<()>;

    /// Notes that messages of a session have other numbers than where they were said; it
    /// came from this program.
    fn renumber(&mut self, session: SessionKey, source: &str) -> Result<()>;

    /// Notes that some of a session that came from another program came from saylog.
    fn mix(&mut self, session: SessionKey) -> Result<()>;

    /// From where a session came, if it did.
    fn import(&mut self, session: SessionKey) -> Result<Option<Import>>;

    /// The same for several sessions; in any order.
    fn imports(&mut self, sessions: &[SessionKey]) -> Result<Vec<(SessionKey, Import)>> {
        let mut found = Vec::new();
        for session in sessions {
            found.extend(self.import(*session)?.map(|import| (*session, import)));
        }
        Ok(found)
    }

    /// The sessions that went on apart from this one behind this message of it.
    fn branches(&mut self, session: SessionKey, behind: MessageId) -> Result<Vec<SessionKey>>;

    /// The session of an id, and whose it is.
    fn named(&mut self, session: SessionId) -> Result<Option<(SessionKey, UserName)>>;

    /// The same for several ids; in any order.
    fn named_all(
        &mut self,
        sessions: &[SessionId],
    ) -> Result<Vec<(SessionId, SessionKey, UserName)>> {
        let mut found = Vec::new();
        for id in sessions {
            found.extend(self.named(*id)?.map(|(key, user)| (*id, key, user)));
        }
        Ok(found)
    }

    /// How many sessions a user has, or all have.
    fn count_sessions(&mut self, user: Option<&UserName>) -> Result<u64>;

    /// Visits sessions behind `after` with all that they have, of a user or of all, in the
    /// order of their keys.
    fn session_records(
        &mut self,
        user: Option<&UserName>,
        after: SessionKey,
        visit: &mut dyn FnMut(&SessionRecord) -> Flow,
    ) -> Result<()>;

    /// Visits messages of a range or of a list, with all that they have.
    fn records(
        &mut self,
        query: &MessageQuery<'_>,
        visit: &mut dyn FnMut(&Message<'_>, &Behind) -> Flow,
    ) -> Result<()>;

    /// Where a session stands, as its rows say.
    fn end(&mut self, session: SessionKey) -> Result<End>;

    /// The newest message below which none can appear any more; the first id of
    /// all is 1, so it is 0 in an empty log.
    fn horizon(&mut self) -> Result<MessageId>;

    /// The newest message that may be in a context now, whatever may still appear before it.
    fn newest(&mut self) -> Result<MessageId> {
        self.horizon()
    }

    /// The terms of messages, if this store keeps them itself.
    fn term_index(&mut self) -> Result<Option<&mut dyn TermIndex>> {
        Ok(None)
    }

    /// Why the horizon was short of what has been written, if it was since this was asked
    /// last.
    fn take_held_back(&mut self) -> Option<Problem> {
        None
    }

    /// The message behind which exactly so many come, up to `upto`; none if there are
    /// no more than that. Those that cannot be read may be counted.
    fn behind_newest(&mut self, upto: MessageId, count: u64) -> Result<Option<MessageId>>;

    /// Visits messages.
    fn messages(
        &mut self,
        query: &MessageQuery<'_>,
        visit: &mut dyn FnMut(&Message<'_>) -> Flow,
    ) -> Result<()>;

    /// Visits texts of messages, in the order of the log, without what else is known of
    /// these: that is looked up for few of them. Those that cannot be read are passed over.
    fn texts(
        &mut self,
        range: &TextRange,
        visit: &mut dyn FnMut(MessageId, &str) -> Flow,
    ) -> Result<()>;

    /// Visits what the messages of a chain are linked to, newest first,
    /// beginning with `from`; nothing if there is no such message.
    ///
    /// # Errors
    /// If a message of a context is not there, cannot be read, or is said to stand
    /// behind one that is not older: every walk ends, whatever another program has
    /// written. In the chain of a session such a message is passed over.
    fn chain(
        &mut self,
        from: MessageId,
        along: Along,
        visit: &mut dyn FnMut(&Link) -> Flow,
    ) -> Result<()>;

    /// What a model was sent before it wrote this message, where its links do
    /// not tell that.
    fn sent(&mut self, message: MessageId) -> Result<Option<OwnedSent>>;

    /// The next message of the same session in the log, if one is not far.
    fn following(&mut self, message: MessageId) -> Result<Option<MessageId>>;

    /// Visits moves of sessions' heads.
    fn moves(&mut self, query: &MoveQuery, visit: &mut dyn FnMut(&MoveRow) -> Flow) -> Result<()>;

    /// How many moves of a session there are.
    fn count_moves(&mut self, session: SessionKey) -> Result<i64>;

    /// What a move is called in every store.
    fn move_number(&mut self, id: MoveId) -> Result<Option<NumberedMove>>;

    /// The move of a session that has this number.
    fn numbered_move(&mut self, session: SessionKey, number: i64) -> Result<Option<MoveId>>;

    /// Visits sessions, the one that was touched last first.
    fn sessions(
        &mut self,
        query: &SessionQuery<'_>,
        visit: &mut dyn FnMut(&SessionRow) -> Flow,
    ) -> Result<()>;

    /// Visits those of these sessions of users that can be read, each with its key and its
    /// title, in any order.
    fn titles(
        &mut self,
        sessions: &[(SessionId, UserName)],
        visit: &mut dyn FnMut(SessionId, SessionKey, Option<&str>),
    ) -> Result<()> {
        for (session, user) in sessions {
            let query = SessionQuery {
                user: Some(user),
                which: Which::Prefix(&session.to_string()),
                after: None,
            };
            self.sessions(&query, &mut |row| {
                visit(row.session, row.key, row.title.as_deref());
                Flow::Full
            })?;
        }
        Ok(())
    }

    /// Visits the newest message of one chain in each session of a user, and the
    /// session's floor, in any order; sessions without one are left out.
    fn newest_of_sessions(
        &mut self,
        user: &UserName,
        along: Along,
        visit: &mut dyn FnMut(SessionKey, MessageId, Option<MessageId>),
    ) -> Result<()>;

    /// Whether there is such a user.
    fn has_user(&mut self, user: &UserName) -> Result<bool>;

    /// Visits the users whose names begin with `prefix`, in order of name.
    fn user_names(&mut self, prefix: &str, visit: &mut dyn FnMut(&UserName) -> Flow) -> Result<()>;

    /// Visits the users behind `after` in order of name, with their counts.
    fn users(
        &mut self,
        after: Option<&UserName>,
        visit: &mut dyn FnMut(&UserSummary) -> Flow,
    ) -> Result<()>;

    /// The replies to a user that are still coming, whoever receives them.
    fn partials(&mut self, user: &UserName) -> Result<Vec<Partial>>;

    /// What was passed over since this was asked last, because it cannot be read.
    fn take_damage(&mut self) -> Damage {
        Damage::default()
    }

    /// Whether what keeps the rows has turned out to be damaged.
    fn is_damaged(&self) -> bool {
        false
    }
}

/// The terms of messages beside the log, in the same store.
pub(crate) trait TermIndex {
    /// The newest message that it knows of; 0 if it knows none.
    fn known(&mut self) -> Result<MessageId>;

    /// Adds the terms of the next messages behind those that it knows, up to one of them,
    /// and gives that. Another process may do the same at the same time.
    fn add_next(&mut self, upto: MessageId) -> Result<MessageId>;

    /// The ids of messages that may suit. Those that do suit are among them.
    fn candidates(&mut self, query: &IndexQuery, page: &Page) -> Result<Vec<MessageId>>;

    /// The best of the newest messages that may suit.
    fn ranked(&mut self, query: &IndexQuery, limit: usize) -> Result<Ranked>;
}

/// What has to be known about a backend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    /// When messages get their ids.
    pub numbering: Numbering,
    /// What a person should know about it, in sentences.
    pub warnings: Vec<String>,
    /// What keeps the rows, and in which version.
    pub engine: String,
    /// The version of the tables; none if they are made anew each time.
    pub schema: Option<u32>,
}

/// The last commit of a handle that changed something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Written {
    /// How many changes the handle has made.
    pub changes: u64,
    /// When it was, by the clock of the file system.
    pub at: Timestamp,
}

/// When messages get their ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Numbering {
    /// As they are added: whoever begins a group has the log to themselves.
    AtOnce,
    /// When the group is committed: many write at the same time. The log keeps
    /// the messages of a group and adds them all right before the commit, and
    /// once more, with other ids, if that asks for it.
    AtCommit,
}

/// What a group is going to touch, for backends that lock single sessions.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Plan<'a> {
    /// The sessions that it reads the ends of, in the order of their keys. Where that is
    /// found out only in the group, none: each is locked then, without waiting for others.
    pub sessions: &'a [SessionKey],
    /// How many messages it adds.
    pub messages: usize,
}

/// What a group begins with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GroupStart {
    /// The newest message if others may have written since this handle's last
    /// group: what it remembers of the log does not hold then. None if nobody has.
    pub news: Option<Newest>,
}

/// The newest message of the log: its id and its time; 0 and 1970 if there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Newest {
    /// The message.
    pub id: MessageId,
    /// What the clock of its writer said.
    pub at: Timestamp,
}

impl Newest {
    /// There is no message.
    pub(crate) const NONE: Self = Self {
        id: MessageId(0),
        at: Timestamp(0),
    };
}

/// How a commit came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Commit {
    /// The group is durable.
    Done,
    /// Nothing of it was kept, because others were in the way: it has to be run again.
    Again,
}

/// Which messages to visit, and in which order.
#[derive(Clone, Copy, Debug)]
pub(crate) enum MessageQuery<'a> {
    /// All of them behind `after` up to `upto`, in the order of the log. Those
    /// that cannot be read are passed over.
    Range {
        /// The last one that is not wanted any more.
        after: MessageId,
        /// The last one that is wanted.
        upto: MessageId,
    },
    /// These, in this order. Those that cannot be read are passed over.
    These(&'a [MessageId]),
    /// This one, if it is there.
    One(MessageId),
    /// The context that ends with this message, newest first. It is an error if
    /// a message of it is missing.
    Context(MessageId),
}

/// Along which of its links a chain is walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Along {
    /// From the head, by `parent`: what the model remembers.
    Context,
    /// From the last message, by `previous`: everything that was ever said in the session.
    Session,
}

impl Along {
    /// The message before one in such a chain.
    pub(crate) fn before(self, link: &Link) -> Option<MessageId> {
        match self {
            Self::Context => link.parent,
            Self::Session => link.previous,
        }
    }
}

/// Which texts are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TextRange {
    /// Those behind this message,
    pub after: MessageId,
    /// up to this one.
    pub upto: MessageId,
    /// What models thought (empty where that is not known), not what was said.
    pub of_reasoning: bool,
}

/// Which moves to visit.
#[derive(Clone, Copy, Debug)]
pub(crate) enum MoveQuery {
    /// This one. It is an error if it is missing.
    One(MoveId),
    /// Those of a session behind this one, in order.
    Of(SessionKey, Option<MoveId>),
}

/// Which sessions to visit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SessionQuery<'a> {
    /// Whose; none for everybody's.
    pub user: Option<&'a UserName>,
    /// Which of these.
    pub which: Which<'a>,
    /// The last one that is not wanted any more.
    pub after: Option<Rank>,
}

/// Which of the sessions there are.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Which<'a> {
    /// All of them that are not archived.
    All,
    /// Those of these in which something was said, or before they were forked.
    Spoken,
    /// Those that are archived.
    Archived,
    /// Those whose id begins with this, in lower case.
    Prefix(&'a str),
    /// Those whose title, or whose first words if they have none, begin with
    /// this; those that are this and no more come first.
    Name(&'a str),
    /// The one of this key.
    Key(SessionKey),
    /// The one in which something was said last; if that is none, the one that
    /// was begun last. It is not archived.
    Latest,
}
