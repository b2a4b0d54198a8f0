//! A move that a group adds.

use tokio_postgres::types::Type;

use super::super::rows::MoveRow;
use super::client::Value;
use crate::domain::SessionKey;

/// Adds a move.
pub(super) const ADD_MOVE: &str = "INSERT INTO saylog.moves
        (id, session, why, from_head, to_head, from_base, to_base, from_floor, to_floor, redo,
         gone, back, moved_at, nonce)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";

/// A move, as it is bound.
pub(super) struct AddedMove {
    why: &'static str,
    numbers: [Option<i64>; 12],
}

impl AddedMove {
    /// A move of a session.
    pub(super) fn of((session, row): &(SessionKey, MoveRow)) -> Self {
        Self {
            why: row.kind.word(),
            numbers: [
                Some(row.id.0),
                Some(session.0),
                row.from.head.map(|id| id.0),
                row.to.head.map(|id| id.0),
                row.from.base.map(|id| id.0),
                row.to.base.map(|id| id.0),
                row.from.floor.map(|id| id.0),
                row.to.floor.map(|id| id.0),
                row.redo.map(|id| id.0),
                Some(row.gone),
                Some(row.back),
                Some(row.at.0),
            ],
        }
    }

    /// The values of [`ADD_MOVE`].
    pub(super) fn values<'a>(&'a self, nonce: &'a i64) -> [Value<'a>; 14] {
        let number = |at: usize| -> Value<'a> { (&self.numbers[at], Type::INT8) };
        [
            number(0),
            number(1),
            (&self.why, Type::TEXT),
            number(2),
            number(3),
            number(4),
            number(5),
            number(6),
            number(7),
            number(8),
            number(9),
            number(10),
            number(11),
            (nonce, Type::INT8),
        ]
    }
}
