//! Moves of sessions' heads.

use rusqlite::{Connection, Error, Result, Row};

use super::super::backend::MoveQuery;
use super::super::rows::{MoveRow, Place};
use super::problem::bad_row;
use crate::domain::{Flow, MessageId, MoveId, MoveKind, Timestamp};

const COLUMNS: &str = "id, why, from_head, to_head, from_base, to_base, redo, gone, back, moved_at,
    from_floor, to_floor";

/// Visits moves.
pub(super) fn moves(
    connection: &Connection,
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
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM moves WHERE session = ?1 AND id > ?2 ORDER BY id"
            ))?;
            let mut rows = statement.query([session.0, after.map_or(0, |id| id.0)])?;
            while let Some(row) = rows.next()? {
                if visit(&step(row)?) == Flow::Full {
                    break;
                }
            }
        }
    }
    Ok(())
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
