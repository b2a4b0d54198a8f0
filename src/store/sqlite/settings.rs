//! The settings of every connection, and a look at what it is connected to.

use rusqlite::Connection;
use rusqlite::config::DbConfig;

/// Settings of every connection, beside those that SQLite is built with:
/// `synchronous = FULL`, which is read back, and no memory mapping.
///
/// A checkpoint every 4,000 pages (16 MiB) keeps a long import from syncing the
/// database file after every group.
const SETTINGS: &str = "
    PRAGMA cell_size_check = ON;
    PRAGMA wal_autocheckpoint = 4000;
";

/// Above that many bytes a write-ahead log is cut back to it once it has been
/// moved into the file; below, its room is used again.
pub(super) const LONGEST_LOG: u64 = 64 * 1024 * 1024;

/// Where a sync may stop at the disk's cache, it is told to go further.
#[cfg(target_os = "macos")]
const FULL_SYNC: &str = "PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;";
#[cfg(not(target_os = "macos"))]
const FULL_SYNC: &str = "";

/// Makes the settings.
pub(super) fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    // The triggers guard the log against other programs. This one has a single
    // statement that writes messages, a plain INSERT; asking the triggers about
    // it would cost a third of the speed.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    // Otherwise SQLite makes a statement anew for other values, whenever it could think
    // of another plan for these: of a lookup that takes a microsecond it makes 30.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.execute_batch(SETTINGS)?;
    connection.execute_batch(&format!("PRAGMA journal_size_limit = {LONGEST_LOG}"))?;
    connection.execute_batch(FULL_SYNC)
}

/// How many things the schema has, and how many of the four are there that a
/// store must have.
pub(super) fn tables(connection: &Connection) -> rusqlite::Result<(i64, i64)> {
    let sql =
        "SELECT count(*), count(*) FILTER (WHERE name IN ('users', 'sessions', 'messages', 'log'))
               FROM sqlite_schema";
    connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// The version of the schema.
pub(super) fn version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}
