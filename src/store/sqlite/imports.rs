//! What came from other programs, and by what it is known.

use rusqlite::{Connection, OptionalExtension, Result, params};

use super::super::backend::Backend;
use super::super::codes;
use super::super::imported::{FoundImport, Sought, Standing};
use super::super::record::Import;
use super::{Sqlite, tags};
use crate::domain::{MessageId, SessionKey, SourceKey, is_same_text};

/// The message that came by this key.
pub(super) fn message(connection: &Connection, key: &SourceKey) -> Result<Option<MessageId>> {
    connection
        .prepare_cached("SELECT message FROM origins WHERE source = ?1")?
        .query_row([key], |row| Ok(MessageId(row.get(0)?)))
        .optional()
}

/// Those of these messages that are here, and where they stand: one look for each.
pub(super) fn find(store: &mut Sqlite, sought: &[Sought<'_>]) -> super::Result<Vec<FoundImport>> {
    let mut found = Vec::new();
    for (place, one) in sought.iter().enumerate() {
        let looked = look(&store.connection, one);
        let Some((id, depth, is_other)) = store.checked(looked)? else {
            continue;
        };
        let standing = match depth {
            Some(depth) => Standing {
                last: Some(id),
                depth,
            },
            None => store.standing(id)?,
        };
        found.push(FoundImport {
            place,
            id,
            standing,
            is_other,
        });
    }
    Ok(found)
}

/// The message that came by a key, how deep in its context it is if it is in one, and whether
/// it says something else than is sought.
fn look(
    connection: &Connection,
    sought: &Sought<'_>,
) -> Result<Option<(MessageId, Option<i64>, bool)>> {
    connection
        .prepare_cached(
            "SELECT o.message, m.depth, m.role, m.content
             FROM origins AS o LEFT JOIN messages AS m ON m.id = o.message WHERE o.source = ?1",
        )?
        .query_row([sought.key], |row| {
            let here = match (row.get::<_, Option<i64>>(2)?, tags::shown(row, 3)?) {
                (Some(role), Some(content)) => Some((codes::role(role), content)),
                // It is gone.
                _ => None,
            };
            let is_other = here.zip(sought.said).is_some_and(|(here, said)| {
                here.0 != Some(said.0) || !is_same_text(&here.1, said.1)
            });
            Ok((MessageId(row.get(0)?), row.get(1)?, is_other))
        })
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

/// Whether a message came from another program, and not from saylog.
pub(super) fn has_origin(connection: &Connection, message: i64) -> Result<bool> {
    connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM origins
                     WHERE message = ?1 AND substr(hex(source), 13, 1) = '5')",
        )?
        .query_row([message], |row| row.get(0))
}

/// Notes that a session went on apart from the one that it is a fork of, behind a message.
pub(super) fn set_branch(
    connection: &Connection,
    session: SessionKey,
    source: &str,
    behind: MessageId,
) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO imports (session, source, behind) VALUES (?1, ?2, ?3)
             ON CONFLICT (session) DO UPDATE SET behind = ?3",
        )?
        .execute(params![session.0, source, behind.0])?;
    Ok(())
}

/// Notes who answered in a session on another machine.
pub(super) fn set_model(
    connection: &Connection,
    session: SessionKey,
    source: &str,
    model: &str,
) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO imports (session, source, model) VALUES (?1, ?2, ?3)
             ON CONFLICT (session) DO UPDATE SET model = ?3",
        )?
        .execute(params![session.0, source, model])?;
    Ok(())
}

/// Notes that messages of a session have other numbers than where they were said.
pub(super) fn renumber(connection: &Connection, session: SessionKey, source: &str) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO imports (session, source, is_renumbered) VALUES (?1, ?2, 1)
             ON CONFLICT (session) DO UPDATE SET is_renumbered = 1",
        )?
        .execute(params![session.0, source])?;
    Ok(())
}

/// Notes that some of a session came from saylog itself.
pub(super) fn mix(connection: &Connection, session: SessionKey) -> Result<()> {
    connection
        .prepare_cached("UPDATE imports SET is_mixed = 1 WHERE session = ?1")?
        .execute([session.0])?;
    Ok(())
}

/// From where a session came, if it did.
pub(super) fn of(connection: &Connection, session: SessionKey) -> Result<Option<Import>> {
    connection
        .prepare_cached(
            "SELECT source, head, behind, is_mixed, model, is_renumbered FROM imports WHERE session = ?1",
        )?
        .query_row([session.0], |row| {
            Ok(Import {
                source: tags::text(row, 0)?.unwrap_or_default(),
                head: row.get::<_, Option<i64>>(1)?.map(MessageId),
                behind: row.get::<_, Option<i64>>(2)?.map(MessageId),
                is_mixed: row.get(3)?,
                model: tags::text(row, 4)?,
                is_renumbered: row.get(5)?,
            })
        })
        .optional()
}

/// The sessions that went on apart from another one behind this message of it.
pub(super) fn branches(
    connection: &Connection,
    session: SessionKey,
    behind: MessageId,
) -> Result<Vec<SessionKey>> {
    let mut statement = connection.prepare_cached(
        "SELECT i.session FROM imports AS i JOIN sessions AS s ON s.id = i.session
         WHERE i.behind = ?1 AND s.origin = ?2 ORDER BY i.session",
    )?;
    let keys = statement.query_map([behind.0, session.0], |row| row.get(0).map(SessionKey))?;
    keys.collect()
}
