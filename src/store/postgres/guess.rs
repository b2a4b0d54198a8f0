//! A turn in one round trip: guessed, and written only if the guess is right.
//!
//! Whoever has written last knows where the session stands, and which ids come next, unless
//! somebody else has written since. A small group is therefore made up without asking, and
//! sent as one statement that looks first: if the session is locked, stands elsewhere, or
//! other ids are drawn, nothing is written, and the group is run again in the usual way.
//! Where others keep writing, guesses are made ever more rarely.
//!
//! What is sent so is in doubt if the answer is lost, while a group that asks first has
//! written nothing when it finds that the server is gone. So there are guesses only while
//! the server answers: for a program that says one line after the other, and not for a
//! person who goes on after a while.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::LazyLock;

use tokio_postgres::types::Type;

use super::super::backend::Newest;
use super::super::rows::End;
use super::client::Value;
use super::message_columns::{INTO_MESSAGES, MESSAGE_VALUES};
use super::{ends, schema};
use crate::domain::SessionKey;

/// A group of more messages asks first, which costs little beside the rest.
pub(super) const MOST_MESSAGES: usize = 2;

/// How many sessions are remembered.
const MOST_SESSIONS: usize = 64;

/// After so many wrong guesses in a row there is one in 2 to that power.
const RAREST: u32 = 6;

/// What this process has left behind, by which it guesses.
#[derive(Default)]
pub(super) struct Known {
    ends: HashMap<SessionKey, End>,
    /// The newest message, and the id that is drawn next.
    next: Option<(Newest, i64)>,
    /// How many guesses in a row were wrong.
    wrong: u32,
    /// For so many groups none is made.
    pause: u32,
}

impl Known {
    /// Where a session stands, the newest message and the next id, if they may be guessed.
    pub(super) fn guess(&mut self, session: SessionKey) -> Option<(End, Newest, i64)> {
        let (newest, id) = self.next?;
        let end = *self.ends.get(&session)?;
        if self.pause > 0 {
            self.pause -= 1;
            return None;
        }
        Some((end, newest, id))
    }

    /// A group has lasted: the sessions that it had stand there, that is the newest message,
    /// and that the last id that was drawn, as far as is known.
    pub(super) fn commit(
        &mut self,
        ends: impl Iterator<Item = (SessionKey, End)>,
        newest: Newest,
        drawn: i64,
    ) {
        if self.ends.len() >= MOST_SESSIONS {
            self.ends.clear();
        }
        self.ends.extend(ends.take(MOST_SESSIONS));
        let next = drawn.saturating_add(1);
        let known = self.next.map_or(next, |(_, known)| known.max(next));
        self.next = Some((newest, known));
    }

    /// A guess was right.
    pub(super) fn is_right(&mut self) {
        self.wrong = 0;
    }

    /// A guess was wrong: the next one has time.
    pub(super) fn is_wrong(&mut self) {
        self.forget();
        self.pause = 1 << self.wrong;
        self.wrong = (self.wrong + 1).min(RAREST);
    }

    /// Nothing is known any more.
    pub(super) fn forget(&mut self) {
        self.ends.clear();
        self.next = None;
    }
}

/// Where a session is thought to stand, as it is bound.
pub(super) struct KnownEnd {
    links: [Option<i64>; 6],
    numbers: [i64; 4],
    has_preview: bool,
}

impl KnownEnd {
    /// The columns of this end, in the order in which [`COMPARED`] names them.
    pub(super) fn of(end: &End) -> Self {
        Self {
            links: [
                end.place.head.map(|id| id.0),
                end.place.base.map(|id| id.0),
                end.place.floor.map(|id| id.0),
                end.last.map(|id| id.0),
                end.system.map(|id| id.0),
                end.redo.map(|id| id.0),
            ],
            numbers: [end.depth, end.count, end.touched.0, end.touched_at.0],
            has_preview: end.has_preview,
        }
    }

    /// The values behind the others of [`statement`].
    pub(super) fn values(&self) -> [Value<'_>; 11] {
        let link = |at: usize| -> Value<'_> { (&self.links[at], Type::INT8) };
        let number = |at: usize| -> Value<'_> { (&self.numbers[at], Type::INT8) };
        [
            link(0),
            link(1),
            link(2),
            link(3),
            link(4),
            link(5),
            number(0),
            number(1),
            number(2),
            number(3),
            (&self.has_preview, Type::BOOL),
        ]
    }
}

/// By what a session is recognised that nobody has touched.
const COMPARED: [&str; 11] = [
    "s.head",
    "s.base",
    "s.floor",
    "s.last",
    "s.system",
    "s.redo",
    "s.depth",
    "s.count",
    "s.touched",
    "s.touched_at",
    "(s.words IS NOT NULL)",
];

/// The statement that writes so many messages of one session and moves its end, if it stands
/// where it is thought to and the ids are those that are drawn. Its values are those of
/// the messages, of the end that is moved, and of the end as it is known, each with the
/// types that they have where they are written without a guess. It gives one row if it has written.
///
/// The lock on the nonce is taken before an id is drawn, so whoever draws one and gets that
/// lock then knows that this has ended, or writes nothing.
pub(super) fn statement(messages: usize) -> &'static str {
    static OF_ONE: LazyLock<String> = LazyLock::new(|| made(1));
    static OF_TWO: LazyLock<String> = LazyLock::new(|| made(MOST_MESSAGES));
    if messages == 1 { &OF_ONE } else { &OF_TWO }
}

fn made(messages: usize) -> String {
    let first_end = MESSAGE_VALUES + 1;
    let first_compared = first_end + ends::VALUES;
    let end = |at: usize| format!("${}[1]", first_end + at);
    let mut sql = String::from(
        "WITH s AS MATERIALIZED (
             SELECT pg_advisory_xact_lock($1) IS NOT NULL AS is_locked,
                 CASE WHEN current_setting('synchronous_commit')
                           IN ('off', 'local', 'remote_write')
                      THEN set_config('synchronous_commit', 'on', true) END AS is_durable
             FROM saylog.sessions AS s
             WHERE (SELECT version FROM saylog.store) = ",
    );
    // What is written to a string does not fail.
    let _ = write!(sql, "{} AND s.id = {}", schema::VERSION, end(0));
    for (at, column) in COMPARED.iter().enumerate() {
        let _ = write!(
            sql,
            " AND {column} IS NOT DISTINCT FROM ${}",
            first_compared + at
        );
    }
    sql.push_str(" FOR UPDATE SKIP LOCKED), d AS MATERIALIZED (SELECT ");
    for at in 1..=messages {
        let and = if at > 1 { " AND " } else { "" };
        let _ = write!(
            sql,
            "{and}nextval('saylog.message_ids'::regclass) = $2[{at}]"
        );
    }
    sql.push_str(" AS is_right FROM s WHERE s.is_locked), m AS (");
    sql.push_str(INTO_MESSAGES);
    sql.push_str(" SELECT $1, v.* FROM d, (VALUES ");
    for message in 1..=messages {
        sql.push_str(if message > 1 { ", (" } else { "(" });
        for column in 2..=MESSAGE_VALUES {
            let comma = if column > 2 { ", " } else { "" };
            let _ = write!(sql, "{comma}${column}[{message}]");
        }
        sql.push(')');
    }
    sql.push_str(") AS v WHERE d.is_right) UPDATE saylog.sessions AS s SET ");
    let columns = [
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
    for (at, column) in columns.iter().enumerate() {
        let _ = write!(sql, "{column} = {}, ", end(at + 1));
    }
    let _ = write!(
        sql,
        "words = coalesce({}, s.words), answered_by = coalesce({}, s.answered_by)
         FROM d WHERE d.is_right AND s.id = {} RETURNING 1",
        end(11),
        end(12),
        end(0)
    );
    sql
}
