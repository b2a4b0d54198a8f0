//! What came from other programs, and by what it is known.

use tokio_postgres::types::Type;

use super::super::Result;
use super::super::codes;
use super::super::imported::{FoundImport, Sought, Standing};
use super::super::record::Import;
use super::client::Value;
use super::handle::Handle;
use super::missing;
use crate::domain::{MessageId, SessionKey, SourceKey};

/// The message that came by this key.
pub(super) fn message(handle: &mut Handle, key: &SourceKey) -> Result<Option<MessageId>> {
    let rows = handle.rows(
        "SELECT message FROM saylog.origins WHERE source = $1",
        &[(&key.as_slice(), Type::BYTEA)],
    )?;
    Ok(rows.first().map(|row| MessageId(row.get(0))))
}

/// Those of these messages that are here, and where they stand. What follows a system prompt,
/// which is in no context, follows what that follows. A text that has another length than the
/// one that it is compared with is another one, and does not travel.
pub(super) fn messages(handle: &mut Handle, sought: &[Sought<'_>]) -> Result<Vec<FoundImport>> {
    let keys: Vec<&[u8]> = sought.iter().map(|one| one.key.as_slice()).collect();
    let said = sought.iter().map(|one| match one.said {
        Some((role, content)) => {
            let bytes = i64::try_from(content.len()).unwrap_or(-1);
            (codes::of_role(role), bytes)
        }
        None => (-1, -1),
    });
    let (roles, lengths): (Vec<i16>, Vec<i64>) = said.unzip();
    let rows = handle.rows(
        // One by one through the indexes, whatever the server knows of how many there are.
        "SELECT n.place, m.id, CASE WHEN m.depth IS NULL THEN m.parent ELSE m.id END,
                coalesce(m.depth, p.depth, 0),
                CASE WHEN m.role = n.role AND octet_length(m.content) = n.bytes
                     THEN m.content END
         FROM unnest($1::bytea[], $2::smallint[], $3::bigint[])
              WITH ORDINALITY AS n (source, role, bytes, place)
         CROSS JOIN LATERAL (SELECT t.message FROM saylog.origins AS t
                             WHERE t.source = n.source LIMIT 1) AS o
         CROSS JOIN LATERAL (SELECT t.id, t.depth, t.parent, t.role, t.content
                             FROM saylog.messages AS t WHERE t.id = o.message LIMIT 1) AS m
         LEFT JOIN LATERAL (SELECT t.depth FROM saylog.messages AS t
                            WHERE t.id = m.parent AND m.depth IS NULL LIMIT 1) AS p ON true",
        &[
            (&keys, Type::BYTEA_ARRAY),
            (&roles, Type::INT2_ARRAY),
            (&lengths, Type::INT8_ARRAY),
        ],
    )?;
    let found = rows.iter().map(|row| {
        let place = usize::try_from(row.get::<_, i64>(0)).unwrap_or(0);
        let place = place.checked_sub(1).ok_or_else(missing)?;
        let said = sought.get(place).ok_or_else(missing)?.said;
        let here: Option<&str> = row.get(4);
        Ok(FoundImport {
            place,
            id: MessageId(row.get(1)),
            standing: Standing {
                last: row.get::<_, Option<i64>>(2).map(MessageId),
                depth: row.get(3),
            },
            is_other: said.is_some_and(|(_, content)| here != Some(content)),
        })
    });
    found.collect()
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
    Behind,
    Model,
    IsRenumbered,
}

impl Noted {
    /// Its column.
    fn name(self) -> &'static str {
        match self {
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
    let found = of_all(handle, &[session])?.pop();
    Ok(found.map(|(_, import)| import))
}

/// The same for several sessions.
pub(super) fn of_all(
    handle: &mut Handle,
    sessions: &[SessionKey],
) -> Result<Vec<(SessionKey, Import)>> {
    let sessions: Vec<i64> = sessions.iter().map(|session| session.0).collect();
    let rows = handle.rows(
        "SELECT session, source, head, behind, is_mixed, model, is_renumbered
         FROM saylog.imports WHERE session = ANY($1)",
        &[(&sessions, Type::INT8_ARRAY)],
    )?;
    let found = rows.iter().map(|row| {
        let import = Import {
            source: row.get(1),
            head: row.get::<_, Option<i64>>(2).map(MessageId),
            behind: row.get::<_, Option<i64>>(3).map(MessageId),
            is_mixed: row.get(4),
            model: row.get(5),
            is_renumbered: row.get(6),
        };
        (SessionKey(row.get(0)), import)
    });
    Ok(found.collect())
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
