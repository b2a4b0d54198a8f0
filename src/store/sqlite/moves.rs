//! Moves of sessions' heads.

use rusqlite::{Connection, Error, OptionalExtension, Result, Row};

use super::super::backend::MoveQuery;
use super::super::damage::Damage;
use super::super::rows::{MoveRow, Place};
use super::problem::{bad_row, is_damage, why};
use super::scan::{Missed, Scan, Table, last_id};
use super::tags;
use crate::domain::{Flow, MessageId, MoveId, MoveKind, NumberedMove, SessionKey, Timestamp};

const COLUMNS: &str = "id, why, from_head, to_head, from_base, to_base, redo, gone, back, moved_at,
    from_floor, to_floor";

/// Visits moves.
pub(super) fn moves(
    connection: &Connection,
    damage: &mut Damage,
    query: &MoveQuery,
    visit: &mut dyn FnMut(&MoveRow) -> Flow,
) -> Result<()> {
    match query {
        MoveQuery::One(id) => {
            let mut statement =
                connection.prepare_cached(&format!("SELECT {COLUMNS} FROM moves WHERE id = ?1"))?;
            let mut rows = statement.query([id.0])?;
            let row = rows.next()?.ok_or(Error::QueryReturnedNoRows)?;
            visit(&step(row)?);
        }
        MoveQuery::Of(session, after) => {
            of_session(connection, damage, (*session, *after), visit)?;
        }
    }
    Ok(())
}

/// Visits the moves of a session behind one of them, past those that cannot be read.
///
/// They are in an index; where that or the table is damaged, all moves are looked at.
fn of_session(
    connection: &Connection,
    damage: &mut Damage,
    (session, after): (SessionKey, Option<MoveId>),
    visit: &mut dyn FnMut(&MoveRow) -> Flow,
) -> Result<()> {
    let mut after = after.map_or(0, |id| id.0);
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM moves WHERE session = ?1 AND id > ?2 ORDER BY id"
    ))?;
    let mut rows = statement.query([session.0, after])?;
    loop {
        match rows.next() {
            Ok(Some(row)) => {
                after = row.get(0)?;
                match step(row) {
                    Ok(step) if visit(&step) == Flow::Full => return Ok(()),
                    Ok(_) => {}
                    Err(error) => {
                        let why = why(&error).ok_or(error)?;
                        damage.miss_moves(after, after, why);
                    }
                }
            }
            Ok(None) => return Ok(()),
            Err(error) if is_damage(&error) => break,
            Err(error) => return Err(error),
        }
    }
    damage.blame_file();
    let rest = Scan {
        table: Table::Moves,
        sql: &format!(
            "SELECT {COLUMNS}, session FROM moves NOT INDEXED
             WHERE id >= ?1 AND id <= ?2 ORDER BY id"
        ),
        after,
        upto: last_id(connection, Table::Moves)?,
    };
    let mut miss = |missed: Missed| damage.miss_moves(missed.first, missed.last, missed.why);
    rest.run(connection, &mut miss, &mut |row| {
        if row.get::<_, i64>(12)? == session.0 {
            return Ok(visit(&step(row)?));
        }
        Ok(Flow::More)
    })?;
    Ok(())
}

/// How many moves of a session there are.
pub(super) fn count(connection: &Connection, session: SessionKey) -> Result<i64> {
    connection
        .prepare_cached("SELECT count(*) FROM moves WHERE session = ?1")?
        .query_row([session.0], |row| row.get(0))
}

/// What a move is called in every store.
pub(super) fn number(connection: &Connection, id: MoveId) -> Result<Option<NumberedMove>> {
    connection
        .prepare_cached(
            "SELECT s.uuid,
                    (SELECT count(*) FROM moves AS o WHERE o.session = m.session AND o.id <= m.id)
             FROM moves AS m JOIN sessions AS s ON s.id = m.session
             WHERE m.id = ?1",
        )?
        .query_row([id.0], |row| {
            let (session, seq) = (tags::session(row, 0)?, row.get(1)?);
            Ok(NumberedMove { session, seq })
        })
        .optional()
}

/// The move of a session that has this number.
pub(super) fn numbered(
    connection: &Connection,
    session: SessionKey,
    number: i64,
) -> Result<Option<MoveId>> {
    if number < 1 {
        return Ok(None);
    }
    connection
        .prepare_cached(
            "SELECT id FROM moves WHERE session = ?1 ORDER BY id LIMIT 1 OFFSET ?2 - 1",
        )?
        .query_row([session.0, number], |row| row.get(0).map(MoveId))
        .optional()
}

fn step(row: &Row<'_>) -> Result<MoveRow> {
    let kind = MoveKind::parse(row.get_ref(1)?.as_str()?)
        .ok_or_else(|| bad_row("a move says why it was made in a word that is not known"))?;
    Ok(MoveRow {
        id: MoveId(row.get(0)?),
        kind,
        from: place(row.get(2)?, row.get(4)?, row.get(10)?),
        to: place(row.get(3)?, row.get(5)?, row.get(11)?),
        redo: row.get::<_, Option<i64>>(6)?.map(MoveId),
        gone: row.get(7)?,
        back: row.get(8)?,
        at: Timestamp(row.get(9)?),
    })
}

fn place(head: Option<i64>, base: Option<i64>, floor: Option<i64>) -> Place {
    Place {
        head: head.map(MessageId),
        base: base.map(MoveId),
        floor: floor.map(MessageId),
    }
}
