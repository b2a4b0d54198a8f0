//! What came from other programs, and by what it is known.

use rusqlite::{Connection, OptionalExtension, Result, params};

use super::super::imported::{ImportedHead, SourceKey};
use crate::domain::{MessageId, SessionKey};

/// The message that came by this key.
pub(super) fn message(connection: &Connection, key: &SourceKey) -> Result<Option<MessageId>> {
    connection
        .prepare_cached("SELECT message FROM origins WHERE source = ?1")?
        .query_row([key], |row| Ok(MessageId(row.get(0)?)))
        .optional()
}

/// Notes the key of a message.
pub(super) fn add_origin(
    connection: &Connection,
    key: &SourceKey,
    message: MessageId,
) -> Result<()> {
    connection
        .prepare_cached("INSERT INTO origins (source, message) VALUES (?1, ?2)")?
        .execute(params![key, message.0])?;
    Ok(())
}

/// Where the last import has put the end of a session's context.
pub(super) fn head(connection: &Connection, session: SessionKey) -> Result<Option<ImportedHead>> {
    connection
        .prepare_cached("SELECT head FROM imports WHERE session = ?1")?
        .query_row([session.0], |row| {
            let head: Option<i64> = row.get(0)?;
            Ok(ImportedHead(head.map(MessageId)))
        })
        .optional()
}

/// Notes from which program a session came, and where its context's end was put.
pub(super) fn set(
    connection: &Connection,
    session: SessionKey,
    source: &str,
    head: Option<MessageId>,
) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO imports (session, source, head) VALUES (?1, ?2, ?3)
             ON CONFLICT (session) DO UPDATE SET head = ?3",
        )?
        .execute(params![session.0, source, head.map(|id| id.0)])?;
    Ok(())
}
