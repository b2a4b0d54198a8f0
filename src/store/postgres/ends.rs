//! Where sessions stand: read, locked and moved.

use std::collections::BTreeMap;

use tokio_postgres::Row;
use tokio_postgres::types::Type;

use super::super::rows::{End, Place};
use super::client::Value;
use crate::domain::{MessageId, MoveId, SessionKey, Timestamp};

/// The columns of an end, in the order that [`read`] reads them.
pub(super) const END_COLUMNS: &str = "s.id, s.head, s.base, s.floor, s.depth, s.last, s.count,
    s.system, s.redo, s.words IS NOT NULL, s.touched, s.touched_at";

/// How many these are.
pub(super) const END_WIDTH: usize = 12;

/// Reads an end that has these columns, from `at` on.
pub(super) fn read(row: &Row, at: usize) -> (SessionKey, End) {
    let message = |column: usize| row.get::<_, Option<i64>>(at + column).map(MessageId);
    let made = |column: usize| row.get::<_, Option<i64>>(at + column).map(MoveId);
    let end = End {
        place: Place {
            head: message(1),
            base: made(2),
            floor: message(3),
        },
        depth: row.get(at + 4),
        last: message(5),
        count: row.get(at + 6),
        system: message(7),
        redo: made(8),
        has_preview: row.get(at + 9),
        touched: MessageId(row.get(at + 10)),
        touched_at: Timestamp(row.get(at + 11)),
    };
    (SessionKey(row.get(at)), end)
}

/// What is to become of a session's row.
#[derive(Default)]
pub(super) struct EndChange {
    end: Option<End>,
    words: Option<String>,
    answered_by: Option<String>,
}

impl EndChange {
    /// It stands there now, whatever was to become of it before.
    pub(super) fn set(&mut self, end: &End, words: Option<&str>, answered_by: Option<&str>) {
        self.end = Some(*end);
        if let Some(words) = words {
            self.words = Some(words.to_owned());
        }
        if let Some(model) = answered_by {
            self.answered_by = Some(model.to_owned());
        }
    }
}

/// What messages and moves change of a session, in the order in which it is bound.
pub(super) const MOVED: [&str; 10] = [
    "head",
    "base",
    "floor",
    "last",
    "system",
    "redo",
    "depth",
    "count",
    "touched",
    "touched_at",
];

/// How many values [`MOVE_ENDS`] has: the session, these, its words and who answers.
pub(super) const VALUES: usize = MOVED.len() + 3;

/// Ends, column by column.
#[derive(Default)]
pub(super) struct EndColumns {
    sessions: Vec<i64>,
    /// Head, base, floor, last, system, redo.
    links: [Vec<Option<i64>>; 6],
    /// Depth, count, touched, and when that was.
    numbers: [Vec<i64>; 4],
    words: Vec<Option<String>>,
    answered_by: Vec<Option<String>>,
}

/// Moves sessions' ends.
pub(super) const MOVE_ENDS: &str = "UPDATE saylog.sessions AS s
    SET head = n.head, base = n.base, floor = n.floor, last = n.last, system = n.system,
        redo = n.redo, depth = n.depth, count = n.count, touched = n.touched,
        touched_at = n.touched_at, words = coalesce(n.words, s.words),
        answered_by = coalesce(n.answered_by, s.answered_by)
    FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[],
                $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[],
                $11::bigint[], $12::text[], $13::text[])
         AS n (id, head, base, floor, last, system, redo, depth, count, touched, touched_at,
               words, answered_by)
    WHERE s.id = n.id";

impl EndColumns {
    /// The columns of the end of one session.
    pub(super) fn of_one(session: SessionKey, end: &End) -> Self {
        let mut change = EndChange::default();
        change.set(end, None, None);
        Self::of(BTreeMap::from([(session, change)]))
    }

    /// The columns of these changes.
    pub(super) fn of(changes: BTreeMap<SessionKey, EndChange>) -> Self {
        let mut columns = Self::default();
        for (session, change) in changes {
            let Some(end) = change.end else { continue };
            columns.sessions.push(session.0);
            let links = [
                end.place.head.map(|id| id.0),
                end.place.base.map(|id| id.0),
                end.place.floor.map(|id| id.0),
                end.last.map(|id| id.0),
                end.system.map(|id| id.0),
                end.redo.map(|id| id.0),
            ];
            for (column, link) in columns.links.iter_mut().zip(links) {
                column.push(link);
            }
            let numbers = [end.depth, end.count, end.touched.0, end.touched_at.0];
            for (column, number) in columns.numbers.iter_mut().zip(numbers) {
                column.push(number);
            }
            columns.words.push(change.words);
            columns.answered_by.push(change.answered_by);
        }
        columns
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.sessions.is_empty()
    }

    /// The values of [`MOVED`].
    pub(super) fn moved(&self) -> impl Iterator<Item = Value<'_>> {
        let links = self
            .links
            .iter()
            .map(|column| (column as _, Type::INT8_ARRAY));
        let numbers = self
            .numbers
            .iter()
            .map(|column| (column as _, Type::INT8_ARRAY));
        links.chain(numbers)
    }

    /// The values of [`MOVE_ENDS`].
    pub(super) fn values(&self) -> Vec<Value<'_>> {
        let mut values: Vec<Value<'_>> = vec![(&self.sessions, Type::INT8_ARRAY)];
        values.extend(self.moved());
        values.push((&self.words, Type::TEXT_ARRAY));
        values.push((&self.answered_by, Type::TEXT_ARRAY));
        values
    }
}
