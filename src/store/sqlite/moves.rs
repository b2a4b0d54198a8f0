//! Moves of a session's head, and the table that they are written down in.

use rusqlite::{CachedStatement, Connection, OptionalExtension, Result, Row, params};

use super::super::{Link, Move, Place, Pointer, Redo};
use super::group::{End, Group};
use super::query;
use super::read;
use crate::domain::{Flow, MessageId, MoveId, SessionKey, Timestamp, Why};

const COLUMNS: &str = "id, why, from_head, to_head, from_base, to_base, redo, gone, back, moved_at";

impl Group {
    /// Where a session stands.
    pub fn pointer(&mut self, connection: &Connection, session: SessionKey) -> Result<Pointer> {
        // Its row holds what moves write; what messages move is written at the commit.
        let end = self.end(connection, session)?;
        let written = pointer(connection, session)?;
        Ok(Pointer {
            place: Place {
                head: end.head.map(MessageId),
                ..written.place
            },
            depth: end.depth,
            count: end.count,
            system: end.system.map(MessageId),
            ..written
        })
    }

    /// Moves a head and writes that down.
    pub fn relocate(
        &mut self,
        connection: &Connection,
        session: SessionKey,
        step: &Move,
        depth: i64,
        redo: Redo,
    ) -> Result<MoveId> {
        let last: Option<i64> = connection
            .prepare_cached("SELECT max(id) FROM moves")?
            .query_row([], |row| row.get(0))?;
        let id = MoveId(last.unwrap_or(0) + 1);
        let base = match step.why {
            Why::Clear => Some(id),
            _ => step.to.base,
        };
        connection
            .prepare_cached(
                "INSERT INTO moves
                 (id, session, why, from_head, to_head, from_base, to_base, redo, gone, back,
                  moved_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?
            .execute(params![
                id.0,
                session.0,
                step.why.word(),
                step.from.head.map(|id| id.0),
                step.to.head.map(|id| id.0),
                step.from.base.map(|id| id.0),
                base.map(|id| id.0),
                step.redo.map(|id| id.0),
                step.gone,
                step.back,
                step.at.0
            ])?;
        let redo = match redo {
            Redo::Itself => Some(id),
            Redo::Earlier(earlier) => earlier,
        };
        connection
            .prepare_cached("UPDATE sessions SET base = ?2, redo = ?3 WHERE id = ?1")?
            .execute(params![session.0, base.map(|id| id.0), redo.map(|id| id.0)])?;
        let end = self.end(connection, session)?;
        let head = step.to.head.map(|id| id.0);
        self.move_end(session, End { head, depth, ..end });
        Ok(id)
    }
}

/// Where a session's row says that it stands.
pub fn pointer(connection: &Connection, session: SessionKey) -> Result<Pointer> {
    connection
        .prepare_cached(
            "SELECT head, base, depth, count, system, redo FROM sessions WHERE id = ?1",
        )?
        .query_row([session.0], |row| {
            Ok(Pointer {
                place: place(row.get(0)?, row.get(1)?),
                depth: row.get(2)?,
                count: row.get(3)?,
                system: row.get::<_, Option<i64>>(4)?.map(MessageId),
                redo: row.get::<_, Option<i64>>(5)?.map(MoveId),
            })
        })
}

/// A move that was made.
pub fn made(connection: &Connection, id: MoveId) -> Result<Move> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM moves WHERE id = ?1"))?
        .query_row([id.0], |row| step(row).map(|(_, step)| step))
}

/// The moves of a session after `after`, in order, until `visit` has enough.
pub fn list(
    connection: &Connection,
    session: SessionKey,
    after: Option<MoveId>,
    visit: &mut dyn FnMut(MoveId, &Move) -> Flow,
) -> Result<()> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM moves WHERE session = ?1 AND id > ?2 ORDER BY id"
    ))?;
    let mut rows = statement.query([session.0, after.map_or(0, |id| id.0)])?;
    while let Some(row) = rows.next()? {
        let (id, step) = step(row)?;
        if visit(id, &step) == Flow::Full {
            break;
        }
    }
    Ok(())
}

fn step(row: &Row<'_>) -> Result<(MoveId, Move)> {
    let why = Why::parse(row.get_ref(1)?.as_str()?).ok_or(rusqlite::Error::InvalidQuery)?;
    let step = Move {
        why,
        from: place(row.get(2)?, row.get(4)?),
        to: place(row.get(3)?, row.get(5)?),
        redo: row.get::<_, Option<i64>>(6)?.map(MoveId),
        gone: row.get(7)?,
        back: row.get(8)?,
        at: Timestamp(row.get(9)?),
    };
    Ok((MoveId(row.get(0)?), step))
}

fn place(head: Option<i64>, base: Option<i64>) -> Place {
    Place {
        head: head.map(MessageId),
        base: base.map(MoveId),
    }
}

/// What a message is linked to.
pub fn link(connection: &Connection, id: MessageId) -> Result<Option<Link>> {
    let mut statement = connection.prepare_cached(
        "SELECT session, role, parent, depth, system, oldest, previous FROM messages WHERE id = ?1",
    )?;
    let found = statement.query_row([id.0], |row| {
        let older = |column| {
            let before = query::older(id.0, row.get(column)?)?;
            Ok::<_, rusqlite::Error>(before.map(MessageId))
        };
        let depth: Option<i64> = row.get(3)?;
        let link = Link {
            session: SessionKey(row.get(0)?),
            role: read::role(row.get(1)?),
            parent: older(2)?,
            depth: depth.unwrap_or(0),
            system: older(4)?,
            oldest: older(5)?,
            previous: older(6)?,
        };
        Ok((link, depth.is_none()))
    });
    let Some((mut link, is_unknown)) = found.optional()? else {
        return Ok(None);
    };
    if is_unknown {
        link.depth = counted(connection, id.0)?;
    }
    Ok(Some(link))
}

/// Counts a context down to the first message that knows its place: those
/// written before schema 3 do not.
pub fn counted(connection: &Connection, head: i64) -> Result<i64> {
    let mut statement: CachedStatement<'_> =
        connection.prepare_cached("SELECT parent, depth FROM messages WHERE id = ?1")?;
    let (mut next, mut count) = (Some(head), 0);
    while let Some(id) = next {
        let (parent, depth): (Option<i64>, Option<i64>) =
            statement.query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if let Some(depth) = depth {
            return Ok(count + depth);
        }
        (next, count) = (query::older(id, parent)?, count + 1);
    }
    Ok(count)
}
