//! Stored rows, looked at and changed by somebody who is not saylog.
//!
//! This is the only file of the suite that knows which kind of store there is;
//! tests say what they want to know in SQL.

use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::types::{FromSql, Value};
use rusqlite::{Connection, Row};

use super::cluster::Cluster;
use super::run::{Saylog, on_server};

/// The tables that hold what was said and done.
const TABLES: [&str; 4] = ["users", "sessions", "messages", "moves"];

/// The same, and what stands beside them, as a server has it too.
const COPIED: [&str; 8] = [
    "users", "sessions", "messages", "moves", "prompts", "sent", "partials", "imports",
];

/// The tables of a file.
const SCHEMA: [&str; 6] = [
    include_str!("../../../src/store/sqlite/schema/1.sql"),
    include_str!("../../../src/store/sqlite/schema/2.sql"),
    include_str!("../../../src/store/sqlite/schema/3.sql"),
    include_str!("../../../src/store/sqlite/schema/4.sql"),
    include_str!("../../../src/store/sqlite/schema/5.sql"),
    include_str!("../../../src/store/sqlite/schema/6.sql"),
];

/// Another program's connection to a store.
pub(crate) struct Store {
    /// The file, or a copy of what a server holds.
    rows: Connection,
    /// The database of which it is a copy.
    server: Option<(&'static Cluster, String)>,
}

/// The right to write, which nobody else has until this is dropped.
pub(crate) struct Lock(#[expect(dead_code, reason = "it is held, not used")] Connection);

/// What a row is read into: a value, or a tuple with one for each column.
pub(crate) trait Columns: Sized {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self>;
}

impl Saylog {
    /// Looks straight into the store.
    pub(crate) fn stored(&self) -> Store {
        match on_server() {
            None => Store::open(&self.store()),
            Some(cluster) => Store::copied(cluster, &self.address().to_string_lossy()),
        }
    }
}

impl Store {
    /// Opens the store at this place, or makes an empty file there.
    pub(crate) fn open(path: &Path) -> Self {
        Self {
            rows: Connection::open(path).expect("the store opens"),
            server: None,
        }
    }

    /// A copy of what a database on a server holds, with the tables that a file has.
    fn copied(cluster: &'static Cluster, address: &str) -> Self {
        let copy = Connection::open_in_memory().expect("memory");
        let switched = copy.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false);
        assert_eq!(switched, Ok(false));
        let unchecked = copy.pragma_update(None, "foreign_keys", false);
        unchecked.expect("a switch");
        for schema in SCHEMA {
            copy.execute_batch(schema).expect("the tables");
        }
        let (_, database) = address.rsplit_once('/').expect("a database");
        for table in COPIED {
            let rows = cluster.sql(
                database,
                &format!("SELECT row_to_json(t) FROM saylog.{table} AS t "),
            );
            for row in rows.lines() {
                copy_row(&copy, table, row);
            }
        }
        Self {
            rows: copy,
            server: Some((cluster, database.to_owned())),
        }
    }

    /// All rows of a query.
    #[track_caller]
    pub(crate) fn rows<T: Columns>(&self, query: &str) -> Vec<T> {
        let rows = self
            .rows
            .prepare(query)
            .and_then(|mut select| select.query_map([], T::of)?.collect());
        rows.expect(query)
    }

    /// The first row of a query, which has one.
    #[track_caller]
    pub(crate) fn row<T: Columns>(&self, query: &str) -> T {
        self.rows.query_row(query, [], T::of).expect(query)
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

    /// Every row of every table.
    #[cfg(feature = "postgres")]
    pub(crate) fn everything(&self) -> Vec<String> {
        let others = ["origins", "windows"];
        let tables = COPIED.iter().chain(&others);
        tables.flat_map(|table| self.table(table)).collect()
    }

    fn table(&self, table: &str) -> Vec<String> {
        let query = format!("SELECT * FROM {table} ORDER BY 1, 2");
        let mut select = self.rows.prepare(&query).expect("a table");
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
        if let Some((cluster, database)) = &self.server {
            let statements = format!("SET search_path = saylog; {statements}");
            return cluster.try_sql(database, &statements).map(|_| ());
        }
        let done = self.rows.execute_batch(statements);
        done.map_err(|error| match error {
            rusqlite::Error::SqliteFailure(_, Some(sentence)) => sentence,
            other => other.to_string(),
        })
    }

    /// Runs statements that the store's own triggers would refuse.
    #[track_caller]
    pub(crate) fn tamper(&self, statements: &str) {
        if let Some((cluster, database)) = &self.server {
            let unchecked = "SET session_replication_role = replica; SET search_path = saylog";
            cluster.sql(database, &format!("{unchecked}; {statements}"));
            return;
        }
        let triggers = |on| {
            let switched = (self.rows).set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, on);
            assert_eq!(switched.expect("a switch"), on);
        };
        triggers(false);
        self.write(statements).expect(statements);
        triggers(true);
    }

    /// Keeps everybody else from writing.
    pub(crate) fn lock(self) -> Lock {
        let begun = self.rows.execute_batch("BEGIN IMMEDIATE");
        begun.expect("nobody else writes");
        Lock(self.rows)
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

/// Puts a row, as JSON, into a table, as far as that has its columns.
fn copy_row(copy: &Connection, table: &str, row: &str) {
    let row: serde_json::Map<String, serde_json::Value> = serde_json::from_str(row).expect("a row");
    let fields: Vec<(&String, Value)> = (row.iter())
        // A file knows neither, and a prompt there is everybody's.
        .filter(|(name, _)| *name != "nonce" && (table, name.as_str()) != ("prompts", "user"))
        .map(|(name, value)| {
            let value = match value {
                serde_json::Value::Null => Value::Null,
                serde_json::Value::Bool(is) => Value::Integer((*is).into()),
                serde_json::Value::Number(number) => {
                    Value::Integer(number.as_i64().expect("a number"))
                }
                serde_json::Value::String(text) => Value::Text(text.clone()),
                other => panic!("{other}"),
            };
            (name, value)
        })
        .collect();
    let names: Vec<String> = fields
        .iter()
        .map(|(name, _)| format!("\"{name}\""))
        .collect();
    let places = vec!["?"; fields.len()].join(", ");
    let insert = format!(
        "INSERT INTO {table} ({}) VALUES ({places})",
        names.join(", ")
    );
    let values = fields.into_iter().map(|(_, value)| value);
    let inserted = copy.execute(&insert, rusqlite::params_from_iter(values));
    inserted.expect(&insert);
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
