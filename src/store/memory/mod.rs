//! Tables in this process's memory, for `--ephemeral`.
//!
//! Beside that it stands in for stores that many write to at the same time: it
//! can give messages their ids only at the commit, with gaps, and ask for every
//! other group to be run again. What is built above a store is tried on that.

mod reading;
mod stored_message;
mod tables;

use std::cell::{RefCell, RefMut};
use std::rc::Rc;

use super::Result;
use super::backend::{
    Along, Backend, Commit, Facts, GroupStart, MessageQuery, MoveQuery, Numbering, Plan,
    SessionQuery, TextRange,
};
use super::record::{Behind, Import, SessionRecord};
use super::rows::{
    End, LearnedWindow, Link, MessageRow, MoveRow, NewSession, Partial, PartialRow, SessionChange,
    SessionRow, Sighting,
};
use crate::domain::{
    Flow, Message, MessageId, MoveId, Numbered, NumberedMove, OwnedSent, Problem, ProblemKind,
    Sent, SessionId, SessionKey, SourceKey, UserName, UserSummary,
};
use stored_message::StoredMessage;
use tables::{StoredPartial, Tables};

/// A handle to rows in memory; its clones share them.
#[derive(Clone)]
pub(super) struct Memory {
    rows: Rc<RefCell<Tables>>,
    numbering: Numbering,
    is_in_group: bool,
    /// How many commits these rows had when this handle's last group began.
    seen: Option<u64>,
    /// Whether the next group is to be run again once before it is kept.
    asks_again: bool,
    /// The sessions that the open group said it would touch.
    planned: Vec<SessionKey>,
}

impl Memory {
    /// No rows.
    pub(super) fn new() -> Self {
        Self {
            rows: Rc::default(),
            numbering: Numbering::AtOnce,
            is_in_group: false,
            seen: None,
            asks_again: false,
            planned: Vec::new(),
        }
    }

    /// No rows; messages get their ids at the commit.
    pub(super) fn numbering_at_commit() -> Self {
        Self {
            numbering: Numbering::AtCommit,
            asks_again: true,
            ..Self::new()
        }
    }

    fn rows(&self) -> RefMut<'_, Tables> {
        self.rows.borrow_mut()
    }
}

/// What is asked for is not there.
fn missing() -> Problem {
    let what = "something that it points to is missing";
    Problem::new(ProblemKind::Damaged, what)
}

impl Backend for Memory {
    fn facts(&self) -> Facts {
        Facts {
            numbering: self.numbering,
            warnings: Vec::new(),
            engine: "memory".into(),
            schema: None,
        }
    }

    fn begin(&mut self, plan: &Plan<'_>) -> Result<GroupStart> {
        let mut rows = self.rows.borrow_mut();
        rows.begin();
        // Where single sessions are locked, others write all the time.
        let others_wrote = self.numbering == Numbering::AtCommit || self.seen != Some(rows.commits);
        if self.numbering == Numbering::AtCommit && plan.messages > 0 {
            // Somebody else has drawn an id meanwhile, and not used it.
            rows.skip_id();
        }
        self.is_in_group = true;
        self.planned = plan.sessions.to_vec();
        Ok(GroupStart {
            news: others_wrote.then(|| rows.newest()),
        })
    }

    fn commit(&mut self) -> Result<Commit> {
        if self.numbering == Numbering::AtCommit {
            self.asks_again = !self.asks_again;
            if !self.asks_again {
                self.rollback();
                return Ok(Commit::Again);
            }
        }
        self.is_in_group = false;
        let commits = self.rows().commit();
        self.seen = Some(commits);
        Ok(Commit::Done)
    }

    fn rollback(&mut self) {
        if std::mem::take(&mut self.is_in_group) {
            self.rows().rollback();
        }
    }

    fn is_in_group(&self) -> bool {
        self.is_in_group
    }

    fn add_session(&mut self, row: &NewSession<'_>, newest: MessageId) -> Result<SessionKey> {
        Ok(self.rows().add_session(row, newest))
    }

    fn add_message(&mut self, row: &MessageRow<'_>) -> Result<MessageId> {
        Ok(self.rows().add_message(row))
    }

    fn next_move(&mut self) -> Result<MoveId> {
        Ok(self.rows().next_move())
    }

    fn add_move(&mut self, session: SessionKey, row: &MoveRow) -> Result<()> {
        self.rows().moves.push((session, *row));
        Ok(())
    }

    fn set_session(&mut self, session: SessionKey, change: &SessionChange<'_>) -> Result<()> {
        let mut rows = self.rows();
        let row = rows.session_to_change(session).ok_or_else(missing)?;
        match change {
            SessionChange::End {
                end,
                words,
                answered_by,
            } => {
                row.end = **end;
                if let Some(words) = words {
                    row.preview = Some((*words).to_owned());
                }
                if let Some(model) = answered_by {
                    row.answered_by = Some((*model).to_owned());
                }
            }
            SessionChange::Title(title) => row.title = Some((*title).to_owned()),
            SessionChange::Model(model) => row.model = Some((*model).to_owned()),
            SessionChange::Archived(at) => row.archived_at = *at,
            SessionChange::Origin(origin) => row.origin = Some(*origin),
        }
        Ok(())
    }

    fn put_partial(&mut self, row: &PartialRow<'_>) -> Result<()> {
        let key = (row.session, row.writer.to_owned());
        let partial = StoredPartial {
            content: row.content.to_owned(),
            reasoning: row.reasoning.map(str::to_owned),
            model: row.model.to_owned(),
            oldest: row.oldest,
            sent: row.sent.map(Sent::to_owned),
            behind: row.behind,
            beat: row.beat,
            seen: None,
            taken: None,
        };
        self.rows().partials.insert(key, partial);
        Ok(())
    }

    fn remove_partial(&mut self, session: SessionKey, writer: &str) -> Result<()> {
        let key = (session, writer.to_owned());
        self.rows().partials.remove(&key);
        Ok(())
    }

    fn taken(&mut self, session: SessionKey, writer: &str) -> Result<Option<MessageId>> {
        let key = (session, writer.to_owned());
        Ok(self.rows().partials.get(&key).and_then(|kept| kept.taken))
    }

    fn mark_taken(&mut self, session: SessionKey, writer: &str, message: MessageId) -> Result<()> {
        let key = (session, writer.to_owned());
        if let Some(kept) = self.rows().partials.get_mut(&key) {
            kept.taken = Some(message);
            kept.content.clear();
            kept.reasoning = None;
        }
        Ok(())
    }

    fn see_partial(&mut self, session: SessionKey, writer: &str, seen: &Sighting) -> Result<()> {
        let key = (session, writer.to_owned());
        if let Some(kept) = self.rows().partials.get_mut(&key) {
            kept.seen = Some(seen.clone()).filter(|seen| seen.beat == kept.beat);
        }
        Ok(())
    }

    fn put_window(&mut self, endpoint: &str, model: &str, window: LearnedWindow) -> Result<()> {
        let key = (endpoint.to_owned(), model.to_owned());
        self.rows().windows.insert(key, window);
        Ok(())
    }

    fn window(&mut self, endpoint: &str, model: &str) -> Result<Option<LearnedWindow>> {
        let key = (endpoint.to_owned(), model.to_owned());
        Ok(self.rows().windows.get(&key).copied())
    }

    fn imported(&mut self, key: &SourceKey) -> Result<Option<MessageId>> {
        let rows = self.rows();
        let known = rows.origins.get(key).copied();
        Ok(known.filter(|id| rows.message(*id).is_some()))
    }

    fn add_origin(&mut self, key: &SourceKey, message: MessageId) -> Result<()> {
        let mut rows = self.rows();
        rows.origins.insert(*key, message);
        rows.keys.entry(message).or_default().push(*key);
        Ok(())
    }

    fn import(&mut self, session: SessionKey) -> Result<Option<Import>> {
        Ok(self.rows().imports.get(&session).cloned())
    }

    fn branches(&mut self, session: SessionKey, behind: MessageId) -> Result<Vec<SessionKey>> {
        let rows = self.rows();
        let of_it = rows.sessions().filter(|(key, branch)| {
            let import = rows.imports.get(key);
            branch.origin == Some(session)
                && import.is_some_and(|import| import.behind == Some(behind))
        });
        Ok(of_it.map(|(key, _)| key).collect())
    }

    fn named(&mut self, session: SessionId) -> Result<Option<(SessionKey, UserName)>> {
        let rows = self.rows();
        let named = rows.sessions().find(|(_, row)| row.id == session);
        Ok(named.map(|(key, row)| (key, row.user.clone())))
    }

    fn count_sessions(&mut self, user: Option<&UserName>) -> Result<u64> {
        let rows = self.rows();
        let of_it = rows.sessions();
        let of_it = of_it.filter(|(_, session)| user.is_none_or(|user| session.user == *user));
        Ok(of_it.map(|_| 1).sum())
    }

    fn session_records(
        &mut self,
        user: Option<&UserName>,
        after: SessionKey,
        visit: &mut dyn FnMut(&SessionRecord) -> Flow,
    ) -> Result<()> {
        let rows = self.rows();
        for (key, session) in rows.sessions() {
            let is_wanted = key > after && user.is_none_or(|user| session.user == *user);
            if !is_wanted {
                continue;
            }
            let record = SessionRecord {
                row: rows.row(key, session),
                started_at: session.started_at,
                end: session.end,
                import: rows.imports.get(&key).cloned(),
            };
            if visit(&record) == Flow::Full {
                break;
            }
        }
        Ok(())
    }

    fn records(
        &mut self,
        query: &MessageQuery<'_>,
        visit: &mut dyn FnMut(&Message<'_>, &Behind) -> Flow,
    ) -> Result<()> {
        let rows = self.rows();
        reading::messages(&rows, query, &mut |message| {
            let behind = reading::behind(&rows, message.id);
            visit(message, &behind)
        })
    }

    fn set_import(
        &mut self,
        session: SessionKey,
        source: &str,
        head: Option<MessageId>,
    ) -> Result<()> {
        let mut rows = self.rows();
        rows.change_import(session, source, &mut |import| import.head = head);
        Ok(())
    }

    fn set_branch(&mut self, session: SessionKey, source: &str, behind: MessageId) -> Result<()> {
        let mut rows = self.rows();
        rows.change_import(session, source, &mut |import| import.behind = Some(behind));
        Ok(())
    }

    fn set_import_model(&mut self, session: SessionKey, source: &str, model: &str) -> Result<()> {
        let mut rows = self.rows();
        let model = Some(model.to_owned());
        rows.change_import(session, source, &mut |import| {
            import.model.clone_from(&model);
        });
        Ok(())
    }

    fn renumber(&mut self, session: SessionKey, source: &str) -> Result<()> {
        let mut rows = self.rows();
        rows.change_import(session, source, &mut |import| import.is_renumbered = true);
        Ok(())
    }

    fn mix(&mut self, session: SessionKey) -> Result<()> {
        let mut rows = self.rows();
        if rows.imports.contains_key(&session) {
            rows.change_import(session, "", &mut |import| import.is_mixed = true);
        }
        Ok(())
    }

    fn end(&mut self, session: SessionKey) -> Result<End> {
        // A group that names none finds out which it touches.
        let is_planned = self.planned.is_empty() || self.planned.contains(&session);
        let is_locked = !self.is_in_group || is_planned;
        if self.numbering == Numbering::AtCommit && !is_locked {
            let what = "a group touches a session that is not in its plan";
            return Err(Problem::new(ProblemKind::Other, what));
        }
        let rows = self.rows();
        rows.session(session)
            .map(|session| session.end)
            .ok_or_else(missing)
    }

    fn horizon(&mut self) -> Result<MessageId> {
        let newest = self.rows().messages.last().map(|message| message.id);
        Ok(newest.unwrap_or(MessageId(0)))
    }

    fn behind_newest(&mut self, upto: MessageId, count: u64) -> Result<Option<MessageId>> {
        let rows = self.rows();
        let end = rows.messages.partition_point(|message| message.id <= upto);
        let from = usize::try_from(count)
            .ok()
            .and_then(|count| end.checked_sub(count));
        let behind = from.and_then(|from| from.checked_sub(1));
        Ok(behind.map(|at| rows.messages[at].id))
    }

    fn messages(
        &mut self,
        query: &MessageQuery<'_>,
        visit: &mut dyn FnMut(&Message<'_>) -> Flow,
    ) -> Result<()> {
        reading::messages(&self.rows(), query, visit)
    }

    fn texts(
        &mut self,
        range: &TextRange,
        visit: &mut dyn FnMut(MessageId, &str) -> Flow,
    ) -> Result<()> {
        reading::texts(&self.rows(), range, visit);
        Ok(())
    }

    fn chain(
        &mut self,
        from: MessageId,
        along: Along,
        visit: &mut dyn FnMut(&Link) -> Flow,
    ) -> Result<()> {
        let rows = self.rows();
        let mut next = Some(from);
        while let Some(id) = next {
            let Some(message) = rows.message(id) else {
                return match along {
                    Along::Context if id != from => Err(missing()),
                    _ => Ok(()),
                };
            };
            let link = message.link();
            if visit(&link) == Flow::Full {
                break;
            }
            next = along.before(&link);
        }
        Ok(())
    }

    fn sent(&mut self, message: MessageId) -> Result<Option<OwnedSent>> {
        let rows = self.rows();
        Ok(rows.message(message).and_then(StoredMessage::sent))
    }

    fn following(&mut self, message: MessageId) -> Result<Option<MessageId>> {
        let rows = self.rows();
        let Some(session) = rows.message(message).map(|message| message.session) else {
            return Ok(None);
        };
        let from = rows.messages.partition_point(|other| other.id <= message);
        let mut later = rows.messages[from..].iter();
        let next = later.find(|other| other.session == session);
        Ok(next.map(|next| next.id))
    }

    fn moves(&mut self, query: &MoveQuery, visit: &mut dyn FnMut(&MoveRow) -> Flow) -> Result<()> {
        let rows = self.rows();
        match *query {
            MoveQuery::One(id) => {
                let made = rows.moves.iter().rev().find(|(_, row)| row.id == id);
                visit(&made.ok_or_else(missing)?.1);
            }
            MoveQuery::Of(of, after) => {
                for (session, row) in &rows.moves {
                    let is_wanted = *session == of && after.is_none_or(|after| row.id > after);
                    if is_wanted && visit(row) == Flow::Full {
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    fn count_moves(&mut self, session: SessionKey) -> Result<i64> {
        Ok(self.rows().moves_of(session).map(|_| 1).sum())
    }

    fn move_number(&mut self, id: MoveId) -> Result<Option<NumberedMove>> {
        let rows = self.rows();
        let made = rows.moves.iter().find(|(_, row)| row.id == id);
        Ok(made.and_then(|(session, _)| {
            let before = rows.moves_of(*session).filter(|row| row.id <= id);
            let seq = before.map(|_| 1).sum();
            let session = rows.session(*session)?.id;
            Some(Numbered { session, seq })
        }))
    }

    fn numbered_move(&mut self, session: SessionKey, number: i64) -> Result<Option<MoveId>> {
        let before = number
            .checked_sub(1)
            .and_then(|before| usize::try_from(before).ok());
        let Some(before) = before else {
            return Ok(None);
        };
        let rows = self.rows();
        let made = rows.moves_of(session).nth(before);
        Ok(made.map(|row| row.id))
    }

    fn sessions(
        &mut self,
        query: &SessionQuery<'_>,
        visit: &mut dyn FnMut(&SessionRow) -> Flow,
    ) -> Result<()> {
        reading::sessions(&self.rows(), query, visit);
        Ok(())
    }

    fn newest_of_sessions(
        &mut self,
        user: &UserName,
        along: Along,
        visit: &mut dyn FnMut(SessionKey, MessageId, Option<MessageId>),
    ) -> Result<()> {
        for (key, session) in self.rows().sessions_of(user) {
            let newest = match along {
                Along::Context => session.end.place.head,
                Along::Session => session.end.last,
            };
            if let Some(id) = newest {
                visit(key, id, session.end.place.floor);
            }
        }
        Ok(())
    }

    fn has_user(&mut self, user: &UserName) -> Result<bool> {
        Ok(self.rows().users.contains_key(user))
    }

    fn user_names(&mut self, prefix: &str, visit: &mut dyn FnMut(&UserName) -> Flow) -> Result<()> {
        for user in self.rows().users.keys() {
            if user.as_str().starts_with(prefix) && visit(user) == Flow::Full {
                break;
            }
        }
        Ok(())
    }

    fn users(
        &mut self,
        after: Option<&UserName>,
        visit: &mut dyn FnMut(&UserSummary) -> Flow,
    ) -> Result<()> {
        reading::users(&self.rows(), after, visit);
        Ok(())
    }

    fn partials(&mut self, user: &UserName) -> Result<Vec<Partial>> {
        let rows = self.rows();
        let of_user = rows.partials.iter().filter_map(|((key, writer), partial)| {
            let session = rows.session(*key).filter(|session| session.user == *user)?;
            Some(Partial {
                key: *key,
                session: session.id,
                content: partial.content.clone(),
                reasoning: partial.reasoning.clone(),
                model: partial.model.clone(),
                oldest: partial.oldest,
                sent: partial.sent.clone(),
                behind: partial.behind,
                writer: writer.clone(),
                beat: partial.beat,
                seen: partial.seen.clone(),
                taken: partial.taken,
            })
        });
        Ok(of_user.collect())
    }
}
