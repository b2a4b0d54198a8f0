//! A file that is copied, and one that becomes a copy.

use std::path::{Path, PathBuf};

use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, ToSql, params};
use uuid::Uuid;

use super::super::copying::{
    self, Cell, Claim, Kind, Life, PAGE_BYTES, PAGE_ROWS, Row, Rows, Snapshot, Source, TABLES,
    Table, Target,
};
use super::super::{GiveUp, Result};
use super::busy;
use super::file;
use super::file_guard::FileGuard;
use super::obstacle::Obstacle;
use super::problem::problem;
use super::reading::{self, Reading};
use super::schema::{self, COPYING, VERSION};
use super::settings::{configure, tables, version};
use super::stamp::Stamp;
use crate::domain::{Problem, ProblemKind};

/// What an unfinished copy is of, and who goes on with it.
const MARK: &str = "CREATE TABLE copying (
    identity TEXT NOT NULL, shown TEXT NOT NULL, writer TEXT NOT NULL,
    settled INTEGER NOT NULL, settled_others INTEGER NOT NULL) STRICT";

/// A store in a file that is copied.
struct FileSource {
    path: PathBuf,
    connection: Connection,
    /// The files as they were, if nothing keeps others from changing them meanwhile.
    stamp: Option<Stamp>,
}

/// A store in a file that becomes a copy.
struct FileTarget {
    path: PathBuf,
    connection: Connection,
    guard: FileGuard,
    /// What this process is called in the mark.
    writer: String,
}

/// Opens the store that is copied.
///
/// # Errors
/// If it cannot be read, or is not of this version.
pub(in crate::store) fn source(path: &Path, give_up: GiveUp) -> Result<Box<dyn Source>> {
    let path = file::located(path)?;
    if !matches!(file::look(&path)?, file::Found::Store(_)) {
        let what = format!("there is no store in `{}`", path.display());
        return Err(Problem::new(ProblemKind::Gone, what));
    }
    let source = if Obstacle::to_writing(&path).is_none() {
        // Who may write may also read beside others who do; nothing is written.
        let connection = connect(&path, give_up).map_err(|error| failed(&path, &error))?;
        let is = version(&connection).map_err(|error| failed(&path, &error))?;
        file::check_version(&path, is)?;
        if is < VERSION {
            return Err(earlier(&path));
        }
        let only = connection.execute_batch("PRAGMA query_only = ON");
        only.map_err(|error| failed(&path, &error))?;
        FileSource {
            path,
            connection,
            stamp: None,
        }
    } else {
        let Reading { connection, stamp } = reading::open(&path, &Obstacle::wanted())?;
        FileSource {
            path,
            connection,
            stamp,
        }
    };
    Ok(Box::new(source))
}

/// Opens the file that becomes the copy, and makes it if there is none.
///
/// # Errors
/// If it is no store, or cannot be written.
pub(in crate::store) fn target(path: &Path, give_up: GiveUp) -> Result<Box<dyn Target>> {
    let path = file::located(path)?;
    if !file::is_unfinished_copy(&path) {
        file::prepare(&path)?;
    }
    let guard = FileGuard::over(&path)?;
    let connection = connect(&path, give_up).map_err(|error| failed(&path, &error))?;
    // A new file has a rollback journal until it is used: it is gone for good after a commit.
    let synced = connection.execute_batch("PRAGMA synchronous = EXTRA");
    synced.map_err(|error| failed(&path, &error))?;
    Ok(Box::new(FileTarget {
        path,
        connection,
        guard,
        writer: Uuid::new_v4().to_string(),
    }))
}

fn connect(path: &Path, give_up: GiveUp) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    connection.busy_handler(Some(busy::handler(give_up)))?;
    configure(&connection)?;
    tables(&connection)?;
    Ok(connection)
}

fn failed(path: &Path, error: &rusqlite::Error) -> Problem {
    problem(error).preventing(&format!("the store `{}` cannot be opened", path.display()))
}

/// It would have to be changed before it can be copied.
fn earlier(path: &Path) -> Problem {
    let what = format!("the store `{}` is of an earlier saylog", path.display());
    Problem::new(ProblemKind::Refused, what)
        .with_hint("any run with this one on it brings it up to date")
}

fn identity(path: &Path) -> String {
    format!("file {}", path.display())
}

/// What cannot be read of the source.
fn unread(error: &rusqlite::Error) -> Problem {
    problem(error).preventing("the store cannot be read")
}

/// What cannot be written of the copy.
fn unwritten(error: &rusqlite::Error) -> Problem {
    problem(error).preventing("the copy cannot be written")
}

impl Source for FileSource {
    fn begin(&mut self) -> Result<Snapshot> {
        let begun = self.connection.execute_batch("BEGIN");
        begun.map_err(|error| unread(&error))?;
        let newest: Option<i64> = self
            .connection
            .query_row("SELECT max(id) FROM messages", [], |row| row.get(0))
            .map_err(|error| unread(&error))?;
        Ok(Snapshot {
            identity: identity(&self.path),
            newest: newest.unwrap_or(0),
            // Whoever writes has the file to themselves: numbers only rise.
            settled: i64::MAX,
            settled_others: i64::MAX,
        })
    }
}

impl Rows for FileSource {
    fn rows(&mut self, table: &Table, after: Option<&[Cell]>) -> Result<Vec<Row>> {
        let rows = read(&self.connection, table, after);
        if (self.stamp.as_ref()).is_some_and(|stamp| *stamp != Stamp::of(&self.path)) {
            let what = "another process changed the store while it was read";
            return Err(Problem::new(ProblemKind::Busy, what));
        }
        rows
    }
}

impl Rows for FileTarget {
    fn rows(&mut self, table: &Table, after: Option<&[Cell]>) -> Result<Vec<Row>> {
        read(&self.connection, table, after)
    }
}

/// The next rows of a table.
fn read(connection: &Connection, table: &Table, after: Option<&[Cell]>) -> Result<Vec<Row>> {
    let key: Vec<_> = table.key_columns().iter().map(|(name, _)| *name).collect();
    let key = key.join(", ");
    let behind = match after {
        None => String::new(),
        Some(after) => format!("WHERE ({key}) > ({})", vec!["?"; after.len()].join(", ")),
    };
    let sql = format!(
        "SELECT {} FROM {} {behind} ORDER BY {key} LIMIT {PAGE_ROWS}",
        table.names(""),
        table.name
    );
    let mut statement = (connection.prepare_cached(&sql)).map_err(|error| unread(&error))?;
    let values = rusqlite::params_from_iter(after.unwrap_or_default());
    let mut rows = statement.query(values).map_err(|error| unread(&error))?;
    let (mut page, mut bytes) = (Vec::new(), 0);
    while bytes < PAGE_BYTES
        && let Some(row) = rows.next().map_err(|error| unread(&error))?
    {
        let mut cells = Row::with_capacity(table.columns.len());
        for (at, (name, kind)) in table.columns.iter().enumerate() {
            let value = row.get_ref(at).map_err(|error| unread(&error))?;
            match cell(*kind, value) {
                Ok(cell) => cells.push(cell),
                Err(why) => {
                    if at < table.key {
                        cells.push(Cell::Null);
                    }
                    let why = format!("its `{name}` {why}");
                    return Err(copying::refused(table, &cells, &why));
                }
            }
        }
        bytes += cells.iter().map(Cell::len).sum::<usize>();
        page.push(cells);
    }
    Ok(page)
}

/// A value of the kind that belongs there.
fn cell(kind: Kind, value: ValueRef<'_>) -> std::result::Result<Cell, &'static str> {
    Ok(match (kind, value) {
        (_, ValueRef::Null) => Cell::Null,
        (Kind::Integer | Kind::Code, ValueRef::Integer(number)) => Cell::Integer(number),
        (Kind::Bool, ValueRef::Integer(number @ 0..=1)) => Cell::Bool(number == 1),
        (Kind::Text | Kind::Uuid, ValueRef::Text(bytes)) => match std::str::from_utf8(bytes) {
            Ok(text) => Cell::Text(text.to_owned()),
            Err(_) => return Err("is not UTF-8"),
        },
        (Kind::Blob, ValueRef::Blob(bytes)) => Cell::Blob(bytes.to_vec()),
        _ => return Err("is not of the kind that belongs there"),
    })
}

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Owned(Value::Null),
            Self::Integer(number) => ToSqlOutput::Owned(Value::Integer(*number)),
            Self::Bool(is) => ToSqlOutput::Owned(Value::Integer((*is).into())),
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Blob(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
        })
    }
}

impl FileTarget {
    /// Does something as a whole, or not at all.
    fn whole<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if let Some(loss) = self.guard.loss() {
            return Err(Problem::new(ProblemKind::Gone, loss));
        }
        let begun = self.connection.execute_batch("BEGIN IMMEDIATE");
        begun.map_err(|error| unwritten(&error))?;
        let done = work(self).and_then(|done| {
            let committed = self.connection.execute_batch("COMMIT");
            committed.map_err(|error| unwritten(&error))?;
            Ok(done)
        });
        if done.is_err() && !self.connection.is_autocommit() {
            // If even this fails, the next process rolls back.
            let _ = self.connection.execute_batch("ROLLBACK");
        }
        if let Some(loss) = self.guard.loss() {
            return Err(Problem::new(ProblemKind::Gone, loss));
        }
        done
    }

    /// The same, if nobody else has gone on with the copy meanwhile.
    fn mine<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.whole(|target| {
            let writer: Option<String> = if target.has_mark()? {
                let mut select = target.prepare("SELECT writer FROM copying")?;
                let writer = select.query_row([], |row| row.get(0));
                writer.optional().map_err(|error| unwritten(&error))?
            } else {
                None
            };
            if writer.as_ref() != Some(&target.writer) {
                return Err(copying::taken_by_another());
            }
            work(target)
        })
    }

    fn prepare(&self, sql: &str) -> Result<rusqlite::CachedStatement<'_>> {
        (self.connection.prepare_cached(sql)).map_err(|error| unwritten(&error))
    }

    fn run(&self, sql: &str) -> Result<()> {
        (self.connection.execute_batch(sql)).map_err(|error| unwritten(&error))
    }

    fn has_mark(&self) -> Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'copying')";
        (self.connection.query_row(sql, [], |row| row.get(0))).map_err(|error| unwritten(&error))
    }

    /// Marks an empty store.
    fn begin(&self, source: &Snapshot, shown: &str) -> Result<Claim> {
        let (things, _) = tables(&self.connection).map_err(|error| unwritten(&error))?;
        if things == 0 {
            schema::migrate(&self.connection, 0).map_err(|error| unwritten(&error))?;
        }
        let is = version(&self.connection).map_err(|error| unwritten(&error))?;
        file::check_version(&self.path, is)?;
        if is < VERSION {
            return Err(earlier(&self.path));
        }
        for table in &TABLES {
            let sql = format!("SELECT EXISTS (SELECT 1 FROM {})", table.name);
            let some: rusqlite::Result<bool> =
                self.connection.query_row(&sql, [], |row| row.get(0));
            if some.map_err(|error| unwritten(&error))? {
                return Err(copying::not_empty());
            }
        }
        self.run(MARK)?;
        let mark = params![
            source.identity,
            shown,
            self.writer,
            source.settled,
            source.settled_others
        ];
        (self.prepare("INSERT INTO copying VALUES (?1, ?2, ?3, ?4, ?5)")?)
            .execute(mark)
            .map_err(|error| unwritten(&error))?;
        self.run(&format!("PRAGMA user_version = {COPYING}"))?;
        Ok(Claim {
            settled: source.settled,
            settled_others: source.settled_others,
            goes_on: false,
        })
    }

    /// Goes on with an unfinished copy.
    fn go_on(&self, source: &Snapshot) -> Result<Claim> {
        let sql = "SELECT identity, shown, settled, settled_others FROM copying";
        let mark = self.connection.query_row(sql, [], |row| {
            let (identity, shown): (String, String) = (row.get(0)?, row.get(1)?);
            let (settled, settled_others) = (row.get(2)?, row.get(3)?);
            let goes_on = true;
            let claim = Claim {
                settled,
                settled_others,
                goes_on,
            };
            Ok((identity, shown, claim))
        });
        let (identity, shown, claim) = mark.map_err(|error| unwritten(&error))?;
        if identity != source.identity {
            return Err(copying::copy_of_another(&shown));
        }
        (self.prepare("UPDATE copying SET writer = ?1")?)
            .execute([&self.writer])
            .map_err(|error| unwritten(&error))?;
        for table in TABLES.iter().rev() {
            if table.life == Life::Passes {
                self.run(&format!("DELETE FROM {}", table.name))?;
            }
        }
        Ok(claim)
    }
}

impl Target for FileTarget {
    fn claim(&mut self, source: &Snapshot, shown: &str) -> Result<Claim> {
        if source.identity == identity(&self.path) {
            return Err(copying::same_store());
        }
        self.whole(|target| {
            if target.has_mark()? {
                target.go_on(source)
            } else {
                target.begin(source, shown)
            }
        })
    }

    fn last(&mut self, table: &Table) -> Result<Option<i64>> {
        let key = table.columns.first().map_or("rowid", |(name, _)| name);
        let sql = format!("SELECT max({key}) FROM {}", table.name);
        (self.connection.query_row(&sql, [], |row| row.get(0))).map_err(|error| unwritten(&error))
    }

    fn takes_nul(&self) -> bool {
        true
    }

    fn put(&mut self, table: &Table, rows: &[Row]) -> Result<()> {
        let insert = format!(
            "INSERT INTO {} ({}) VALUES ({}) {}",
            table.name,
            table.names(""),
            vec!["?"; table.columns.len()].join(", "),
            table.on_conflict()
        );
        self.mine(|target| {
            let mut insert = target.prepare(&insert)?;
            for row in rows {
                insert
                    .execute(rusqlite::params_from_iter(row))
                    .map_err(|error| match error.sqlite_error_code() {
                        Some(ErrorCode::ConstraintViolation) => {
                            copying::refused(table, row, "it contradicts what is stored")
                        }
                        _ => unwritten(&error),
                    })?;
            }
            Ok(())
        })
    }

    fn finish(&mut self) -> Result<()> {
        self.mine(|target| {
            target.run("DROP TABLE copying")?;
            target.run(&format!("PRAGMA user_version = {VERSION}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_of_every_table_is_copied() {
        let store = Connection::open_in_memory().unwrap();
        schema::migrate(&store, 0).unwrap();
        let mut select = store
            .prepare(
                "SELECT t.name || '.' || c.name FROM sqlite_schema AS t
                 JOIN pragma_table_info(t.name) AS c WHERE t.type = 'table'",
            )
            .unwrap();
        let held = select.query_map([], |row| row.get::<_, String>(0)).unwrap();
        let mut held: Vec<String> = held.map(std::result::Result::unwrap).collect();
        let mut copied: Vec<String> = (TABLES.iter())
            .flat_map(|table| {
                let columns = table.columns.iter();
                columns.map(|(name, _)| format!("{}.{name}", table.name))
            })
            .collect();
        held.sort();
        copied.sort();
        assert_eq!(copied, held);
    }
}
