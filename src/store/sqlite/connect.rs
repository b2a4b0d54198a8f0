//! From a path to a connection with the right settings.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use super::super::damage::RECOVER;
use super::super::{GiveUp, Result};
use super::busy;
use super::file::{self, Found, Header};
use super::file_guard::FileGuard;
use super::journal::Journal;
use super::making::Turn;
use super::obstacle::Obstacle;
use super::problem::{damaged_file, problem};
use super::schema::{self, VERSION};
use super::settings::{configure, tables, version};
use super::size;
use crate::domain::{Problem, ProblemKind};

/// A connection to a store, or what keeps one that can be read from being written.
pub(super) enum Opened {
    Writing(Box<Writing>),
    Obstructed(Obstacle),
}

/// A connection that may write.
pub(super) struct Writing {
    pub(super) connection: Connection,
    pub(super) guard: FileGuard,
    pub(super) journal: Journal,
}

/// Connects to the file at `path`, which is made and set up if need be.
pub(super) fn file(path: &Path, give_up: GiveUp) -> Result<Opened> {
    let found = file::look(path)?;
    if let Found::Store(_) = found {
        size::check(path)?;
        if let Some(obstacle) = Obstacle::to_writing(path) {
            return Ok(Opened::Obstructed(obstacle));
        }
    }
    let mut wait = busy::handler(give_up);
    let mut opening = Opening::of(path, found);
    let _turn = if opening.is_in_form() {
        None
    } else {
        let turn = Turn::await_over(path, &mut wait);
        // Meanwhile another process may have brought it into its form.
        opening = Opening::of(path, file::prepare(path)?);
        Some(turn)
    };
    let mut guard = FileGuard::over(path)?;
    let connection = match opening.connect(wait) {
        Ok(connection) => connection,
        Err(OpenError::Failed(error)) => {
            return match Obstacle::behind(&error) {
                Some(obstacle) if opening.header.is_some() => {
                    Ok(Opened::Obstructed(obstacle.or_full(path)))
                }
                _ => Err(opening.failed(&error)),
            };
        }
        Err(OpenError::Refused(problem)) => return Err(problem),
    };
    if let Some(loss) = guard.loss() {
        return Err(Problem::new(ProblemKind::Gone, loss));
    }
    // They are there now, and nobody removes them while this connection lasts.
    guard.include_log();
    Ok(Opened::Writing(Box::new(Writing {
        connection,
        guard,
        journal: opening.journal,
    })))
}

/// What a connection is opened for.
struct Opening<'a> {
    path: &'a Path,
    /// How it is to keep a commit whole.
    journal: Journal,
    /// What the file said before, if it was a store.
    header: Option<Header>,
}

/// Why an opening stopped.
enum OpenError {
    Refused(Problem),
    Failed(rusqlite::Error),
}

impl<'a> Opening<'a> {
    fn of(path: &'a Path, found: Found) -> Self {
        let header = match found {
            Found::Store(header) => Some(header),
            Found::Nothing | Found::Empty => None,
        };
        Self {
            path,
            journal: Journal::of(path),
            header,
        }
    }

    /// Whether nothing has to be made, brought up to date or switched.
    fn is_in_form(&self) -> bool {
        let is = |header: Header| header.version == VERSION && self.journal.suits(header);
        self.header.is_some_and(is)
    }

    fn connect(
        &self,
        wait: impl FnMut(i32) -> bool + Send + 'static,
    ) -> std::result::Result<Connection, OpenError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(self.path, flags)?;
        connection.busy_handler(Some(wait))?;
        // Where shared memory is not to be trusted, that of a store which comes
        // from elsewhere is not even made: who has the file alone needs none.
        let is_from_elsewhere = self
            .header
            .is_some_and(|header| header.is_write_ahead && !self.journal.is_write_ahead());
        if is_from_elsewhere {
            connection.execute_batch("PRAGMA locking_mode = EXCLUSIVE")?;
        }
        self.set_up(&mut connection)?;
        if is_from_elsewhere {
            connection.execute_batch("PRAGMA locking_mode = NORMAL")?;
            // The next look gives the lock back.
            tables(&connection)?;
        }
        Ok(connection)
    }

    fn set_up(&self, connection: &mut Connection) -> std::result::Result<(), OpenError> {
        // Until the file is known to be ours, closing must not move what waits
        // in its write-ahead log into it. With nothing there, closing tidies up.
        let log_waits = file::has_log(self.path);
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, log_waits)?;
        configure(connection)?;
        // Nothing in it: a new file, or one whose making was cut off and has
        // just been rolled back.
        if tables(connection)?.0 == 0 {
            create(connection)?;
        }
        let version = version(connection)?;
        file::check_version(self.path, version).map_err(OpenError::Refused)?;
        if version < VERSION && version > 0 {
            upgrade(connection).map_err(|error| {
                let what = format!(
                    "the store `{}` is of an earlier saylog and cannot be brought up to date",
                    self.path.display()
                );
                let refused = problem(&error).preventing(&what);
                let hint = match refused.kind {
                    ProblemKind::Damaged => format!("it was left as it is; {RECOVER}"),
                    _ => "it was left as it is".into(),
                };
                OpenError::Refused(refused.with_hint(hint))
            })?;
        }
        if tables(connection)?.1 != 4 {
            return Err(OpenError::Refused(damaged_file(self.path)));
        }
        self.set_journal(connection)?;
        let level: i64 = connection.query_row("PRAGMA synchronous", [], |row| row.get(0))?;
        if level < 2 {
            let what = "SQLite refuses to sync every commit";
            let problem = Problem::new(ProblemKind::Other, what);
            return Err(OpenError::Refused(problem));
        }
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
        Ok(())
    }

    fn set_journal(&self, connection: &Connection) -> rusqlite::Result<()> {
        if !self.journal.is_write_ahead() {
            connection.execute_batch("PRAGMA synchronous = EXTRA")?;
        }
        let wanted = self.journal.mode();
        let current: String = connection.query_row("PRAGMA journal_mode", [], |row| row.get(0))?;
        if current == wanted {
            return Ok(());
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
                other => return other,
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

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error)
    }
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
