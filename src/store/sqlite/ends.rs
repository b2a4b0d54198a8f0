//! Ends: of single sessions, and of the log.

use rusqlite::{Connection, OptionalExtension, Result, Row};

use super::super::backend::{Along, Newest};
use super::super::damage::Damage;
use super::super::rows::{End, Link, Place};
use super::chain::chain;
use super::problem::{bad_row, is_damage, of_message};
use super::scan::{Scan, Table, last_id};
use crate::domain::{Flow, MessageId, MoveId, SessionKey, Timestamp};

/// The columns of an end, in the order that [`read`] reads them.
///
/// The messages tell the counts, not the session's own row: an earlier release that still
/// runs does not keep that. Only where a summary has been put below the last message since
/// does that one count another context.
pub(super) const END_COLUMNS: &str =
    "s.head, s.base, iif(h.floor IS s.floor, h.depth, s.depth), s.last,
     coalesce(l.seq, 0), s.system, s.redo,
     s.words IS NOT NULL, s.touched, coalesce(l.said_at, l.created_at, s.touched_at), s.floor,
     h.id IS NULL";

/// The tables that these are of.
pub(super) const END_TABLES: &str = "sessions AS s
     LEFT JOIN messages AS h ON h.id = s.head
     LEFT JOIN messages AS l ON l.id = s.last";

/// Where a session stands.
pub(super) fn end(connection: &Connection, session: SessionKey) -> Result<End> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {END_COLUMNS} FROM {END_TABLES} WHERE s.id = ?1"
    ))?;
    statement.query_row([session.0], |row| read(connection, row, 0))
}

/// Where a session stands that has these columns, from `at` on.
pub(super) fn read(connection: &Connection, row: &Row<'_>, at: usize) -> Result<End> {
    let message = |column| {
        let id: Option<i64> = row.get(at + column)?;
        Ok::<_, rusqlite::Error>(id.map(MessageId))
    };
    let move_id = |column| {
        let id: Option<i64> = row.get(at + column)?;
        Ok::<_, rusqlite::Error>(id.map(MoveId))
    };
    let depth: Option<i64> = row.get(at + 2)?;
    let end = End {
        place: Place {
            head: message(0)?,
            base: move_id(1)?,
            floor: message(10)?,
        },
        depth: depth.unwrap_or(0),
        last: message(3)?,
        count: row.get(at + 4)?,
        system: message(5)?,
        redo: move_id(6)?,
        has_preview: row.get(at + 7)?,
        touched: MessageId(row.get(at + 8)?),
        touched_at: Timestamp(row.get(at + 9)?),
    };
    if row.get::<_, bool>(at + 11)?
        && let Some(head) = end.place.head
    {
        return Err(of_message(head, bad_row("it is not there")));
    }
    match (end.place.head, depth) {
        (Some(head), None) => Ok(End {
            depth: counted(connection, head)?,
            ..end
        }),
        _ => Ok(end),
    }
}

/// Counts a context down to the first message that knows its place: those
/// written before schema 3 do not.
fn counted(connection: &Connection, head: MessageId) -> Result<i64> {
    let mut count = 0;
    let mut visit = |link: &Link| {
        count += link.depth.unwrap_or(1);
        if link.depth.is_some() {
            Flow::Full
        } else {
            Flow::More
        }
    };
    let mut unused = Damage::default();
    chain(connection, &mut unused, head, Along::Context, &mut visit)?;
    Ok(count)
}

/// The newest message.
pub(super) fn newest(connection: &Connection) -> Result<Newest> {
    let newest = connection
        .prepare_cached("SELECT id, created_at FROM messages ORDER BY id DESC LIMIT 1")?
        .query_row([], |row| {
            Ok(Newest {
                id: MessageId(row.get(0)?),
                at: Timestamp(row.get(1)?),
            })
        })
        .optional()?;
    Ok(newest.unwrap_or(Newest::NONE))
}

/// The message behind which exactly so many come, up to `upto`; none if there are no
/// more. Where a page on the way is damaged, it is found by counting: ids have no gaps.
pub(super) fn behind_newest(
    connection: &Connection,
    upto: MessageId,
    count: u64,
) -> Result<Option<MessageId>> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    if count >= upto.0 {
        return Ok(None);
    }
    let found = connection
        .prepare_cached(
            "SELECT id FROM messages WHERE id <= ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2",
        )?
        .query_row([upto.0, count], |row| row.get(0).map(MessageId))
        .optional();
    match found {
        // The end of the log is not known then: all that can be read is newer.
        Err(error) if is_damage(&error) && upto.0 == i64::MAX => Ok(None),
        Err(error) if is_damage(&error) => Ok(Some(MessageId(upto.0 - count))),
        found => found,
    }
}

/// The newest message that a session names, where the newest cannot be read
/// itself; if nobody can tell, the largest id there can be.
pub(super) fn newest_named(connection: &Connection) -> Result<MessageId> {
    let ends = Scan {
        table: Table::Sessions,
        sql: "SELECT id, max(coalesce(last, 0), coalesce(head, 0)) FROM sessions
              WHERE id >= ?1 AND id <= ?2 ORDER BY id",
        after: 0,
        upto: last_id(connection, Table::Sessions)?,
    };
    let mut newest = 0;
    ends.run(connection, &mut |_| {}, &mut |row| {
        newest = i64::max(newest, row.get(1)?);
        Ok(Flow::More)
    })?;
    Ok(MessageId(if newest == 0 { i64::MAX } else { newest }))
}
