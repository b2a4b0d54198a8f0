//! What comes from the log of another machine, inside an open group.

use std::borrow::Cow;

use super::super::backend::SessionQuery;
use super::super::imported::SAYLOG;
use super::super::rows::{End, MessageRow, MoveRow, NewSession, Place, SessionChange, UNSETTLED};
use super::super::{backend::Which, rules};
use super::{Attempt, Failure, Group};
use crate::domain::{
    Draft, Flow, Links, MessageId, MessageRecord, MoveId, Problem, ProblemKind, Role, Sent,
    SessionHead, SessionId, SessionKey, SessionState, SourceKey, Timestamp, UserName, preview_of,
};

/// Where a session is to stand that came from another machine.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct JoinedEnd<'a> {
    pub place: Place,
    /// How many messages its context has.
    pub depth: i64,
    pub system: Option<MessageId>,
    pub redo: Option<MoveId>,
    /// Where the last import from another program has put it.
    pub import_head: Option<MessageId>,
    /// The session that it is a fork of.
    pub origin: Option<SessionKey>,
    pub state: &'a SessionState,
}

/// A session that goes on apart from one that is here.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct Apart<'a> {
    /// From which.
    pub from: SessionKey,
    /// Behind which message of that; 0 is its beginning.
    pub behind: MessageId,
    /// The program that it came from.
    pub source: Option<&'a str>,
}

impl Group {
    /// Begins a session of another machine, which is behind all that were spoken in here.
    pub(in crate::store) fn join_session(
        &mut self,
        head: &SessionHead<'_>,
        id: SessionId,
        apart: Option<Apart<'_>>,
    ) -> Attempt<SessionKey> {
        // Another import of the same file may have been quicker.
        let there = self.backend.named(id).map_err(Failure::Reading)?;
        if let Some((key, user)) = there {
            return if user == *head.user {
                Ok(key)
            } else {
                let what = format!("session {id} is another user's here");
                Err(Failure::Reading(Problem::new(ProblemKind::Other, what)))
            };
        }
        self.pending += 1;
        let key = self.add_session(&NewSession {
            user: head.user,
            session: id,
            title: None,
            model: None,
            persona: head.persona,
            at: head.started_at,
            system: None,
            preview: None,
            origin: apart.map(|apart| apart.from),
        })?;
        let end = self.end(key)?;
        let end = End {
            touched: UNSETTLED,
            ..end
        };
        self.move_end(key, end, None);
        let noted = match (apart, head.source) {
            (Some(apart), _) => {
                let source = apart.source.unwrap_or(SAYLOG);
                self.backend.set_branch(key, source, apart.behind)
            }
            (None, Some(source)) => self.backend.set_import(key, source, None),
            (None, None) => Ok(()),
        };
        noted.map_err(Failure::Writing)?;
        Ok(key)
    }

    /// Notes that a session goes on apart from another one.
    pub(in crate::store) fn join_behind(
        &mut self,
        session: SessionKey,
        apart: &Apart<'_>,
    ) -> Attempt<()> {
        let source = apart.source.unwrap_or(SAYLOG);
        let noted = self.backend.set_branch(session, source, apart.behind);
        noted.map_err(Failure::Writing)?;
        self.change(session, &SessionChange::Origin(apart.from))
    }

    /// Adds a message behind all others of a session, which is known by these keys from now
    /// on: no other is. Its context goes on with it if the session `is_new`: where it stands
    /// otherwise is told later.
    pub(in crate::store) fn join_message(
        &mut self,
        key: SessionKey,
        record: &MessageRecord<'_>,
        links: &Links<MessageId>,
        keys: &[SourceKey],
        now: Timestamp,
        is_new: bool,
    ) -> Attempt<MessageId> {
        let end = self.end(key)?;
        let sent = links.sent.as_ref().and_then(|sent| {
            Some(Sent {
                last: sent.last?,
                floor: sent.floor,
                system: sent.system,
                configured: record.configured,
            })
        });
        let draft = Draft {
            model: record.model,
            status: record.status,
            usage: record.usage,
            details: record.details,
            ..Draft::new(record.role, record.content, now)
        };
        let row = MessageRow {
            parent: links.parent,
            depth: record.depth,
            system: links.system,
            said_at: Some(record.said_at),
            oldest: links.oldest,
            floor: links.floor,
            sent,
            ..rules::outside_context(key, &end, &draft)
        };
        let id = self.add_row(&row)?;
        for key in keys {
            let noted = self.backend.add_origin(key, id);
            noted.map_err(Failure::Writing)?;
        }
        if let Some(preview) = rules::first_said(&end, &row) {
            self.previews.insert(key, preview);
        }
        let mut after = End {
            last: Some(id),
            count: row.seq,
            has_preview: end.has_preview || row.role == Role::User,
            ..end
        };
        if is_new {
            after.touched_at = record.said_at;
            match record.depth {
                Some(depth) => {
                    (after.place.head, after.depth) = (Some(id), depth);
                    after.place.floor = links.floor;
                }
                // A summary is no prompt, and where it stands is told later.
                None if links.oldest.is_none() && record.role == Role::System => {
                    after.system = Some(id);
                }
                None => {}
            }
        } else {
            rules::touch_elsewhere(&mut after, record.said_at);
        }
        self.move_end(key, after, rules::answered_by(&row));
        self.is_newest(id, row.created_at);
        self.pending += 1;
        Ok(id)
    }

    /// Adds a move of a session as it was made on another machine, unless somebody has gone
    /// on in it meanwhile: it has so many messages and moves then. The move may itself be
    /// what the context stands on behind it.
    pub(in crate::store) fn join_move(
        &mut self,
        key: SessionKey,
        row: &MoveRow,
        is_own_base: bool,
        (messages, moves): (i64, i64),
    ) -> Attempt<Option<MoveId>> {
        let end = self.end(key)?;
        let count = self.backend.count_moves(key).map_err(Failure::Reading)?;
        if (end.count, count) != (messages, moves) {
            return Ok(None);
        }
        let id = self.backend.next_move().map_err(Failure::Reading)?;
        let mut own = MoveRow { id, ..*row };
        if is_own_base {
            own.to.base = Some(id);
        }
        let added = self.backend.add_move(key, &own);
        added.map_err(Failure::Writing)?;
        self.pending += 1;
        Ok(Some(id))
    }

    /// Moves a session's end to where it stands on another machine, unless somebody has
    /// gone on in it meanwhile: it has so many messages and moves then.
    pub(in crate::store) fn join_end(
        &mut self,
        key: SessionKey,
        joined: &JoinedEnd<'_>,
        (messages, moves): (i64, i64),
    ) -> Attempt<()> {
        let end = self.end(key)?;
        let count = self.backend.count_moves(key).map_err(Failure::Reading)?;
        if (end.count, count) != (messages, moves) {
            return Ok(());
        }
        let after = End {
            place: joined.place,
            depth: joined.depth,
            system: joined.system,
            redo: joined.redo,
            ..end
        };
        if after != end {
            self.move_end(key, after, None);
        }
        if joined.import_head.is_some()
            && let Some(import) = self.backend.import(key).map_err(Failure::Reading)?
            && import.head != joined.import_head
        {
            let noted = self
                .backend
                .set_import(key, &import.source, joined.import_head);
            noted.map_err(Failure::Writing)?;
        }
        self.pending += 1;
        Ok(())
    }

    /// Calls a session what it is called on another machine.
    pub(in crate::store) fn join_names(
        &mut self,
        key: SessionKey,
        user: &UserName,
        joined: &JoinedEnd<'_>,
        is_new: bool,
    ) -> Attempt<()> {
        let mut found = None;
        let query = SessionQuery {
            user: Some(user),
            which: Which::Key(key),
            after: None,
        };
        let visited = self.backend.sessions(&query, &mut |row| {
            found = Some(row.clone());
            Flow::Full
        });
        visited.map_err(Failure::Reading)?;
        let (Some(row), state) = (found, joined.state) else {
            return Ok(());
        };
        let mut changes = Vec::new();
        let title = state.title.as_deref().map(on_one_line);
        if let Some(title) = title.as_deref()
            // What it is called here is not to be changed in silence.
            && (is_new || row.title.is_none())
            && !title.is_empty()
        {
            changes.push(SessionChange::Title(title));
        }
        if let Some(origin) = joined.origin
            && is_new
            && row.origin.is_none()
        {
            changes.push(SessionChange::Origin(origin));
        }
        if is_new && state.archived_at != row.archived_at {
            changes.push(SessionChange::Archived(state.archived_at));
        }
        for change in &changes {
            self.change(key, change)?;
        }
        if is_new {
            let source = joined.state.model.as_deref();
            if let Some(model) = source {
                let noted = self.backend.set_import_model(key, SAYLOG, model);
                noted.map_err(Failure::Writing)?;
            }
            // A fork is called by the first words of what it was forked from.
            let words = state.preview.as_deref();
            let words = words.map(|words| preview_of(words, rules::PREVIEW_KEPT));
            let end = self.end(key)?;
            let settled = End {
                // From now on it is a session like others that nobody has spoken in here.
                touched: rules::rank_elsewhere(end.touched_at),
                has_preview: end.has_preview || words.is_some(),
                ..end
            };
            if let Some(words) = words {
                self.previews.insert(key, words);
            }
            self.move_end(key, settled, None);
        }
        Ok(())
    }
}

/// A title as somebody could have typed it.
fn on_one_line(title: &str) -> Cow<'_, str> {
    if title.contains(['\n', '\r']) || title.trim() != title {
        preview_of(title, usize::MAX).into()
    } else {
        title.into()
    }
}
