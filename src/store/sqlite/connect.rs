//! From a path to a connection with the right settings.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use super::super::{GiveUp, Result};
use super::busy;
use super::file::{self, Found, Header};
use super::file_guard::FileGuard;
use super::making::Turn;
use super::problem::{damaged_file, problem};
use super::schema::{self, VERSION};
use super::size;
use crate::domain::{Problem, ProblemKind};

/// Settings of every connection, beside those that SQLite is built with:
/// `synchronous = FULL`, which is read back, and no memory mapping.
///
/// A checkpoint every 4,000 pages (16 MiB) keeps a long import from syncing the
/// database file after every group.
const SETTINGS: &str = "
    PRAGMA cell_size_check = ON;
    PRAGMA wal_autocheckpoint = 4000;
    PRAGMA journal_size_limit = 67108864;
";

/// Where a sync may stop at the disk's cache, it is told to go further.
#[cfg(target_os = "macos")]
const FULL_SYNC: &str = "PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;";
#[cfg(not(target_os = "macos"))]
const FULL_SYNC: &str = "";

/// Connects to the file at `path`, which is made and set up if need be.
pub(super) fn file(path: &Path, give_up: GiveUp) -> Result<(Connection, FileGuard, Journal)> {
    // An absolute path is never taken for a URI (`file:…`) or for `:memory:`.
    let path = std::path::absolute(path)
        .map_err(|_| other(format!("`{}` is not a path", path.display())))?;
    let mut wait = busy::handler(give_up);
    let is_in_form = match file::look(&path)? {
        Found::Store(header) => Journal::of(&path).suits(header) && header.version == VERSION,
        Found::Nothing | Found::Empty => false,
    };
    let _turn = (!is_in_form).then(|| Turn::await_over(&path, &mut wait));
    file::prepare(&path)?;
    size::check(&path)?;
    let mut guard = FileGuard::over(&path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opening = Opening { path: &path };
    let mut connection =
        Connection::open_with_flags(&path, flags).map_err(|error| opening.failed(&error))?;
    let journal = opening
        .set_up(&mut connection, wait)
        .map_err(|error| error.into_problem(&opening))?;
    if let Some(loss) = guard.loss() {
        return Err(Problem::new(ProblemKind::Gone, loss));
    }
    Ok((connection, guard, journal))
}

/// How a store keeps a commit whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Journal {
    /// With a write-ahead log, one sync a commit.
    WriteAhead,
    /// With a rollback journal: slower, and good for a network share.
    Rollback,
}

impl Journal {
    /// The journal of a file: a write-ahead log, except where its shared memory cannot work.
    fn of(path: &Path) -> Self {
        if file::is_on_network(path) {
            Self::Rollback
        } else {
            Self::WriteAhead
        }
    }

    /// Whether a store is set to it.
    fn suits(self, header: Header) -> bool {
        header.is_write_ahead == (self == Self::WriteAhead)
    }
}

/// What a connection is opened for, to name it in errors.
struct Opening<'a> {
    path: &'a Path,
}

/// Why an opening stopped.
enum OpenError {
    Refused(Problem),
    Failed(rusqlite::Error),
}

impl Opening<'_> {
    fn set_up(
        &self,
        connection: &mut Connection,
        wait: impl FnMut(i32) -> bool + Send + 'static,
    ) -> std::result::Result<Journal, OpenError> {
        // Until the file is known to be ours, closing must not move what waits
        // in its write-ahead log into it. With nothing there, closing tidies up.
        let log_waits = file::has_log(self.path);
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, log_waits)?;
        connection.busy_handler(Some(wait))?;
        configure(connection)?;
        // Nothing in it: a new file, or one whose making was cut off and has
        // just been rolled back.
        if tables(connection)?.0 == 0 {
            create(connection)?;
        }
        let version: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        file::check_version(self.path, version).map_err(OpenError::Refused)?;
        if version < VERSION && version > 0 {
            upgrade(connection).map_err(|error| {
                let what = format!(
                    "the store `{}` is of an earlier saylog and cannot be brought up to date",
                    self.path.display()
                );
                let refused = problem(&error).preventing(&what);
                OpenError::Refused(refused.with_hint("it was left as it is"))
            })?;
        }
        if tables(connection)?.1 != 4 {
            return Err(OpenError::Refused(damaged_file(self.path)));
        }
        let journal = self.journal(connection)?;
        let level: i64 = connection.query_row("PRAGMA synchronous", [], |row| row.get(0))?;
        if level < 2 {
            let what = "SQLite refuses to sync every commit";
            return Err(OpenError::Refused(other(what.into())));
        }
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
        Ok(journal)
    }

    /// Sets the journal.
    fn journal(&self, connection: &Connection) -> rusqlite::Result<Journal> {
        let journal = Journal::of(self.path);
        let wanted = match journal {
            Journal::WriteAhead => "wal",
            Journal::Rollback => {
                connection.execute_batch("PRAGMA synchronous = EXTRA")?;
                "delete"
            }
        };
        let current: String = connection.query_row("PRAGMA journal_mode", [], |row| row.get(0))?;
        if current == wanted {
            return Ok(journal);
        }
        let switch = format!("PRAGMA journal_mode = {wanted}");
        // The switch needs the file to itself for a moment and does not call
        // the busy handler for every lock it takes.
        let since = Instant::now();
        loop {
            match step_through(connection, &switch) {
                Err(error)
                    if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
                        && since.elapsed() < Duration::from_secs(10) =>
                {
                    std::thread::sleep(Duration::from_millis(1));
                }
                other => return other.map(|()| journal),
            }
        }
    }

    fn failed(&self, error: &rusqlite::Error) -> Problem {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => damaged_file(self.path),
            _ => {
                let what = format!("the store `{}` cannot be opened", self.path.display());
                problem(error).preventing(&what)
            }
        }
    }
}

impl OpenError {
    fn into_problem(self, opening: &Opening<'_>) -> Problem {
        match self {
            Self::Refused(problem) => problem,
            Self::Failed(error) => opening.failed(&error),
        }
    }
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error)
    }
}

/// A problem that nobody acts on.
fn other(what: String) -> Problem {
    Problem::new(ProblemKind::Other, what)
}

fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    // The triggers guard the log against other programs. This one has a single
    // statement that writes messages, a plain INSERT; asking the triggers about
    // it would cost a third of the speed.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.execute_batch(SETTINGS)?;
    connection.execute_batch(FULL_SYNC)
}

/// How many things the schema has, and how many of them are what a store must have.
fn tables(connection: &Connection) -> rusqlite::Result<(i64, i64)> {
    let sql =
        "SELECT count(*), count(*) FILTER (WHERE name IN ('users', 'sessions', 'messages', 'log'))
               FROM sqlite_schema";
    connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Runs a statement to its very end: the switch of the journal answers first and
/// is written afterwards, so that only the last step tells whether it was.
fn step_through(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while rows.next()?.is_some() {}
    Ok(())
}

/// Writes the schema into an empty file in one transaction, under a rollback
/// journal: whenever it is killed, the file is empty or whole, and its header
/// says whose it is.
fn create(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if tables(&transaction)?.0 == 0 {
        schema::migrate(&transaction, 0)?;
    }
    transaction.commit()
}

fn upgrade(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version: u32 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    schema::migrate(&transaction, version)?;
    transaction.commit()
}
