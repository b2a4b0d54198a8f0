//! What the log holds, to be carried to another store.

use super::backend::{MessageQuery, SessionQuery, Which};
use super::group::unreadable;
use super::record::{Behind, SessionRecord};
use super::{Log, Result};
use crate::domain::{
    Flow, Message, MessageId, MoveId, Numbered, NumberedMove, SessionId, SessionKey, UserName,
};

/// Which messages are carried away.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Carried<'a> {
    /// Those behind the first up to the second.
    Range(MessageId, MessageId),
    /// These.
    These(&'a [MessageId]),
}

impl Log {
    /// From now on all looks see the log as it is at this moment, which is quicker for
    /// many of them, until [`Log::let_go`] or until something is written. What would wait
    /// for somebody has to let go first: others cannot tidy up as long as it lasts.
    pub(crate) fn hold(&mut self) -> Result<()> {
        self.group.rows()?.hold().map_err(unreadable)
    }

    /// From now on looks see what others have written.
    pub(crate) fn let_go(&mut self) {
        self.group.backend().let_go();
    }

    /// Visits messages with all that they have, in the order of the log, until `visit`
    /// has enough.
    pub(crate) fn records(
        &mut self,
        carried: Carried<'_>,
        visit: &mut dyn FnMut(&Message<'_>, &Behind) -> Flow,
    ) -> Result<()> {
        let query = match carried {
            Carried::Range(after, upto) => MessageQuery::Range { after, upto },
            Carried::These(ids) => MessageQuery::These(ids),
        };
        let backend = self.group.rows()?;
        backend.records(&query, visit).map_err(unreadable)
    }

    /// Up to `limit` sessions behind `after` with all that they have, of a user or of all,
    /// in the order of their keys.
    pub(crate) fn session_records(
        &mut self,
        user: Option<&UserName>,
        after: SessionKey,
        limit: usize,
    ) -> Result<Vec<SessionRecord>> {
        let mut records = Vec::with_capacity(limit);
        let backend = self.group.committed()?;
        let visited = backend.session_records(user, after, &mut |record| {
            records.push(record.clone());
            if records.len() < limit {
                Flow::More
            } else {
                Flow::Full
            }
        });
        visited.map_err(unreadable)?;
        Ok(records)
    }

    /// How many sessions a user has, or all have.
    pub(crate) fn count_sessions(&mut self, user: Option<&UserName>) -> Result<u64> {
        let backend = self.group.committed()?;
        backend.count_sessions(user).map_err(unreadable)
    }

    /// One of them; none if it cannot be read.
    pub(crate) fn session_record(
        &mut self,
        user: Option<&UserName>,
        key: SessionKey,
    ) -> Result<Option<SessionRecord>> {
        let before = SessionKey(key.0.saturating_sub(1));
        let found = self.session_records(user, before, 1)?.pop();
        Ok(found.filter(|record| record.row.key == key))
    }

    /// The key of a session, and whose it is; none if there is no such session.
    pub(crate) fn named(&mut self, session: SessionId) -> Result<Option<(SessionKey, UserName)>> {
        let backend = self.group.rows()?;
        backend.named(session).map_err(unreadable)
    }

    /// The id of a session of a user.
    pub(super) fn id_of(&mut self, key: SessionKey, user: &UserName) -> Result<Option<SessionId>> {
        let query = SessionQuery {
            user: Some(user),
            which: Which::Key(key),
            after: None,
        };
        let mut id = None;
        let backend = self.group.rows()?;
        let visited = backend.sessions(&query, &mut |row| {
            id = Some(row.session);
            Flow::Full
        });
        visited.map_err(unreadable)?;
        Ok(id)
    }

    /// What a message is called in every store; none if it cannot be read.
    pub(crate) fn numbered(&mut self, id: MessageId) -> Result<Option<Numbered>> {
        let mut at = None;
        self.records(Carried::These(&[id]), &mut |message, behind| {
            at = Some(Numbered {
                session: message.session,
                seq: behind.former_number.unwrap_or(message.seq),
            });
            Flow::Full
        })?;
        Ok(at)
    }

    /// How many moves of a session there are.
    pub(crate) fn count_moves(&mut self, session: SessionKey) -> Result<i64> {
        let backend = self.group.rows()?;
        backend.count_moves(session).map_err(unreadable)
    }

    /// A move in every store's names, if it can be read.
    pub(crate) fn named_move(&mut self, id: Option<MoveId>) -> Result<Option<NumberedMove>> {
        let Some(id) = id else { return Ok(None) };
        let backend = self.group.rows()?;
        backend.move_number(id).map_err(unreadable)
    }
}
