//! Rows in an SQLite file.

mod busy;
mod chain;
mod companions;
mod connect;
mod copying;
mod ends;
mod file;
mod file_checks;
mod file_guard;
mod imports;
mod journal;
mod latest;
mod making;
mod moves;
mod names;
mod obstacle;
mod origin;
mod partials;
mod private;
mod problem;
mod read;
mod read_only;
mod reading;
mod records;
mod scan;
mod schema;
mod sent;
mod session_records;
mod sessions;
mod settings;
mod size;
mod stamp;
mod tags;
mod user_sessions;
mod users;
mod write;

use std::path::Path;

use rusqlite::{Connection, Transaction};

use super::backend::{
    Along, Backend, Commit, Facts, GroupStart, MessageQuery, MoveQuery, Newest, Numbering, Plan,
    SessionQuery, TextRange, Written,
};
use super::damage::Damage;
use super::imported::{FoundImport, Sought};
use super::record::{Behind, Import, SessionRecord};
use super::rows::{
    End, LearnedWindow, Link, MessageRow, MoveRow, NewSession, Partial, PartialRow, SessionChange,
    SessionRow, Sighting,
};
use super::{GiveUp, Result};
use crate::domain::{
    Flow, Message, MessageId, MoveId, NumberedMove, OwnedSent, Problem, ProblemKind, SessionId,
    SessionKey, SourceKey, UserName, UserSummary,
};
pub(super) use busy::handler as busy_handler;
pub(super) use companions::{COMPANIONS, beside};
use connect::Opened;
pub(super) use copying::{source as copy_source, target as copy_target};
pub(crate) use file::is_store;
pub(super) use file::located;
use file_guard::FileGuard;
use journal::Journal;
pub(super) use making::Turn;
use names::Names;
use obstacle::Obstacle;
pub(super) use problem::{is_damage, problem};
use read_only::ReadOnly;
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
    /// The same when it was asked for news last.
    news_version: Option<i64>,
    /// What was passed over since that was asked.
    damage: Damage,
    /// The file is damaged somewhere.
    is_damaged: bool,
    warnings: Vec<String>,
    /// The last commit of this connection that changed something.
    written: Option<Written>,
    /// A transaction is open that only reads.
    is_holding: bool,
}

/// Opens the store at `path`, and makes it if there is none; at the place of the
/// default store also its folder, for its owner alone. Where it cannot be
/// written it is opened for reading.
///
/// `give_up` is asked while another process writes: once it says so, the
/// wait is over.
///
/// # Errors
/// A sentence about a file that is not a store of this version, is damaged,
/// or cannot be opened; such a file is left byte for byte as it was.
pub(super) fn open(path: &Path, is_default: bool, give_up: GiveUp) -> Result<Box<dyn Backend>> {
    let mut warnings = Vec::new();
    if is_default && let Some(folder) = path.parent() {
        file::make_folder(folder)?;
        warnings.extend(private::guard_folder(folder));
    }
    let path = file::located(path)?;
    match connect::file(&path, give_up)? {
        Opened::Writing(writing) => {
            warnings.extend(private::guard_store(&path));
            if writing.journal == Journal::OnShare {
                let share = "the store lies on a network share: every commit is slower there";
                warnings.push(share.into());
            }
            Ok(Box::new(Sqlite::over(
                writing.connection,
                writing.guard,
                warnings,
            )))
        }
        Opened::Obstructed(obstacle) => Ok(Box::new(ReadOnly::open(path, obstacle)?)),
    }
}

/// Opens the database in a file to be read only: nothing is made or changed.
///
/// # Errors
/// A sentence about a file that is not there, is not a store of this version, is damaged,
/// or cannot be read.
pub(super) fn open_to_read(path: &Path) -> Result<Box<dyn Backend>> {
    let path = file::located(path)?;
    let rows = ReadOnly::open(path, Obstacle::wanted())?;
    Ok(Box::new(rows.without_warnings()))
}

impl Sqlite {
    fn over(connection: Connection, guard: FileGuard, warnings: Vec<String>) -> Self {
        Self {
            connection,
            guard,
            names: Names::default(),
            upcoming: None,
            data_version: None,
            news_version: None,
            damage: Damage::default(),
            is_damaged: false,
            warnings,
            written: None,
            is_holding: false,
        }
    }

    /// A failure in words of our own. Damage of the file is remembered.
    fn checked<T>(&mut self, result: rusqlite::Result<T>) -> Result<T> {
        result.map_err(|error| {
            if is_damage(&error) {
                self.damage.blame_file();
            }
            problem(&error)
        })
    }

    /// Takes note of what others have written since this connection looked last.
    fn look_at_others(&mut self) -> rusqlite::Result<Option<(u32, Newest)>> {
        let version = data_version(&self.connection)?;
        if self.data_version == Some(version) {
            return Ok(None);
        }
        self.data_version = Some(version);
        let newest = ends::newest(&self.connection)?;
        self.connection
            .query_row("PRAGMA user_version", [], |row| row.get(0))
            .map(|version| Some((version, newest)))
    }
}

/// A newer program has brought the store to its version.
fn taken_over() -> Problem {
    let what = "a newer saylog has changed the store meanwhile";
    Problem::new(ProblemKind::Newer, what).with_hint("leave, and use the newer program")
}

/// A number that moves whenever another connection has committed.
fn data_version(connection: &Connection) -> rusqlite::Result<i64> {
    connection
        .prepare_cached("PRAGMA data_version")?
        .query_row([], |row| row.get(0))
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

impl Backend for Sqlite {
    fn facts(&self) -> Facts {
        Facts {
            numbering: Numbering::AtOnce,
            warnings: self.warnings.clone(),
            engine: format!("SQLite {}", rusqlite::version()),
            schema: Some(schema::VERSION),
        }
    }

    fn written(&self) -> Option<Written> {
        self.written
    }

    fn has_news(&mut self) -> Result<bool> {
        let version = data_version(&self.connection);
        let version = self.checked(version)?;
        Ok(self.news_version.replace(version) != Some(version))
    }

    /// Every group writes, so it begins `IMMEDIATE`: a transaction that began
    /// as a reader is refused at once if anybody wrote in between.
    fn check(&mut self) -> Result<()> {
        if self.is_holding {
            // It was looked at when that began.
            return Ok(());
        }
        match self.guard.log_loss() {
            Some(_) if self.is_log_moved() => Ok(()),
            Some(loss) => Err(Problem::new(ProblemKind::Gone, loss)),
            None => Ok(()),
        }
    }

    fn hold(&mut self) -> Result<()> {
        if self.connection.is_autocommit() {
            let begun = self.connection.execute_batch("BEGIN");
            self.checked(begun)?;
            self.is_holding = true;
        }
        Ok(())
    }

    fn let_go(&mut self) {
        if std::mem::take(&mut self.is_holding) && !self.connection.is_autocommit() {
            // It has only read: whether it is taken back or kept is the same.
            let _ = self.connection.execute_batch("ROLLBACK");
        }
    }

    fn check_version(&mut self) -> Result<()> {
        self.check_files()?;
        let version = settings::version(&self.connection);
        match self.checked(version)? {
            ..=schema::VERSION => Ok(()),
            _ => Err(taken_over()),
        }
    }

    fn begin(&mut self, _: &Plan<'_>) -> Result<GroupStart> {
        self.let_go();
        // So that nothing is written beside a file that was replaced.
        self.check_files()?;
        let begun = self
            .connection
            .prepare_cached("BEGIN IMMEDIATE")
            .and_then(|mut begin| begin.execute([]));
        self.checked(begun)?;
        let news = self.look_at_others();
        let news = self.checked(news).inspect_err(|_| self.rollback())?;
        if news.is_some_and(|(version, _)| version > schema::VERSION) {
            self.rollback();
            return Err(taken_over());
        }
        Ok(GroupStart {
            news: news.map(|(_, newest)| newest),
        })
    }

    fn commit(&mut self) -> Result<Commit> {
        let committed = self
            .connection
            .prepare_cached("COMMIT")
            .and_then(|mut commit| commit.execute([]));
        self.checked(committed)?;
        // So that nothing is acknowledged that went with the file.
        self.check_files()?;
        self.guard.include_log();
        // A group in which nothing was changed leaves the file as old as it is.
        let changes = self.connection.total_changes();
        if self.written.map_or(0, |written| written.changes) != changes {
            let at = self.guard.written_at();
            self.written = Some(Written { changes, at });
        }
        Ok(Commit::Done)
    }

    fn rollback(&mut self) {
        self.let_go();
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
        !self.connection.is_autocommit() && !self.is_holding
    }

    fn add_session(&mut self, row: &NewSession<'_>, newest: MessageId) -> Result<SessionKey> {
        let done = write::session(&self.connection, row, newest);
        self.checked(done)
    }

    fn add_message(&mut self, row: &MessageRow<'_>) -> Result<MessageId> {
        let done = write::message(&self.connection, row);
        self.checked(done)
    }

    fn next_move(&mut self) -> Result<MoveId> {
        let done = write::next_move(&self.connection);
        self.checked(done)
    }

    fn add_move(&mut self, session: SessionKey, row: &MoveRow) -> Result<()> {
        let done = write::step(&self.connection, session, row);
        self.checked(done)
    }

    fn set_session(&mut self, session: SessionKey, change: &SessionChange<'_>) -> Result<()> {
        let done = write::change(&self.connection, session, change);
        self.checked(done)
    }

    fn put_partial(&mut self, row: &PartialRow<'_>) -> Result<()> {
        let done = partials::put(&self.connection, row);
        self.checked(done)
    }

    fn remove_partial(&mut self, session: SessionKey, writer: &str) -> Result<()> {
        let done = partials::remove(&self.connection, session, writer);
        self.checked(done)
    }

    fn taken(&mut self, session: SessionKey, writer: &str) -> Result<Option<MessageId>> {
        let taken = partials::taken(&self.connection, session, writer);
        self.checked(taken)
    }

    fn mark_taken(&mut self, session: SessionKey, writer: &str, message: MessageId) -> Result<()> {
        let done = partials::mark_taken(&self.connection, session, writer, message);
        self.checked(done)
    }

    fn see_partial(&mut self, session: SessionKey, writer: &str, seen: &Sighting) -> Result<()> {
        let done = partials::see(&self.connection, session, writer, seen);
        self.checked(done)
    }

    fn put_window(&mut self, endpoint: &str, model: &str, window: LearnedWindow) -> Result<()> {
        let done = write::window(&self.connection, endpoint, model, window);
        self.checked(done)
    }

    fn window(&mut self, endpoint: &str, model: &str) -> Result<Option<LearnedWindow>> {
        let done = read::window(&self.connection, endpoint, model);
        self.checked(done)
    }

    fn imported(&mut self, key: &SourceKey) -> Result<Option<MessageId>> {
        let found = imports::message(&self.connection, key);
        self.checked(found)
    }

    fn imported_all(&mut self, sought: &[Sought<'_>]) -> Result<Vec<FoundImport>> {
        imports::find(self, sought)
    }

    fn add_origin(&mut self, key: &SourceKey, message: MessageId) -> Result<()> {
        let added = imports::add_origin(&self.connection, key, message);
        self.checked(added)
    }

    fn set_import(
        &mut self,
        session: SessionKey,
        source: &str,
        head: Option<MessageId>,
    ) -> Result<()> {
        self.names.clear();
        let set = imports::set(&self.connection, session, source, head);
        self.checked(set)
    }

    fn set_branch(&mut self, session: SessionKey, source: &str, behind: MessageId) -> Result<()> {
        self.names.clear();
        let set = imports::set_branch(&self.connection, session, source, behind);
        self.checked(set)
    }

    fn set_import_model(&mut self, session: SessionKey, source: &str, model: &str) -> Result<()> {
        self.names.clear();
        let set = imports::set_model(&self.connection, session, source, model);
        self.checked(set)
    }

    fn renumber(&mut self, session: SessionKey, source: &str) -> Result<()> {
        self.names.clear();
        let noted = imports::renumber(&self.connection, session, source);
        self.checked(noted)
    }

    fn mix(&mut self, session: SessionKey) -> Result<()> {
        self.names.clear();
        let mixed = imports::mix(&self.connection, session);
        self.checked(mixed)
    }

    fn import(&mut self, session: SessionKey) -> Result<Option<Import>> {
        let import = imports::of(&self.connection, session);
        self.checked(import)
    }

    fn branches(&mut self, session: SessionKey, behind: MessageId) -> Result<Vec<SessionKey>> {
        let branches = imports::branches(&self.connection, session, behind);
        self.checked(branches)
    }

    fn named(&mut self, session: SessionId) -> Result<Option<(SessionKey, UserName)>> {
        let named = records::named(&self.connection, session);
        self.checked(named)
    }

    fn count_sessions(&mut self, user: Option<&UserName>) -> Result<u64> {
        let count = session_records::count(&self.connection, user);
        self.checked(count)
    }

    fn session_records(
        &mut self,
        user: Option<&UserName>,
        after: SessionKey,
        visit: &mut dyn FnMut(&SessionRecord) -> Flow,
    ) -> Result<()> {
        let damage = &mut self.damage;
        let done = session_records::visit(&self.connection, damage, user, after, visit);
        self.checked(done)
    }

    fn records(
        &mut self,
        query: &MessageQuery<'_>,
        visit: &mut dyn FnMut(&Message<'_>, &Behind) -> Flow,
    ) -> Result<()> {
        let (names, damage) = (&mut self.names, &mut self.damage);
        let done = records::records(&self.connection, names, damage, query, visit);
        self.checked(done)
    }

    fn end(&mut self, session: SessionKey) -> Result<End> {
        let done = ends::end(&self.connection, session);
        self.checked(done)
    }

    fn horizon(&mut self) -> Result<MessageId> {
        let newest = match ends::newest(&self.connection) {
            Err(error) if is_damage(&error) => {
                self.damage.blame_file();
                ends::newest_named(&self.connection)
            }
            newest => newest.map(|newest| newest.id),
        };
        self.checked(newest)
    }

    fn behind_newest(&mut self, upto: MessageId, count: u64) -> Result<Option<MessageId>> {
        let behind = ends::behind_newest(&self.connection, upto, count);
        self.checked(behind)
    }

    fn messages(
        &mut self,
        query: &MessageQuery<'_>,
        visit: &mut dyn FnMut(&Message<'_>) -> Flow,
    ) -> Result<()> {
        let done = read::messages(
            &self.connection,
            &mut self.names,
            &mut self.damage,
            query,
            visit,
        );
        self.checked(done)
    }

    fn texts(
        &mut self,
        range: &TextRange,
        visit: &mut dyn FnMut(MessageId, &str) -> Flow,
    ) -> Result<()> {
        let done = read::texts(&self.connection, &mut self.damage, range, visit);
        self.checked(done)
    }

    fn chain(
        &mut self,
        from: MessageId,
        along: Along,
        visit: &mut dyn FnMut(&Link) -> Flow,
    ) -> Result<()> {
        let done = chain::chain(&self.connection, &mut self.damage, from, along, visit);
        self.checked(done)
    }

    fn sent(&mut self, message: MessageId) -> Result<Option<OwnedSent>> {
        let done = sent::of_message(&self.connection, message);
        self.checked(done)
    }

    fn following(&mut self, message: MessageId) -> Result<Option<MessageId>> {
        let done = chain::following(&self.connection, &mut self.damage, message);
        self.checked(done)
    }

    fn moves(&mut self, query: &MoveQuery, visit: &mut dyn FnMut(&MoveRow) -> Flow) -> Result<()> {
        let damage = &mut self.damage;
        let done = moves::moves(&self.connection, damage, query, visit);
        self.checked(done)
    }

    fn count_moves(&mut self, session: SessionKey) -> Result<i64> {
        let count = moves::count(&self.connection, session);
        self.checked(count)
    }

    fn move_number(&mut self, id: MoveId) -> Result<Option<NumberedMove>> {
        let number = moves::number(&self.connection, id);
        self.checked(number)
    }

    fn numbered_move(&mut self, session: SessionKey, number: i64) -> Result<Option<MoveId>> {
        let found = moves::numbered(&self.connection, session, number);
        self.checked(found)
    }

    fn sessions(
        &mut self,
        query: &SessionQuery<'_>,
        visit: &mut dyn FnMut(&SessionRow) -> Flow,
    ) -> Result<()> {
        let (damage, upcoming) = (&mut self.damage, &mut self.upcoming);
        let done = sessions::sessions(&self.connection, damage, upcoming, query, visit);
        self.checked(done)
    }

    fn newest_of_sessions(
        &mut self,
        user: &UserName,
        along: Along,
        visit: &mut dyn FnMut(SessionKey, MessageId, Option<MessageId>),
    ) -> Result<()> {
        let done = sessions::newest_of_each(&self.connection, &mut self.damage, user, along, visit);
        self.checked(done)
    }

    fn has_user(&mut self, user: &UserName) -> Result<bool> {
        let done = users::has(&self.connection, &mut self.damage, user);
        self.checked(done)
    }

    fn user_names(&mut self, prefix: &str, visit: &mut dyn FnMut(&UserName) -> Flow) -> Result<()> {
        let done = users::names(&self.connection, &mut self.damage, prefix, visit);
        self.checked(done)
    }

    fn users(
        &mut self,
        after: Option<&UserName>,
        visit: &mut dyn FnMut(&UserSummary) -> Flow,
    ) -> Result<()> {
        let done = users::counted(&self.connection, &mut self.damage, after, visit);
        self.checked(done)
    }

    fn take_damage(&mut self) -> Damage {
        self.is_damaged = self.is_damaged();
        std::mem::take(&mut self.damage)
    }

    fn is_damaged(&self) -> bool {
        self.is_damaged || self.damage.is_of_file()
    }

    fn partials(&mut self, user: &UserName) -> Result<Vec<Partial>> {
        let done = partials::of_user(&self.connection, user);
        self.checked(done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_that_a_newer_program_has_changed_takes_no_more_messages() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let mut open = super::open(&path, false, Box::new(|_| true)).unwrap();
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
