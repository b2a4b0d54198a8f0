//! Tables of a database of another program.
//!
//! It is read and never written to, and nothing that is defined in it is run: views,
//! virtual tables and what is computed in columns are not looked at.

use std::fs::File;
use std::ops::ControlFlow;
use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags, Row, params_from_iter};

use super::source::{Broken, Fault};

/// A database that is open.
pub(super) struct Tables {
    connection: Connection,
}

/// A row of an answer.
pub(super) struct Record<'r>(&'r Row<'r>);

/// What is done with a row; `Break` ends the reading.
pub(super) type Each<'e> = dyn FnMut(&Record<'_>) -> Result<ControlFlow<()>, Fault> + 'e;

impl Tables {
    /// Opens the database at a path.
    ///
    /// # Errors
    /// There is none that could be read.
    pub(super) fn open(path: &Path) -> Result<Self, Fault> {
        // The system tells better than SQLite why there is no file.
        File::open(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(|error| fault(&error))?;
        let safety =
            "PRAGMA trusted_schema = OFF; PRAGMA query_only = ON; PRAGMA cell_size_check = ON";
        connection
            .execute_batch(safety)
            .map_err(|error| fault(&error))?;
        let tables = Self { connection };
        // The first look shows whether it is a database.
        tables.columns("none")?;
        Ok(tables)
    }

    /// The columns of a table; none if there is no such table.
    ///
    /// # Errors
    /// The database cannot be read.
    pub(super) fn columns(&self, table: &str) -> Result<Vec<String>, Fault> {
        const COLUMNS: &str = "SELECT i.name FROM sqlite_schema AS s, pragma_table_info(s.name) AS i \
            WHERE s.type = 'table' AND s.name = ?1 AND s.sql NOT LIKE 'CREATE VIRTUAL%'";
        let mut columns = Vec::new();
        let _ = self.rows(COLUMNS, &[table], &mut |row| {
            columns.extend(row.text(0));
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(columns)
    }

    /// Asks for rows, and does something with each.
    ///
    /// # Errors
    /// The database cannot be read on, or what is done with a row fails.
    pub(super) fn rows(
        &self,
        question: &str,
        values: &[&str],
        each: &mut Each<'_>,
    ) -> Result<ControlFlow<()>, Fault> {
        let mut statement = self
            .connection
            .prepare_cached(question)
            .map_err(|error| fault(&error))?;
        let mut rows = statement
            .query(params_from_iter(values))
            .map_err(|error| fault(&error))?;
        while let Some(row) = rows.next().map_err(|error| fault(&error))? {
            if each(&Record(row))?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

impl Record<'_> {
    /// The text in a column, whatever was written there; `None` if it is null.
    pub(super) fn text(&self, column: usize) -> Option<String> {
        match self.0.get_ref(column).ok()? {
            ValueRef::Null => None,
            ValueRef::Integer(number) => Some(number.to_string()),
            ValueRef::Real(number) => Some(number.to_string()),
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
                Some(String::from_utf8_lossy(bytes).into_owned())
            }
        }
    }

    /// The number in a column, if it is one.
    pub(super) fn number(&self, column: usize) -> Option<i64> {
        self.0.get(column).ok()
    }
}

fn fault(error: &rusqlite::Error) -> Fault {
    let why = match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => "it is no database of SQLite".to_owned(),
        Some(ErrorCode::DatabaseCorrupt) => "it is damaged".to_owned(),
        _ => format!("SQLite says: {error}"),
    };
    Fault::Broken(Broken {
        place: "the database".to_owned(),
        why,
    })
}

/// A database in a folder, made for a test.
#[cfg(test)]
pub(super) fn made(folder: &Path, statements: &str) -> std::path::PathBuf {
    let path = folder.join("made.db");
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch(statements).unwrap();
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_a_table_is_looked_at() {
        let folder = tempfile::tempdir().unwrap();
        let statements = "CREATE TABLE a (x, y TEXT); CREATE VIEW b AS SELECT 1 AS x; \
                          CREATE VIRTUAL TABLE c USING fts5(x);";
        let tables = Tables::open(&made(folder.path(), statements)).unwrap();
        assert_eq!(tables.columns("a").unwrap(), ["x", "y"]);
        assert_eq!(tables.columns("b").unwrap(), [""; 0]);
        assert_eq!(tables.columns("c").unwrap(), [""; 0]);
    }

    #[test]
    fn what_somebody_is_writing_can_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = made(
            folder.path(),
            "PRAGMA journal_mode = WAL; CREATE TABLE a (x)",
        );
        let writer = Connection::open(&path).unwrap();
        let statements = "INSERT INTO a VALUES (1); BEGIN IMMEDIATE; INSERT INTO a VALUES (2)";
        writer.execute_batch(statements).unwrap();
        let tables = Tables::open(&path).unwrap();
        let mut found = Vec::new();
        let flow = tables.rows("SELECT x FROM a", &[], &mut |row| {
            found.extend(row.number(0));
            Ok(ControlFlow::Continue(()))
        });
        assert!(flow.is_ok());
        assert_eq!(found, [1]);
        let refused = tables.rows("DELETE FROM a", &[], &mut |_| Ok(ControlFlow::Continue(())));
        assert!(refused.is_err());
    }

    #[test]
    fn what_is_no_database_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        assert!(matches!(Tables::open(&path), Err(Fault::Io(_))));
        std::fs::write(&path, "no database, however long it may be ".repeat(100)).unwrap();
        let Err(Fault::Broken(broken)) = Tables::open(&path) else {
            panic!("it was opened");
        };
        assert_eq!(broken.why, "it is no database of SQLite");
    }
}
