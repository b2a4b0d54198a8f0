//! Moves of sessions' heads.

use tokio_postgres::Row;
use tokio_postgres::types::Type;

use super::super::Result;
use super::super::backend::MoveQuery;
use super::super::rows::{MoveRow, Place};
use super::client::Value;
use super::handle::Handle;
use super::missing;
use crate::domain::{
    Flow, MessageId, MoveId, MoveKind, NumberedMove, SessionId, SessionKey, Timestamp,
};

const COLUMNS: &str = "id, why, from_head, to_head, from_base, to_base, redo, gone, back, moved_at,
    from_floor, to_floor";

/// How many moves a page has.
const PAGE: i64 = 500;

/// The id of the next move.
pub(super) fn next(handle: &mut Handle) -> Result<MoveId> {
    let rows = handle.rows("SELECT nextval('saylog.move_ids'::regclass)", &[])?;
    Ok(MoveId(rows.first().map_or(0, |row| row.get(0))))
}

/// Visits moves.
pub(super) fn visit(
    handle: &mut Handle,
    query: &MoveQuery,
    visit: &mut dyn FnMut(&MoveRow) -> Flow,
) -> Result<()> {
    let (session, mut after) = match query {
        MoveQuery::One(id) => {
            let sql = format!("SELECT {COLUMNS} FROM saylog.moves WHERE id = $1");
            let rows = handle.rows(&sql, &[(&id.0, Type::INT8)])?;
            visit(&step(rows.first().ok_or_else(missing)?)?);
            return Ok(());
        }
        MoveQuery::Of(session, after) => (session.0, after.map_or(0, |id| id.0)),
    };
    let sql = format!(
        "SELECT {COLUMNS} FROM saylog.moves WHERE session = $1 AND id > $2 ORDER BY id LIMIT $3"
    );
    loop {
        let values: [Value<'_>; 3] = [
            (&session, Type::INT8),
            (&after, Type::INT8),
            (&PAGE, Type::INT8),
        ];
        let rows = handle.rows(&sql, &values)?;
        for row in &rows {
            let step = step(row)?;
            after = step.id.0;
            if visit(&step) == Flow::Full {
                return Ok(());
            }
        }
        if rows.is_empty() {
            return Ok(());
        }
    }
}

/// How many moves of a session there are.
pub(super) fn count(handle: &mut Handle, session: SessionKey) -> Result<i64> {
    let sql = "SELECT count(*) FROM saylog.moves WHERE session = $1";
    let rows = handle.rows(sql, &[(&session.0, Type::INT8)])?;
    Ok(rows.first().map_or(0, |row| row.get(0)))
}

/// What a move is called in every store.
pub(super) fn number(handle: &mut Handle, id: MoveId) -> Result<Option<NumberedMove>> {
    let rows = handle.rows(
        "SELECT s.uuid::text,
                (SELECT count(*) FROM saylog.moves AS o
                 WHERE o.session = m.session AND o.id <= m.id)
         FROM saylog.moves AS m JOIN saylog.sessions AS s ON s.id = m.session
         WHERE m.id = $1",
        &[(&id.0, Type::INT8)],
    )?;
    Ok(rows.first().and_then(|row| {
        let session = SessionId::parse(row.get(0))?;
        let seq = row.get(1);
        Some(NumberedMove { session, seq })
    }))
}

/// The move of a session that has this number.
pub(super) fn numbered(
    handle: &mut Handle,
    session: SessionKey,
    number: i64,
) -> Result<Option<MoveId>> {
    if number < 1 {
        return Ok(None);
    }
    let before = number - 1;
    let rows = handle.rows(
        "SELECT id FROM saylog.moves WHERE session = $1 ORDER BY id LIMIT 1 OFFSET $2",
        &[(&session.0, Type::INT8), (&before, Type::INT8)],
    )?;
    Ok(rows.first().map(|row| MoveId(row.get(0))))
}

fn step(row: &Row) -> Result<MoveRow> {
    let kind = MoveKind::parse(row.get(1)).ok_or_else(missing)?;
    let place = |head: usize, base: usize, floor: usize| Place {
        head: row.get::<_, Option<i64>>(head).map(MessageId),
        base: row.get::<_, Option<i64>>(base).map(MoveId),
        floor: row.get::<_, Option<i64>>(floor).map(MessageId),
    };
    Ok(MoveRow {
        id: MoveId(row.get(0)),
        kind,
        from: place(2, 4, 10),
        to: place(3, 5, 11),
        redo: row.get::<_, Option<i64>>(6).map(MoveId),
        gone: row.get(7),
        back: row.get(8),
        at: Timestamp(row.get(9)),
    })
}
