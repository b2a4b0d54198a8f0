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

use std::sync::LazyLock;

use super::durability::locked;
use super::ends::{self, MOVED};
use super::message_columns::{MESSAGE_VALUES, MESSAGES};
use super::schema;

/// A group of more messages asks first, which costs little beside the rest.
pub(super) const MOST_MESSAGES: usize = 2;

/// The statement that writes so many messages of one session and moves its end, if it stands
/// where it is thought to and the ids are those that are drawn. Its values are those of
/// the messages, of the end that is moved, and of the end as it is known, with the types that
/// they have where they are written without a guess. It gives one row if it has written.
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
    let list = |parts: &mut dyn Iterator<Item = String>, between: &str| {
        parts.collect::<Vec<_>>().join(between)
    };
    let stands = list(
        &mut (first_compared..)
            .zip(MOVED)
            .map(|(value, column)| format!("s.{column} IS NOT DISTINCT FROM ${value}[1]")),
        " AND ",
    );
    let are_drawn = list(
        &mut (1..=messages).map(|at| format!("nextval('saylog.message_ids'::regclass) = $2[{at}]")),
        " AND ",
    );
    let row = |message: usize| {
        let values = list(
            &mut (2..=MESSAGE_VALUES).map(|column| format!("${column}[{message}]")),
            ", ",
        );
        format!("({values})")
    };
    let rows = list(&mut (1..=messages).map(row), ", ");
    let moved = list(
        &mut (1..)
            .zip(MOVED)
            .map(|(at, column)| format!("{column} = {}", end(at))),
        ", ",
    );
    format!(
        "WITH s AS MATERIALIZED (
             SELECT {locked} FROM saylog.sessions AS s
             WHERE (SELECT version FROM saylog.store) = {version}
                   AND s.id = {session} AND {stands}
             FOR UPDATE SKIP LOCKED),
         d AS MATERIALIZED (SELECT {are_drawn} AS is_right FROM s WHERE s.is_locked),
         m AS (INSERT INTO {MESSAGES}
               SELECT $1, v.* FROM d, (VALUES {rows}) AS v WHERE d.is_right)
         UPDATE saylog.sessions AS s
         SET {moved}, words = coalesce({words}, s.words),
             answered_by = coalesce({answered_by}, s.answered_by)
         FROM d WHERE d.is_right AND s.id = {session} RETURNING 1",
        locked = locked(1),
        version = schema::VERSION,
        session = end(0),
        words = end(MOVED.len() + 1),
        answered_by = end(MOVED.len() + 2),
    )
}
