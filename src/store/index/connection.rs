//! From a file, whatever is in it, to an index.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use super::super::sqlite::{Turn, busy_handler};
use super::tables;

/// After so long whoever writes is taken for stuck.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// Nothing is lost with a commit that a power cut takes back, so that none is synced.
/// A longer log than 16 MiB is moved into the file.
const SETTINGS: &str = "
    PRAGMA synchronous = NORMAL;
    PRAGMA wal_autocheckpoint = 4000;
    PRAGMA journal_size_limit = 16777216;
    PRAGMA cell_size_check = ON;
    PRAGMA temp_store = MEMORY;
";

/// Connects to the file.
pub(super) fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let mut connection = Connection::open_with_flags(path, flags)?;
    wait_for(&mut connection, PATIENCE)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    // As in the store: no statement is made anew for other values.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(connection)
}

/// Makes the settings of a connection, once the file is an index.
pub(super) fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(SETTINGS)
}

/// From now on another process is waited for so long.
pub(super) fn wait_for(connection: &mut Connection, patience: Duration) -> rusqlite::Result<()> {
    let give_up = Box::new(move |waited| waited > patience);
    connection.busy_handler(Some(busy_handler(give_up)))
}

/// Makes an empty index of a file, whatever it holds, unless another process has done
/// so meanwhile.
pub(super) fn make_anew(
    connection: &Connection,
    path: &Path,
    is_made: &mut dyn FnMut(&Connection) -> rusqlite::Result<bool>,
) -> rusqlite::Result<()> {
    let since = Instant::now();
    let _turn = Turn::await_over(path, |_| {
        thread::sleep(Duration::from_millis(1));
        since.elapsed() < PATIENCE
    });
    if is_made(connection)? {
        return Ok(());
    }
    empty_file(connection)?;
    create(connection)
}

/// Takes everything out of a file: other connections see that as a change like any
/// other. To remove it instead would leave them with a file that has no name, whose
/// closing takes the write-ahead log of the new one away.
fn empty_file(connection: &Connection) -> rusqlite::Result<()> {
    connection.flush_prepared_statement_cache();
    if !connection.is_autocommit() {
        // If it fails, so does what comes next.
        let _ = connection.execute_batch("ROLLBACK");
    }
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_RESET_DATABASE, true)?;
    let emptied = connection.execute_batch("VACUUM");
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_RESET_DATABASE, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    emptied
}

/// Writes the tables into an empty file.
fn create(connection: &Connection) -> rusqlite::Result<()> {
    switch_journal(connection)?;
    let transaction =
        rusqlite::Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    tables::create(&transaction)?;
    transaction.commit()
}

/// The switch needs the file to itself for a moment and does not call the busy
/// handler for every lock it takes.
fn switch_journal(connection: &Connection) -> rusqlite::Result<()> {
    let since = Instant::now();
    loop {
        let switched = connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()));
        match switched {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
                    && since.elapsed() < PATIENCE =>
            {
                thread::sleep(Duration::from_millis(1));
            }
            other => return other,
        }
    }
}
