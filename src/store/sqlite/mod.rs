//! Rows in an SQLite file.

mod busy;
mod codes;
mod connect;
mod ends;
mod file;
mod file_guard;
mod latest;
mod moves;
mod problem;
mod read;
mod schema;
mod sent;
mod sessions;
mod tags;
mod users;
mod write;

use std::path::Path;

use rusqlite::{Connection, Transaction};

use super::backend::{
    Along, Backend, Commit, Facts, GroupStart, MessageQuery, MoveQuery, Numbering, Plan,
    SessionQuery,
};
use super::rows::{
    End, LearnedWindow, Link, MessageRow, MoveRow, NewSession, Partial, PartialRow, SessionChange,
    SessionRow,
};
use super::{GiveUp, Result};
use crate::domain::{
    Flow, Message, MessageId, MoveId, OwnedSent, Problem, ProblemKind, SessionKey, Timestamp,
    UserName, UserSummary,
};
use connect::Journal;
pub(crate) use file::is_store;
use file_guard::FileGuard;
use problem::problem;
use read::Names;
use sessions::Upcoming;

/// A database: write-ahead log, one sync a commit. Whoever begins a group has
/// it to themselves.
pub(super) struct Sqlite {
    connection: Connection,
    guard: FileGuard,
    names: Names,
    upcoming: Option<Upcoming>,
    /// Moves whenever another connection has committed.
    data_version: Option<i64>,
    warning: Option<&'static str>,
}

impl Sqlite {
    /// Opens the store at `path`, and makes it if there is none.
    ///
    /// `give_up` is asked while another process writes: once it says so, the
    /// wait is over.
    ///
    /// # Errors
    /// A sentence about a file that is not a store of this version, is damaged,
    /// or cannot be opened; such a file is left byte for byte as it was.
    pub(super) fn open(path: &Path, give_up: GiveUp) -> Result<Self> {
        let (connection, guard, journal) = connect::file(path, give_up)?;
        let is_on_share = journal == Journal::Rollback;
        Ok(Self {
            connection,
            guard,
            names: Names::default(),
            upcoming: None,
            data_version: None,
            warning: is_on_share
                .then_some("the store lies on a network share: every commit is slower there"),
        })
    }

    /// The same, and makes the folder that the file lies in, for its owner alone.
    ///
    /// # Errors
    /// Those of [`Sqlite::open`], and if the folder cannot be made.
    pub(super) fn open_making_folder(path: &Path, give_up: GiveUp) -> Result<Self> {
        if let Some(folder) = path.parent() {
            file::make_folder(folder)?;
        }
        Self::open(path, give_up)
    }

    /// Fails if a file no longer stands where it was opened.
    fn check_files(&mut self) -> Result<()> {
        match self.guard.loss() {
            Some(loss) => Err(Problem::new(ProblemKind::Gone, loss)),
            None => Ok(()),
        }
    }

    /// Takes note of what others have written since this connection looked last.
    fn look_at_others(&mut self) -> rusqlite::Result<Option<(u32, Timestamp)>> {
        let version: i64 = self
            .connection
            .prepare_cached("PRAGMA data_version")?
            .query_row([], |row| row.get(0))?;
        if self.data_version == Some(version) {
            return Ok(None);
        }
        self.data_version = Some(version);
        let newest = ends::newest(&self.connection)?;
        let newest_at = newest.map_or(Timestamp(0), |(_, created_at)| created_at);
        self.connection
            .query_row("PRAGMA user_version", [], |row| row.get(0))
            .map(|version| Some((version, newest_at)))
    }
}

/// One look at the database for several questions, which is quicker than one
/// for each; it lasts until it is dropped. Inside a group it is the group's.
fn snapshot(connection: &Connection) -> rusqlite::Result<Option<Transaction<'_>>> {
    if connection.is_autocommit() {
        connection.unchecked_transaction().map(Some)
    } else {
        Ok(None)
    }
}

/// A failure in words of our own.
fn to_problem<T>(result: rusqlite::Result<T>) -> Result<T> {
    result.map_err(|error| problem(&error))
}

impl Backend for Sqlite {
    fn facts(&self) -> Facts {
        Facts {
            numbering: Numbering::AtOnce,
            warning: self.warning,
        }
    }

    /// Every group writes, so it begins `IMMEDIATE`: a transaction that began
    /// as a reader is refused at once if anybody wrote in between.
    fn begin(&mut self, _: &Plan<'_>) -> Result<GroupStart> {
        let begun = self
            .connection
            .prepare_cached("BEGIN IMMEDIATE")
            .and_then(|mut begin| begin.execute([]));
        to_problem(begun)?;
        let news = to_problem(self.look_at_others()).inspect_err(|_| self.rollback())?;
        if news.is_some_and(|(version, _)| version > schema::VERSION) {
            self.rollback();
            return Err(Problem::new(
                ProblemKind::Newer,
                "a newer saylog has changed the store meanwhile",
            )
            .with_hint("leave, and use the newer program"));
        }
        Ok(GroupStart {
            news: news.map(|(_, newest_at)| newest_at),
        })
    }

    fn commit(&mut self) -> Result<Commit> {
        // Before, so that nothing is written beside a file that was replaced;
        // and after, so that nothing is acknowledged that went with the file.
        self.check_files()?;
        let committed = self
            .connection
            .prepare_cached("COMMIT")
            .and_then(|mut commit| commit.execute([]));
        to_problem(committed)?;
        self.check_files()?;
        self.guard.include_log();
        Ok(Commit::Done)
    }

    fn rollback(&mut self) {
        if self.is_in_group() {
            // If even this fails, the next process rolls back.
            let _ = self.connection.execute_batch("ROLLBACK");
        }
        // What was looked at may have been taken back.
        self.names.clear();
        self.upcoming = None;
        self.data_version = None;
    }

    fn is_in_group(&self) -> bool {
        !self.connection.is_autocommit()
    }

    fn add_session(&mut self, row: &NewSession<'_>) -> Result<SessionKey> {
        to_problem(write::session(&self.connection, row))
    }

    fn add_message(&mut self, row: &MessageRow<'_>) -> Result<MessageId> {
        to_problem(write::message(&self.connection, row))
    }

    fn next_move(&mut self) -> Result<MoveId> {
        to_problem(write::next_move(&self.connection))
    }

    fn add_move(&mut self, session: SessionKey, row: &MoveRow) -> Result<()> {
        to_problem(write::step(&self.connection, session, row))
    }

    fn set_session(&mut self, session: SessionKey, change: &SessionChange<'_>) -> Result<()> {
        to_problem(write::change(&self.connection, session, change))
    }

    fn put_partial(&mut self, row: &PartialRow<'_>) -> Result<()> {
        to_problem(write::partial(&self.connection, row))
    }

    fn remove_partial(&mut self, session: SessionKey, writer: &str) -> Result<()> {
        to_problem(write::no_partial(&self.connection, session, writer))
    }

    fn put_window(&mut self, endpoint: &str, model: &str, window: LearnedWindow) -> Result<()> {
        to_problem(write::window(&self.connection, endpoint, model, window))
    }

    fn window(&mut self, endpoint: &str, model: &str) -> Result<Option<LearnedWindow>> {
        to_problem(read::window(&self.connection, endpoint, model))
    }

    fn end(&mut self, session: SessionKey) -> Result<End> {
        to_problem(ends::end(&self.connection, session))
    }

    fn horizon(&mut self) -> Result<MessageId> {
        let newest = to_problem(ends::newest(&self.connection))?;
        Ok(newest.map_or(MessageId(0), |(id, _)| id))
    }

    fn messages(
        &mut self,
        query: &MessageQuery<'_>,
        visit: &mut dyn FnMut(&Message<'_>) -> Flow,
    ) -> Result<()> {
        to_problem(read::messages(
            &self.connection,
            &mut self.names,
            query,
            visit,
        ))
    }

    fn chain(
        &mut self,
        from: MessageId,
        along: Along,
        visit: &mut dyn FnMut(&Link) -> Flow,
    ) -> Result<()> {
        to_problem(read::chain(&self.connection, from, along, visit))
    }

    fn sent(&mut self, message: MessageId) -> Result<Option<OwnedSent>> {
        to_problem(sent::of_message(&self.connection, message))
    }

    fn following(&mut self, message: MessageId) -> Result<Option<MessageId>> {
        to_problem(read::following(&self.connection, message))
    }

    fn moves(&mut self, query: &MoveQuery, visit: &mut dyn FnMut(&MoveRow) -> Flow) -> Result<()> {
        to_problem(moves::moves(&self.connection, query, visit))
    }

    fn sessions(
        &mut self,
        query: &SessionQuery<'_>,
        visit: &mut dyn FnMut(&SessionRow) -> Flow,
    ) -> Result<()> {
        let upcoming = &mut self.upcoming;
        to_problem(sessions::sessions(&self.connection, upcoming, query, visit))
    }

    fn newest_of_sessions(
        &mut self,
        user: &UserName,
        along: Along,
        visit: &mut dyn FnMut(SessionKey, MessageId, Option<MessageId>),
    ) -> Result<()> {
        to_problem(sessions::newest_of_each(
            &self.connection,
            user,
            along,
            visit,
        ))
    }

    fn has_user(&mut self, user: &UserName) -> Result<bool> {
        to_problem(users::has(&self.connection, user))
    }

    fn user_names(&mut self, prefix: &str, visit: &mut dyn FnMut(&UserName) -> Flow) -> Result<()> {
        to_problem(users::names(&self.connection, prefix, visit))
    }

    fn users(
        &mut self,
        after: Option<&UserName>,
        visit: &mut dyn FnMut(&UserSummary) -> Flow,
    ) -> Result<()> {
        to_problem(users::counted(&self.connection, after, visit))
    }

    fn partials(&mut self, user: &UserName) -> Result<Vec<Partial>> {
        to_problem(sessions::partials(&self.connection, user))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_that_a_newer_program_has_changed_takes_no_more_messages() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let mut open = Sqlite::open(&path, Box::new(|_| true)).unwrap();
        open.begin(&Plan::default()).unwrap();
        open.commit().unwrap();
        let newer = Connection::open(&path).unwrap();
        let version = schema::VERSION + 1;
        newer.pragma_update(None, "user_version", version).unwrap();
        let refused = open.begin(&Plan::default()).unwrap_err();
        assert_eq!(refused.kind, ProblemKind::Newer);
        assert!(!open.is_in_group());
        // Nothing of it is forgotten by asking again.
        let refused = open.begin(&Plan::default()).unwrap_err();
        assert_eq!(refused.kind, ProblemKind::Newer);
    }
}
