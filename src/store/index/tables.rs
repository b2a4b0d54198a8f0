//! The tables of an index, and how far it goes.

use std::thread;
use std::time::Duration;

use rusqlite::types::Type;
use rusqlite::{Connection, Error, ErrorCode, OptionalExtension, Result, Row, params};

use super::super::sqlite::is_damage;
use crate::domain::{Message, MessageId, SessionId};

/// Marks a file as an index of ours in its header: `sayi`.
const APPLICATION_ID: u32 = 0x7361_7969;

/// The version of the tables and of the terms in them: an index of any other one is
/// made anew.
const VERSION: u32 = 4;

/// `detail=none`: only which messages have a term, in half the room. `_` is in terms;
/// all other characters of ASCII that are no letters or digits end them.
const TABLES: &str = r#"
    CREATE TABLE facts (
        one           INTEGER PRIMARY KEY CHECK (one = 1),
        upto          INTEGER NOT NULL,  -- the newest message that was indexed
        first_id      INTEGER,           -- by these the log is known again:
        first_at      INTEGER,           -- the first message of all,
        first_session TEXT,
        last_id       INTEGER,           -- and the last one that was indexed
        last_at       INTEGER,
        last_session  TEXT
    ) STRICT;
    INSERT INTO facts (one, upto) VALUES (1, 0);

    -- The times of 1,024 ids each, by which people look for messages.
    CREATE TABLE blocks (
        block  INTEGER PRIMARY KEY,      -- id / 1024
        min_at INTEGER NOT NULL,         -- milliseconds since 1970, UTC
        max_at INTEGER NOT NULL
    ) STRICT;

    -- Runs of ids that could not be read, and are in no other table.
    CREATE TABLE missed (
        first INTEGER PRIMARY KEY,
        last  INTEGER NOT NULL
    ) STRICT;

    CREATE VIRTUAL TABLE terms USING fts5(
        entry, content='', detail=none, tokenize="ascii tokenchars '_'");
    -- Parts are merged when there are 16 of a size, the most there may be: to merge them
    -- four at a time, as usual, costs a fifth more while an index is made.
    INSERT INTO terms (terms, rank) VALUES ('automerge', 16);
"#;

/// What an index knows of its log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Known {
    /// The newest message that was indexed; 0 if none was.
    pub(super) upto: MessageId,
    /// The first message of the log.
    pub(super) first: Option<Mark>,
    /// The last message that was indexed and could be read.
    pub(super) last: Option<Mark>,
}

/// A message by which a log is known again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) id: MessageId,
    at: i64,
    session: SessionId,
}

impl Mark {
    /// The mark of a message.
    pub(super) fn of(message: &Message<'_>) -> Self {
        Self {
            id: message.id,
            at: message.created_at.0,
            session: message.session,
        }
    }
}

/// How often it is looked again whether tables are ours that another process makes
/// meanwhile: SQLite itself looks twice. It takes that process a few milliseconds.
const LOOKS: usize = 1000;

/// Whether the file is an index of this version, with all its tables.
pub(super) fn are_ours(connection: &Connection) -> Result<bool> {
    for _ in 1..LOOKS {
        match look(connection) {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::SchemaChanged) => {
                thread::sleep(Duration::from_millis(1));
            }
            looked => return looked,
        }
    }
    look(connection)
}

fn look(connection: &Connection) -> Result<bool> {
    let number = |pragma| connection.query_row(pragma, [], |row| row.get::<_, i64>(0));
    let seen = number("PRAGMA application_id")
        .and_then(|id| Ok((id, number("PRAGMA user_version")?)))
        .and_then(|header| {
            let sql = "SELECT count(*) FROM sqlite_schema
                       WHERE name IN ('facts', 'blocks', 'missed', 'terms', 'terms_docsize')";
            Ok((header, number(sql)?, known(connection)?))
        });
    match seen {
        Ok((header, tables, _)) => {
            Ok(header == (APPLICATION_ID.into(), VERSION.into()) && tables == 5)
        }
        Err(error) if is_useless(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Whether nothing can be made of a file with such a failure but a new index: it is
/// damaged, or its tables are others.
pub(super) fn is_useless(error: &Error) -> bool {
    is_damage(error)
        || matches!(
            error.sqlite_error_code(),
            // A statement that does not fit the tables.
            Some(ErrorCode::NotADatabase | ErrorCode::Unknown)
        )
        || matches!(
            error,
            Error::SqlInputError { .. }
                | Error::QueryReturnedNoRows
                | Error::InvalidColumnType(..)
                | Error::FromSqlConversionFailure(..)
                | Error::Utf8Error(..)
        )
}

/// Makes the tables. The caller holds a write transaction.
pub(super) fn create(connection: &Connection) -> Result<()> {
    connection.execute_batch(TABLES)?;
    connection.pragma_update(None, "user_version", VERSION)?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)
}

/// What the index knows of its log.
pub(super) fn known(connection: &Connection) -> Result<Known> {
    connection
        .prepare_cached(
            "SELECT upto, first_id, first_at, first_session, last_id, last_at, last_session
             FROM facts WHERE one = 1",
        )?
        .query_row([], |row| {
            Ok(Known {
                upto: MessageId(row.get(0)?),
                first: mark(row, 1)?,
                last: mark(row, 4)?,
            })
        })
}

/// The mark that stands in three columns, if one does.
fn mark(row: &Row<'_>, from: usize) -> Result<Option<Mark>> {
    let Some(id) = row.get(from)? else {
        return Ok(None);
    };
    let session: String = row.get(from + 2)?;
    let no_id = || Error::InvalidColumnType(from + 2, String::new(), Type::Text);
    Ok(Some(Mark {
        id: MessageId(id),
        at: row.get(from + 1)?,
        session: SessionId::parse(&session).ok_or_else(no_id)?,
    }))
}

/// Writes down how far the index goes now.
pub(super) fn set_known(connection: &Connection, known: &Known) -> Result<()> {
    let id = |mark: Option<Mark>| mark.map(|mark| mark.id.0);
    let at = |mark: Option<Mark>| mark.map(|mark| mark.at);
    let session = |mark: Option<Mark>| mark.map(|mark| mark.session.to_string());
    connection
        .prepare_cached(
            "UPDATE facts SET upto = ?1, first_id = ?2, first_at = ?3, first_session = ?4,
                              last_id = ?5, last_at = ?6, last_session = ?7",
        )?
        .execute(params![
            known.upto.0,
            id(known.first),
            at(known.first),
            session(known.first),
            id(known.last),
            at(known.last),
            session(known.last),
        ])?;
    Ok(())
}

/// Writes down that messages could not be read.
pub(super) fn miss(connection: &Connection, first: MessageId, last: MessageId) -> Result<()> {
    connection
        .prepare_cached("INSERT INTO missed (first, last) VALUES (?1, ?2)")?
        .execute([first.0, last.0])?;
    Ok(())
}

/// The next run behind `after` of messages that could not be read.
pub(super) fn next_missed(
    connection: &Connection,
    after: MessageId,
) -> Result<Option<(MessageId, MessageId)>> {
    connection
        .prepare_cached("SELECT first, last FROM missed WHERE first > ?1 ORDER BY first LIMIT 1")?
        .query_row([after.0], |row| {
            Ok((MessageId(row.get(0)?), MessageId(row.get(1)?)))
        })
        .optional()
}
