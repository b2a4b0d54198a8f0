//! Walks along the links between messages, and looks at single ones.

use std::collections::BinaryHeap;

use super::backend::{Along, Backend, MessageQuery, MoveQuery};
use super::group::unreadable;
use super::rows::{End, Link, MoveRow, Place};
use super::{Log, Result};
use crate::domain::{Flow, Message, MessageId, MoveId, OwnedSent, Role, SessionKey, UserName};

/// So many messages that came from elsewhere are passed over for one that was typed here:
/// of a session that came whole nothing was.
const IMPORTED_PASSED: u32 = 1000;

/// How far a user's earlier messages have been recalled, newest first.
#[derive(Clone, Debug)]
pub(crate) struct Recall {
    user: UserName,
    /// For each of the user's sessions the next message to look at.
    next: BinaryHeap<(MessageId, SessionKey)>,
}

impl Log {
    /// Visits one message, if there is such a one.
    pub(crate) fn message(
        &mut self,
        id: MessageId,
        visit: &mut dyn FnMut(&Message<'_>),
    ) -> Result<()> {
        let visited = self
            .group
            .rows()?
            .messages(&MessageQuery::One(id), &mut |message| {
                visit(message);
                Flow::Full
            });
        visited.map_err(unreadable)
    }

    /// Visits those of these messages that can be read, in this order.
    pub(crate) fn messages(
        &mut self,
        ids: &[MessageId],
        visit: &mut dyn FnMut(&Message<'_>) -> Flow,
    ) -> Result<()> {
        let backend = self.group.rows()?;
        backend
            .messages(&MessageQuery::These(ids), visit)
            .map_err(unreadable)
    }

    /// How many messages other processes have added to a session since this was
    /// asked last; none if that was of another session. Everything is committed first.
    pub(crate) fn news_of(&mut self, session: SessionKey) -> Result<i64> {
        self.group.commit()?;
        self.group.news_of(session).map_err(unreadable)
    }

    /// Visits the context that ends with the message `last`, from there back,
    /// until `visit` has enough. It costs what is visited, however long the
    /// session is, and whatever others have said in the session since.
    pub(crate) fn context(
        &mut self,
        last: Option<MessageId>,
        visit: &mut dyn FnMut(&Message<'_>) -> Flow,
    ) -> Result<()> {
        let Some(last) = last else {
            return Ok(());
        };
        let backend = self.group.rows()?;
        backend
            .messages(&MessageQuery::Context(last), visit)
            .map_err(unreadable)
    }

    /// What a message is linked to; none if there is no such message.
    pub(crate) fn link(&mut self, id: MessageId) -> Result<Option<Link>> {
        let mut found = None;
        self.walk(id, &mut |link| {
            found = Some(*link);
            Flow::Full
        })?;
        Ok(found)
    }

    /// What a model was sent before it wrote this message, where its links do
    /// not tell that.
    pub(crate) fn sent(&mut self, id: MessageId) -> Result<Option<OwnedSent>> {
        self.group.rows()?.sent(id).map_err(unreadable)
    }

    /// Visits what the messages of a context are linked to, from its end back.
    pub(crate) fn walk(
        &mut self,
        from: MessageId,
        visit: &mut dyn FnMut(&Link) -> Flow,
    ) -> Result<()> {
        let backend = self.group.rows()?;
        backend
            .chain(from, Along::Context, visit)
            .map_err(unreadable)
    }

    /// How many messages the context has that stands there; a summary is one.
    pub(crate) fn depth(&mut self, place: Place) -> Result<i64> {
        let backend = self.group.rows()?;
        depth_of(backend, place).map_err(unreadable)
    }

    /// The first message that a summary leaves in the context.
    pub(crate) fn first_kept(&mut self, floor: Option<MessageId>) -> Result<Option<MessageId>> {
        let backend = self.group.rows()?;
        first_kept(backend, floor).map_err(unreadable)
    }

    /// The next message of the same session in the log, if one is not far.
    pub(crate) fn following(&mut self, id: MessageId) -> Result<Option<MessageId>> {
        self.group.rows()?.following(id).map_err(unreadable)
    }

    /// The move that can be redone where a session stands, if there is one.
    pub(crate) fn redoable(&mut self, end: &End) -> Result<Option<MoveRow>> {
        self.group.redoable(end).map_err(unreadable)
    }

    /// A move that was made.
    pub(crate) fn move_made(&mut self, id: MoveId) -> Result<Option<MoveRow>> {
        let mut made = None;
        let backend = self.group.rows()?;
        let visited = backend.moves(&MoveQuery::One(id), &mut |row| {
            made = Some(*row);
            Flow::Full
        });
        visited.map_err(unreadable)?;
        Ok(made)
    }

    /// Visits the moves of a session behind `after`, in order, until `visit` has enough.
    pub(crate) fn moves(
        &mut self,
        session: SessionKey,
        after: Option<MoveId>,
        visit: &mut dyn FnMut(&MoveRow) -> Flow,
    ) -> Result<()> {
        let backend = self.group.committed()?;
        backend
            .moves(&MoveQuery::Of(session, after), visit)
            .map_err(unreadable)
    }

    /// Begins to recall what a user said, in all their sessions.
    pub(crate) fn recall(&mut self, user: &UserName) -> Result<Recall> {
        let mut next = Vec::new();
        let backend = self.group.committed()?;
        backend
            .newest_of_sessions(user, Along::Session, &mut |session, last, _| {
                next.push((last, session));
            })
            .map_err(unreadable)?;
        Ok(Recall {
            user: user.clone(),
            next: next.into(),
        })
    }

    /// The same for one who looks again and again: fails if the store has gone meanwhile,
    /// or a newer program has taken it over.
    pub(crate) fn newest_now(&mut self) -> Result<MessageId> {
        let backend = self.group.committed()?;
        backend.check_version().map_err(unreadable)?;
        backend.horizon().map_err(unreadable)
    }

    /// The newest message of the log; 0 if there is none.
    pub(crate) fn newest(&mut self) -> Result<MessageId> {
        self.group.committed()?.horizon().map_err(unreadable)
    }

    /// Up to `limit` more of what the user said, newest first; empty at the end.
    pub(crate) fn recall_more(
        &mut self,
        recall: &mut Recall,
        limit: usize,
    ) -> Result<Vec<(MessageId, String)>> {
        let backend = self.group.rows()?;
        let mut ids = Vec::new();
        while ids.len() < limit
            && let Some((from, session)) = recall.next.pop()
        {
            let (next, mut passed) = (&mut recall.next, 0);
            // One session after the other, each for as long as it has the newest.
            let walked = backend.chain(from, Along::Session, &mut |link| {
                // Where another program has put another session's message, the walk ends.
                // What came from another program, or another machine, was typed there.
                passed = if link.is_imported { passed + 1 } else { 0 };
                if link.session != session || passed > IMPORTED_PASSED {
                    return Flow::Full;
                }
                if link.role == Role::User && !link.is_imported {
                    ids.push(link.id);
                }
                let Some(previous) = link.previous else {
                    return Flow::Full;
                };
                let is_newest = next.peek().is_none_or(|(other, _)| previous > *other);
                if is_newest && ids.len() < limit {
                    return Flow::More;
                }
                next.push((previous, session));
                Flow::Full
            });
            walked.map_err(unreadable)?;
        }
        let mut said = Vec::with_capacity(ids.len());
        let visited = backend.messages(&MessageQuery::These(&ids), &mut |message| {
            if *message.user == recall.user {
                said.push((message.id, message.content.to_owned()));
            }
            Flow::More
        });
        visited.map_err(unreadable)?;
        Ok(said)
    }
}

/// Counts a context down to the first message that knows its place in it.
/// Messages of early releases do not, and those that were said before the
/// context's summary know another.
fn depth_of(backend: &mut dyn Backend, place: Place) -> Result<i64> {
    let first = first_kept(backend, place.floor)?;
    let (mut depth, mut is_known) = (0, false);
    if let Some(head) = place.head {
        backend.chain(head, Along::Context, &mut |link| {
            if first.is_some_and(|first| link.id < first) {
                return Flow::Full;
            }
            match link.depth.filter(|_| link.floor == place.floor) {
                Some(known) => {
                    (depth, is_known) = (depth + known, true);
                    Flow::Full
                }
                None => {
                    depth += 1;
                    Flow::More
                }
            }
        })?;
    }
    let has_summary = place.floor.is_some() && !is_known;
    Ok(depth + i64::from(has_summary))
}

/// The first message that a summary leaves in the context.
pub(super) fn first_kept(
    backend: &mut dyn Backend,
    floor: Option<MessageId>,
) -> Result<Option<MessageId>> {
    let mut first = None;
    if let Some(floor) = floor {
        backend.chain(floor, Along::Context, &mut |link| {
            first = link.oldest;
            Flow::Full
        })?;
    }
    Ok(first)
}
