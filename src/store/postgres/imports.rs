//! What came from other programs, and by what it is known.

use tokio_postgres::types::Type;

use super::super::Result;
use super::super::record::Import;
use super::client::Value;
use super::handle::Handle;
use crate::domain::{MessageId, SessionKey, SourceKey};

/// The message that came by this key.
pub(super) fn message(handle: &mut Handle, key: &SourceKey) -> Result<Option<MessageId>> {
    let rows = handle.rows(
        "SELECT message FROM saylog.origins WHERE source = $1",
        &[(&key.as_slice(), Type::BYTEA)],
    )?;
    Ok(rows.first().map(|row| MessageId(row.get(0))))
}

/// Notes something of where a session came from, which was that program if nothing was
/// known.
pub(super) fn set(
    handle: &mut Handle,
    session: SessionKey,
    source: &str,
    column: Noted,
    value: Value<'_>,
) -> Result<()> {
    let column = column.name();
    let sql = format!(
        "INSERT INTO saylog.imports (session, source, {column}) VALUES ($1, $2, $3)
         ON CONFLICT (session) DO UPDATE SET {column} = $3"
    );
    let values = [
        (&session.0 as _, Type::INT8),
        (&source as _, Type::TEXT),
        value,
    ];
    handle.rows(&sql, &values)?;
    Ok(())
}

/// What can be noted of where a session came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Noted {
    Head,
    Behind,
    Model,
    IsRenumbered,
}

impl Noted {
    /// Its column.
    fn name(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Behind => "behind",
            Self::Model => "model",
            Self::IsRenumbered => "is_renumbered",
        }
    }
}

/// Notes that some of a session came from saylog itself.
pub(super) fn mix(handle: &mut Handle, session: SessionKey) -> Result<()> {
    let sql = "UPDATE saylog.imports SET is_mixed = true WHERE session = $1";
    handle.rows(sql, &[(&session.0, Type::INT8)])?;
    Ok(())
}

/// From where a session came, if it did.
pub(super) fn of(handle: &mut Handle, session: SessionKey) -> Result<Option<Import>> {
    let rows = handle.rows(
        "SELECT source, head, behind, is_mixed, model, is_renumbered
         FROM saylog.imports WHERE session = $1",
        &[(&session.0, Type::INT8)],
    )?;
    Ok(rows.first().map(|row| Import {
        source: row.get(0),
        head: row.get::<_, Option<i64>>(1).map(MessageId),
        behind: row.get::<_, Option<i64>>(2).map(MessageId),
        is_mixed: row.get(3),
        model: row.get(4),
        is_renumbered: row.get(5),
    }))
}

/// The sessions that went on apart from another one behind this message of it.
pub(super) fn branches(
    handle: &mut Handle,
    session: SessionKey,
    behind: MessageId,
) -> Result<Vec<SessionKey>> {
    let rows = handle.rows(
        "SELECT i.session FROM saylog.imports AS i
         JOIN saylog.sessions AS s ON s.id = i.session
         WHERE i.behind = $1 AND s.origin = $2 ORDER BY i.session",
        &[(&behind.0, Type::INT8), (&session.0, Type::INT8)],
    )?;
    Ok(rows.iter().map(|row| SessionKey(row.get(0))).collect())
}
