//! Stored rows, looked at and changed by somebody who is not saylog.
//!
//! This is the only file of the suite that knows which kind of store there is;
//! tests say what they want to know in SQL.

use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::types::{FromSql, Value};
use rusqlite::{Connection, Row};

use super::run::Saylog;

/// The tables that hold what was said and done.
const TABLES: [&str; 4] = ["users", "sessions", "messages", "moves"];

/// Another program's connection to a store.
pub(crate) struct Store(Connection);

/// The right to write, which nobody else has until this is dropped.
pub(crate) struct Lock(#[expect(dead_code, reason = "it is held, not used")] Connection);

/// What a row is read into: a value, or a tuple with one for each column.
pub(crate) trait Columns: Sized {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self>;
}

impl Saylog {
    /// Looks straight into the store.
    pub(crate) fn stored(&self) -> Store {
        Store::open(&self.store())
    }
}

impl Store {
    /// Opens the store at this place, or makes an empty file there.
    pub(crate) fn open(path: &Path) -> Self {
        Self(Connection::open(path).expect("the store opens"))
    }

    /// All rows of a query.
    #[track_caller]
    pub(crate) fn rows<T: Columns>(&self, query: &str) -> Vec<T> {
        let rows = self
            .0
            .prepare(query)
            .and_then(|mut select| select.query_map([], T::of)?.collect());
        rows.expect(query)
    }

    /// The first row of a query, which has one.
    #[track_caller]
    pub(crate) fn row<T: Columns>(&self, query: &str) -> T {
        self.0.query_row(query, [], T::of).expect(query)
    }

    /// How many rows a table has, or as many as meet the condition behind its name.
    #[track_caller]
    pub(crate) fn count(&self, table: &str) -> usize {
        let count: i64 = self.row(&format!("SELECT count(*) FROM {table}"));
        usize::try_from(count).expect("a count")
    }

    /// The ids of all sessions, in the order in which they began.
    pub(crate) fn sessions(&self) -> Vec<String> {
        self.rows("SELECT uuid FROM sessions ORDER BY id")
    }

    /// The parts of replies that are still coming, sorted.
    pub(crate) fn partials(&self) -> Vec<String> {
        self.rows("SELECT content FROM partials ORDER BY content")
    }

    /// Everything that the store holds, a row a line.
    pub(crate) fn dump(&self) -> Vec<String> {
        TABLES.map(|table| self.table(table)).concat()
    }

    fn table(&self, table: &str) -> Vec<String> {
        let query = format!("SELECT * FROM {table} ORDER BY 1");
        let mut select = self.0.prepare(&query).expect("a table");
        let columns = select.column_count();
        let values = |row: &Row<'_>| {
            (0..columns)
                .map(|column| row.get::<_, Value>(column))
                .collect::<rusqlite::Result<Vec<_>>>()
        };
        let rows = select.query_map([], values).expect("rows");
        rows.map(|row| format!("{table} {:?}", row.expect("a row")))
            .collect()
    }

    /// Runs statements as any other program may; the error says why not.
    pub(crate) fn write(&self, statements: &str) -> Result<(), String> {
        let done = self.0.execute_batch(statements);
        done.map_err(|error| match error {
            rusqlite::Error::SqliteFailure(_, Some(sentence)) => sentence,
            other => other.to_string(),
        })
    }

    /// Runs statements that the store's own triggers would refuse.
    #[track_caller]
    pub(crate) fn tamper(&self, statements: &str) {
        let triggers = |on| {
            let switched = (self.0).set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, on);
            assert_eq!(switched.expect("a switch"), on);
        };
        triggers(false);
        self.write(statements).expect(statements);
        triggers(true);
    }

    /// Keeps everybody else from writing.
    pub(crate) fn lock(self) -> Lock {
        let begun = self.0.execute_batch("BEGIN IMMEDIATE");
        begun.expect("nobody else writes");
        Lock(self.0)
    }

    /// The version of the tables.
    pub(crate) fn version(&self) -> u32 {
        let version: i64 = self.row("PRAGMA user_version");
        u32::try_from(version).expect("a version")
    }

    /// `ok`, or what the database's own check finds wrong with it.
    pub(crate) fn integrity(&self) -> String {
        self.row("PRAGMA integrity_check")
    }
}

macro_rules! columns {
    ($($value:ty)*) => {$(
        impl Columns for $value {
            fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
                row.get(0)
            }
        }
    )*};
    ($($name:ident $column:literal),+) => {
        impl<$($name: FromSql),+> Columns for ($($name,)+) {
            fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
                Ok(($(row.get($column)?,)+))
            }
        }
    };
}

columns!(i64 String Option<i64>);
columns!(A 0, B 1);
columns!(A 0, B 1, C 2);
columns!(A 0, B 1, C 2, D 3);
columns!(A 0, B 1, C 2, D 3, E 4);
columns!(A 0, B 1, C 2, D 3, E 4, F 5);
columns!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
columns!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
columns!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8);
