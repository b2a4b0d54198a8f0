//! A store that can be read and not written.

use std::path::PathBuf;

use super::super::Result;
use super::super::backend::{
    Along, Backend, Commit, Facts, GroupStart, MessageQuery, MoveQuery, Plan, SessionQuery,
    TextRange,
};
use super::super::damage::Damage;
use super::super::record::{Behind, Import, SessionRecord};
use super::super::rows::{
    End, LearnedWindow, Link, MessageRow, MoveRow, NewSession, Partial, PartialRow, SessionChange,
    SessionRow, Sighting,
};
use super::Sqlite;
use super::file_guard::FileGuard;
use super::obstacle::Obstacle;
use super::reading::{self, Reading};
use super::stamp::Stamp;
use crate::domain::{
    Flow, Message, MessageId, MoveId, NumberedMove, OwnedSent, Problem, ProblemKind, SessionId,
    SessionKey, SourceKey, UserName, UserSummary,
};

/// Reads a database, and refuses every group.
///
/// Where no locks are taken, others may write while it reads, and what is read
/// then may be neither the old nor the new state. So it looks at the files
/// before each look at the rows, and begins anew if they have changed; and after
/// it, and says so then.
pub(super) struct ReadOnly {
    rows: Sqlite,
    path: PathBuf,
    obstacle: Obstacle,
    /// The files as they were when the database was opened, if they may change.
    stamp: Option<Stamp>,
}

impl ReadOnly {
    /// Opens the store at `path` for reading.
    ///
    /// # Errors
    /// Those of [`reading::open`].
    pub(super) fn open(path: PathBuf, obstacle: Obstacle) -> Result<Self> {
        let Reading { connection, stamp } = reading::open(&path, &obstacle)?;
        let warning = obstacle.warning(&path);
        let mut guard = FileGuard::over(&path)?;
        if stamp.is_none() {
            // Others write, and what they share is looked at.
            guard.include_log();
        }
        Ok(Self {
            rows: Sqlite::over(connection, guard, vec![warning]),
            path,
            obstacle,
            stamp,
        })
    }

    /// The same, for those who know that they only read.
    pub(super) fn without_warnings(mut self) -> Self {
        self.rows.warnings.clear();
        self
    }

    fn is_changed(&self) -> bool {
        let stamp = self.stamp.as_ref();
        stamp.is_some_and(|stamp| *stamp != Stamp::of(&self.path))
    }

    /// Looks at the rows.
    fn read<T>(&mut self, look: impl FnOnce(&mut Sqlite) -> Result<T>) -> Result<T> {
        if self.is_changed() {
            *self = Self::open(self.path.clone(), self.obstacle.clone())?;
        }
        let seen = look(&mut self.rows);
        if self.is_changed() {
            let what = "another process changed it meanwhile";
            return Err(Problem::new(ProblemKind::Busy, what).with_hint("read it again"));
        }
        seen
    }

    fn refuse<T>(&self) -> Result<T> {
        Err(self.obstacle.refusal())
    }
}

impl Backend for ReadOnly {
    fn facts(&self) -> Facts {
        self.rows.facts()
    }

    fn check(&mut self) -> Result<()> {
        self.rows.check()
    }

    fn begin(&mut self, _: &Plan<'_>) -> Result<GroupStart> {
        self.refuse()
    }

    fn commit(&mut self) -> Result<Commit> {
        self.refuse()
    }

    fn rollback(&mut self) {}

    fn is_in_group(&self) -> bool {
        false
    }

    fn add_session(&mut self, _: &NewSession<'_>, _: MessageId) -> Result<SessionKey> {
        self.refuse()
    }

    fn add_message(&mut self, _: &MessageRow<'_>) -> Result<MessageId> {
        self.refuse()
    }

    fn next_move(&mut self) -> Result<MoveId> {
        self.refuse()
    }

    fn add_move(&mut self, _: SessionKey, _: &MoveRow) -> Result<()> {
        self.refuse()
    }

    fn set_session(&mut self, _: SessionKey, _: &SessionChange<'_>) -> Result<()> {
        self.refuse()
    }

    fn put_partial(&mut self, _: &PartialRow<'_>) -> Result<()> {
        self.refuse()
    }

    fn remove_partial(&mut self, _: SessionKey, _: &str) -> Result<()> {
        self.refuse()
    }

    fn taken(&mut self, _: SessionKey, _: &str) -> Result<Option<MessageId>> {
        Ok(None)
    }

    fn mark_taken(&mut self, _: SessionKey, _: &str, _: MessageId) -> Result<()> {
        self.refuse()
    }

    fn see_partial(&mut self, _: SessionKey, _: &str, _: &Sighting) -> Result<()> {
        self.refuse()
    }

    fn put_window(&mut self, _: &str, _: &str, _: LearnedWindow) -> Result<()> {
        self.refuse()
    }

    fn has_news(&mut self) -> Result<bool> {
        self.read(Sqlite::has_news)
    }

    fn check_version(&mut self) -> Result<()> {
        self.read(Sqlite::check_version)
    }

    fn hold(&mut self) -> Result<()> {
        self.read(Sqlite::hold)
    }

    fn let_go(&mut self) {
        self.rows.let_go();
    }

    fn window(&mut self, endpoint: &str, model: &str) -> Result<Option<LearnedWindow>> {
        self.read(|rows| rows.window(endpoint, model))
    }

    fn imported(&mut self, key: &SourceKey) -> Result<Option<MessageId>> {
        self.read(|rows| rows.imported(key))
    }

    fn add_origin(&mut self, _: &SourceKey, _: MessageId) -> Result<()> {
        self.refuse()
    }

    fn import(&mut self, session: SessionKey) -> Result<Option<Import>> {
        self.read(|rows| rows.import(session))
    }

    fn branches(&mut self, session: SessionKey, behind: MessageId) -> Result<Vec<SessionKey>> {
        self.read(|rows| rows.branches(session, behind))
    }

    fn named(&mut self, session: SessionId) -> Result<Option<(SessionKey, UserName)>> {
        self.read(|rows| rows.named(session))
    }

    fn count_sessions(&mut self, user: Option<&UserName>) -> Result<u64> {
        self.read(|rows| rows.count_sessions(user))
    }

    fn session_records(
        &mut self,
        user: Option<&UserName>,
        after: SessionKey,
        visit: &mut dyn FnMut(&SessionRecord) -> Flow,
    ) -> Result<()> {
        self.read(|rows| rows.session_records(user, after, visit))
    }

    fn records(
        &mut self,
        query: &MessageQuery<'_>,
        visit: &mut dyn FnMut(&Message<'_>, &Behind) -> Flow,
    ) -> Result<()> {
        self.read(|rows| rows.records(query, visit))
    }

    fn set_branch(&mut self, _: SessionKey, _: &str, _: MessageId) -> Result<()> {
        self.refuse()
    }

    fn set_import_model(&mut self, _: SessionKey, _: &str, _: &str) -> Result<()> {
        self.refuse()
    }

    fn renumber(&mut self, _: SessionKey, _: &str) -> Result<()> {
        self.refuse()
    }

    fn mix(&mut self, _: SessionKey) -> Result<()> {
        self.refuse()
    }

    fn set_import(&mut self, _: SessionKey, _: &str, _: Option<MessageId>) -> Result<()> {
        self.refuse()
    }

    fn end(&mut self, session: SessionKey) -> Result<End> {
        self.read(|rows| rows.end(session))
    }

    fn horizon(&mut self) -> Result<MessageId> {
        self.read(Sqlite::horizon)
    }

    fn behind_newest(&mut self, upto: MessageId, count: u64) -> Result<Option<MessageId>> {
        self.read(|rows| rows.behind_newest(upto, count))
    }

    fn messages(
        &mut self,
        query: &MessageQuery<'_>,
        visit: &mut dyn FnMut(&Message<'_>) -> Flow,
    ) -> Result<()> {
        self.read(|rows| rows.messages(query, visit))
    }

    fn texts(
        &mut self,
        range: &TextRange,
        visit: &mut dyn FnMut(MessageId, &str) -> Flow,
    ) -> Result<()> {
        self.read(|rows| rows.texts(range, visit))
    }

    fn chain(
        &mut self,
        from: MessageId,
        along: Along,
        visit: &mut dyn FnMut(&Link) -> Flow,
    ) -> Result<()> {
        self.read(|rows| rows.chain(from, along, visit))
    }

    fn sent(&mut self, message: MessageId) -> Result<Option<OwnedSent>> {
        self.read(|rows| rows.sent(message))
    }

    fn following(&mut self, message: MessageId) -> Result<Option<MessageId>> {
        self.read(|rows| rows.following(message))
    }

    fn moves(&mut self, query: &MoveQuery, visit: &mut dyn FnMut(&MoveRow) -> Flow) -> Result<()> {
        self.read(|rows| rows.moves(query, visit))
    }

    fn count_moves(&mut self, session: SessionKey) -> Result<i64> {
        self.read(|rows| rows.count_moves(session))
    }

    fn move_number(&mut self, id: MoveId) -> Result<Option<NumberedMove>> {
        self.read(|rows| rows.move_number(id))
    }

    fn numbered_move(&mut self, session: SessionKey, number: i64) -> Result<Option<MoveId>> {
        self.read(|rows| rows.numbered_move(session, number))
    }

    fn sessions(
        &mut self,
        query: &SessionQuery<'_>,
        visit: &mut dyn FnMut(&SessionRow) -> Flow,
    ) -> Result<()> {
        self.read(|rows| rows.sessions(query, visit))
    }

    fn newest_of_sessions(
        &mut self,
        user: &UserName,
        along: Along,
        visit: &mut dyn FnMut(SessionKey, MessageId, Option<MessageId>),
    ) -> Result<()> {
        self.read(|rows| rows.newest_of_sessions(user, along, visit))
    }

    fn has_user(&mut self, user: &UserName) -> Result<bool> {
        self.read(|rows| rows.has_user(user))
    }

    fn user_names(&mut self, prefix: &str, visit: &mut dyn FnMut(&UserName) -> Flow) -> Result<()> {
        self.read(|rows| rows.user_names(prefix, visit))
    }

    fn users(
        &mut self,
        after: Option<&UserName>,
        visit: &mut dyn FnMut(&UserSummary) -> Flow,
    ) -> Result<()> {
        self.read(|rows| rows.users(after, visit))
    }

    /// None: what has come of them can be put into the log by nobody who may not
    /// write, and waits for somebody who may.
    fn partials(&mut self, _: &UserName) -> Result<Vec<Partial>> {
        Ok(Vec::new())
    }

    fn take_damage(&mut self) -> Damage {
        self.rows.take_damage()
    }

    fn is_damaged(&self) -> bool {
        self.rows.is_damaged()
    }
}

#[cfg(test)]
mod tests {
    use super::super::open;
    use super::*;
    use crate::domain::Timestamp;

    #[test]
    fn what_changed_while_it_was_read_is_told_and_read_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let write = |user: &str, id: &str| {
            let mut store = open(&path, false, Box::new(|_| true)).unwrap();
            store.begin(&Plan::default()).unwrap();
            let row = NewSession {
                user: &UserName::new(user).unwrap(),
                session: SessionId::parse(id).unwrap(),
                title: None,
                model: None,
                persona: None,
                at: Timestamp(0),
                system: None,
                preview: None,
                origin: None,
            };
            store.add_session(&row, MessageId(0)).unwrap();
            store.commit().unwrap();
        };
        write("alice", "5b0c1f7e-0f3a-4c1d-9b7e-000000000001");
        let no_room = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_FULL);
        let full = rusqlite::Error::SqliteFailure(no_room, None);
        let obstacle = Obstacle::behind(&full).unwrap();
        let mut store = ReadOnly::open(path.clone(), obstacle).unwrap();
        let mut names = Vec::new();
        let torn = store.user_names("", &mut |user| {
            names.push(user.to_string());
            write("bob", "5b0c1f7e-0f3a-4c1d-9b7e-000000000002");
            Flow::Full
        });
        assert_eq!(torn.unwrap_err().kind, ProblemKind::Busy);
        names.clear();
        let anew = store.user_names("", &mut |user| {
            names.push(user.to_string());
            Flow::More
        });
        anew.unwrap();
        assert_eq!(names, ["alice", "bob"]);
        assert_eq!(
            store.begin(&Plan::default()).unwrap_err().kind,
            ProblemKind::Full
        );
    }
}
