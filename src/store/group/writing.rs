//! Pieces of writing: what happens to the rows inside an open group.

use std::collections::hash_map::Entry;
use std::rc::Rc;

use super::super::Result;
use super::super::backend::{Along, Backend, MessageQuery, MoveQuery, Newest, Numbering};
use super::super::damage::RECOVER;
use super::super::rows::{End, MessageRow, MoveRow, NewSession, PartialRow, Place, SessionChange};
use super::super::rules::{self, Move};
use super::{Attempt, Failure, Group, KnownEnd};
use crate::domain::{
    Draft, Flow, Late, MessageId, Problem, ProblemKind, Receipt, Role, Sent, SessionKey, Timestamp,
};

impl Group {
    /// Where a session ends now.
    pub(in crate::store) fn end(&mut self, session: SessionKey) -> Attempt<End> {
        Ok(match self.ends.entry(session) {
            Entry::Occupied(known) => known.get().end,
            Entry::Vacant(unknown) => {
                let end = self.backend.end(session).map_err(Failure::Reading)?;
                unknown.insert(KnownEnd::of(end));
                end
            }
        })
    }

    /// From now on a session ends there, and that model has answered in it if one is named.
    pub(super) fn move_end(&mut self, session: SessionKey, end: End, answered_by: Option<&str>) {
        let known = match self.ends.entry(session) {
            Entry::Occupied(known) => {
                let known = known.into_mut();
                if self.watched.are_some() {
                    self.watched.note(session, end.count - known.end.count);
                }
                known
            }
            Entry::Vacant(unknown) => unknown.insert(KnownEnd::of(end)),
        };
        if !known.is_moved {
            self.moved.push(session);
        }
        (known.end, known.is_moved) = (end, true);
        if answered_by.is_some() && known.answered_by.as_deref() != answered_by {
            known.answered_by = answered_by.map(Rc::from);
        }
    }

    /// Begins a session.
    pub(in crate::store) fn add_session(&mut self, row: &NewSession<'_>) -> Attempt<SessionKey> {
        let newest = self.newest.id;
        let added = self.backend.add_session(row, newest);
        let key = added.map_err(Failure::Writing)?;
        // Nobody else can have touched it: nothing has to be read later.
        let known = KnownEnd::of(rules::begun(row, newest));
        self.ends.insert(key, known);
        Ok(key)
    }

    /// Begins several sessions, in this order.
    pub(super) fn add_sessions(&mut self, rows: &[NewSession<'_>]) -> Attempt<Vec<SessionKey>> {
        let newest = self.newest.id;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let added = self.backend.add_sessions(rows, newest);
        let keys = added.map_err(Failure::Writing)?;
        for (row, key) in rows.iter().zip(&keys) {
            self.ends
                .insert(*key, KnownEnd::of(rules::begun(row, newest)));
        }
        Ok(keys)
    }

    /// Adds a message and moves its session's end to it. A reply to what is not
    /// in the context any more, or has another reply there, leaves that as it is.
    pub(in crate::store) fn add(
        &mut self,
        session: SessionKey,
        draft: &Draft<'_>,
    ) -> Attempt<Receipt> {
        let end = self.end(session)?;
        let late = match draft.sent {
            Some(sent) => self.lateness(draft, &sent, &end)?.map(|late| (late, sent)),
            None => None,
        };
        let row = match late {
            None => rules::message(session, &end, draft),
            Some((_, sent)) => rules::late_reply(session, &end, draft, &sent),
        };
        let id = self.add_row(&row)?;
        if let Some(preview) = rules::first_said(&end, &row) {
            self.previews.insert(session, preview);
        }
        self.remove_partial_of(session)?;
        let after = match late {
            None => rules::appended(&end, &row, id),
            Some(_) => rules::logged(&end, &row, id),
        };
        self.move_end(session, after, rules::answered_by(&row));
        self.is_newest(id, row.created_at);
        if self.numbering == Numbering::AtOnce {
            self.pending += 1;
        }
        Ok(Receipt {
            id,
            seq: row.seq,
            parent: row.parent,
            late: late.map(|(why, _)| why),
            system: row.system,
            floor: row.floor,
            created_at: row.created_at,
        })
    }

    /// Adds a message, which is newer than all that there were. Where the newest are
    /// gone, because somebody deleted them or put an old page back, it would get the
    /// id of one of those.
    pub(super) fn add_row(&mut self, row: &MessageRow<'_>) -> Attempt<MessageId> {
        let id = self.backend.add_message(row).map_err(Failure::Writing)?;
        let newest = (self.numbering == Numbering::AtOnce).then_some(self.newest.id);
        let linked = row.parent.max(row.previous).max(row.system).max(row.floor);
        match linked.max(newest) {
            Some(known) if known >= id => {
                let what = format!("message #{known} is known, and the next one would be #{id}");
                let damaged = Problem::new(ProblemKind::Damaged, what).with_hint(RECOVER);
                Err(Failure::Writing(damaged))
            }
            _ => Ok(id),
        }
    }

    /// Why a reply does not belong into the context that ends there, if it does not:
    /// what it answers is neither one of its messages nor one that its summary stands
    /// for, or has another reply in it. Only what was said since is walked over.
    fn lateness(&mut self, draft: &Draft<'_>, sent: &Sent<'_>, end: &End) -> Attempt<Option<Late>> {
        // The rest of a reply belongs behind its beginning, which another process has
        // made a message.
        let before = draft.behind.unwrap_or(sent.last);
        let head = end.place.head.filter(|head| *head >= sent.last);
        let Some(head) = head else {
            return Ok(Some(Late::Unasked));
        };
        if head == before {
            return Ok(None);
        }
        let (mut is_asked, mut is_there, mut replies) = (false, false, Vec::new());
        let walked = self.backend.chain(head, Along::Context, &mut |link| {
            is_there |= link.id == before;
            is_asked = link.id == sent.last;
            if link.id > sent.last {
                if link.role == Role::Ai && link.id > before {
                    replies.push((link.id, link.parent));
                }
                return Flow::More;
            }
            Flow::Full
        });
        walked.map_err(Failure::Reading)?;
        if !is_asked {
            return Ok(Some(Late::Unasked));
        }
        for (id, parent) in replies {
            let answers = self.answers(id, parent)?;
            if answers == Some(sent.last) || answers == Some(before) {
                return Ok(Some(Late::Answered));
            }
        }
        Ok((!is_there).then_some(Late::Begun))
    }

    /// What a reply answers; nothing if it only says that none came.
    fn answers(&mut self, id: MessageId, parent: Option<MessageId>) -> Attempt<Option<MessageId>> {
        let mut is_reply = false;
        let query = MessageQuery::One(id);
        let read = self.backend.messages(&query, &mut |message| {
            is_reply = !message.is_unanswered();
            Flow::Full
        });
        read.map_err(Failure::Reading)?;
        let sent = self.backend.sent(id).map_err(Failure::Reading)?;
        let answers = sent.map_or(parent, |sent| Some(sent.last));
        Ok(answers.filter(|_| is_reply))
    }

    /// Takes note of the newest message.
    pub(super) fn is_newest(&mut self, id: MessageId, at: Timestamp) {
        if at < self.newest.at {
            self.overtaken = self.overtaken.max(Some(self.newest.at));
        }
        self.newest = Newest { id, at };
    }

    /// Adds a system prompt and makes it the session's, or takes that away.
    pub(in crate::store) fn set_system(
        &mut self,
        session: SessionKey,
        draft: Option<&Draft<'_>>,
    ) -> Attempt<Option<MessageId>> {
        let end = self.end(session)?;
        let Some(draft) = draft else {
            self.move_end(session, rules::unprompted(&end), None);
            return Ok(None);
        };
        let row = rules::outside_context(session, &end, draft);
        let id = self.add_row(&row)?;
        self.move_end(session, rules::prompted(&end, &row, id), None);
        self.is_newest(id, row.created_at);
        self.pending += 1;
        Ok(Some(id))
    }

    /// Adds a summary and makes it the session's floor, as `step` says besides.
    pub(in crate::store) fn compact(
        &mut self,
        session: SessionKey,
        summary: &Draft<'_>,
        step: &Move,
    ) -> Attempt<MessageId> {
        let end = self.end(session)?;
        let row = rules::outside_context(session, &end, summary);
        let id = self.add_row(&row)?;
        self.move_end(session, rules::logged(&end, &row, id), None);
        self.is_newest(id, row.created_at);
        self.pending += 1;
        let to = Place {
            floor: Some(id),
            ..step.to
        };
        // The summary is written already, so whatever fails now fails as a write.
        self.relocate(session, &Move { to, ..*step })
            .map_err(Failure::of_begun)?;
        Ok(id)
    }

    /// Moves a session's head and writes that down.
    pub(in crate::store) fn relocate(
        &mut self,
        session: SessionKey,
        step: &Move,
    ) -> Attempt<MoveRow> {
        let end = self.end(session)?;
        let redoable = self.redoable(&end).map_err(Failure::Reading)?;
        let id = self.backend.next_move().map_err(Failure::Reading)?;
        let (row, after) = rules::moved(&end, id, step, redoable.as_ref());
        self.backend
            .add_move(session, &row)
            .map_err(Failure::Writing)?;
        self.move_end(session, after, None);
        Ok(row)
    }

    /// The move that can be redone where a session stands.
    pub(in crate::store) fn redoable(&mut self, end: &End) -> Result<Option<MoveRow>> {
        let Some(id) = end.redo else {
            return Ok(None);
        };
        let mut undone = None;
        self.backend.moves(&MoveQuery::One(id), &mut |row| {
            undone = Some(*row);
            Flow::Full
        })?;
        Ok(undone.filter(|undone| rules::can_redo(end, undone)))
    }

    /// Keeps what has come of a reply until the session's next message replaces it.
    pub(in crate::store) fn put_partial(&mut self, row: &PartialRow<'_>) -> Attempt<()> {
        if self.is_left(row.session, row.writer) {
            // What stands there is not in the log yet.
            return Ok(());
        }
        self.backend.put_partial(row).map_err(Failure::Writing)?;
        let partial = (row.session, row.writer.to_owned());
        if !self.partials[self.replaced..].contains(&partial) {
            self.partials.push(partial);
        }
        Ok(())
    }

    /// From now on the session's next message replaces nothing that was kept.
    pub(in crate::store) fn leave_partial(&mut self, session: SessionKey) {
        let kept = self.partials.split_off(self.replaced);
        for partial in kept {
            if partial.0 == session {
                self.left.push(partial);
            } else {
                self.partials.push(partial);
            }
        }
    }

    /// Whether this process has left what it had kept there.
    pub(in crate::store) fn is_left(&self, session: SessionKey, writer: &str) -> bool {
        let mut left = self.left.iter();
        left.any(|(key, by)| *key == session && by == writer)
    }

    /// Whether this process has kept a reply that is coming in a session.
    pub(in crate::store) fn has_partial(&self, session: SessionKey) -> bool {
        let mut kept = self.partials.iter().skip(self.replaced);
        kept.any(|(key, _)| *key == session)
    }

    /// The message that another process has made of the reply that this one has
    /// kept in a session, if one has. It is this process's again then.
    pub(in crate::store) fn take_back(
        &mut self,
        session: SessionKey,
    ) -> Attempt<Option<MessageId>> {
        let mut kept = self.partials.iter().skip(self.replaced);
        let Some((_, writer)) = kept.find(|(key, _)| *key == session) else {
            return Ok(None);
        };
        let taken = self.backend.taken(session, writer);
        let taken = taken.map_err(Failure::Reading)?;
        if taken.is_some() {
            let removed = self.backend.remove_partial(session, writer);
            removed.map_err(Failure::Writing)?;
        }
        Ok(taken)
    }

    /// Leaves word for a process of which the reply was made a message.
    pub(in crate::store) fn mark_taken(
        &mut self,
        session: SessionKey,
        writer: &str,
        message: MessageId,
    ) -> Attempt<()> {
        let marked = self.backend.mark_taken(session, writer, message);
        marked.map_err(Failure::Writing)
    }

    /// Removes what another process had kept of a reply.
    pub(in crate::store) fn remove_partial(
        &mut self,
        session: SessionKey,
        writer: &str,
    ) -> Attempt<()> {
        self.backend
            .remove_partial(session, writer)
            .map_err(Failure::Writing)
    }

    /// What this process had left there is in the log now.
    pub(in crate::store) fn is_no_longer_left(&mut self, session: SessionKey, writer: &str) {
        let is_other = |left: &(SessionKey, String)| left.0 != session || left.1 != writer;
        self.left.retain(is_other);
    }

    /// Removes what this process has kept of a reply in a session.
    pub(in crate::store) fn remove_partial_of(&mut self, session: SessionKey) -> Attempt<()> {
        let mut kept = self.partials.iter().skip(self.replaced);
        let Some(at) = kept.position(|(key, _)| *key == session) else {
            return Ok(());
        };
        // Until the commit it is only moved to the front: the group may be run again.
        self.partials.swap(self.replaced, self.replaced + at);
        let (_, writer) = &self.partials[self.replaced];
        self.replaced += 1;
        self.backend
            .remove_partial(session, writer)
            .map_err(Failure::Writing)
    }

    /// Changes a session's row in something that no message moves.
    pub(in crate::store) fn change(
        &mut self,
        session: SessionKey,
        change: &SessionChange<'_>,
    ) -> Attempt<()> {
        self.backend
            .set_session(session, change)
            .map_err(Failure::Writing)
    }

    /// The backend, for a look inside a piece of writing.
    pub(in crate::store) fn backend(&mut self) -> &mut dyn Backend {
        self.backend.as_mut()
    }
}
