//! The tables, and the steps from one version of them to the next.

use rusqlite::{Connection, params};

use super::super::rules::PREVIEW_KEPT;
use super::problem::{is_bad_row, is_damage};
use crate::domain::{preview_of, shows_nothing};

/// Marks a file as ours in its header: `sayl`.
pub(super) const APPLICATION_ID: u32 = 0x7361_796c;

/// The version of the schema that this program writes.
pub(super) const VERSION: u32 = 6;

/// The version of a copy that is not complete: no program takes it for a store of its own.
pub(super) const COPYING: u32 = 0x7fff_ffff;

/// `STEPS[n]` brings a database from version `n` to `n + 1`.
const STEPS: [&str; VERSION as usize] = [
    include_str!("schema/1.sql"),
    include_str!("schema/2.sql"),
    include_str!("schema/3.sql"),
    include_str!("schema/4.sql"),
    include_str!("schema/5.sql"),
    include_str!("schema/6.sql"),
];

/// Brings the database from version `from` to [`VERSION`].
///
/// The caller holds a write transaction, so it happens wholly or not at all.
pub(super) fn migrate(connection: &Connection, from: u32) -> rusqlite::Result<()> {
    for step in STEPS.iter().skip(from as usize) {
        connection.execute_batch(step)?;
    }
    if from < 3 {
        tidy_words(connection)?;
    }
    if from < 4 {
        look_back(connection)?;
    }
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", VERSION)
}

/// Notes who answered last in earlier sessions, and which they are forks of. What
/// cannot be read is left out: the store is of use without.
fn look_back(connection: &Connection) -> rusqlite::Result<()> {
    let mut read = connection.prepare("SELECT id, last FROM sessions WHERE last IS NOT NULL")?;
    let mut write = connection.prepare("UPDATE sessions SET answered_by = ?2 WHERE id = ?1")?;
    let mut rows = read.query([])?;
    while let Some(row) = rows.next()? {
        let (id, last): (i64, i64) = (row.get(0)?, row.get(1)?);
        if let Some(model) = readable(who_answered(connection, last))?.flatten() {
            write.execute(params![id, model])?;
        }
    }
    let mut read = connection.prepare(
        "SELECT v.session, m.session FROM moves AS v JOIN messages AS m ON m.id = v.to_head
         WHERE v.why = 'fork' AND m.session <> v.session",
    )?;
    let mut write = connection.prepare("UPDATE sessions SET origin = ?2 WHERE id = ?1")?;
    let mut rows = read.query([])?;
    while let Some(row) = readable(rows.next())?.flatten() {
        let (fork, origin): (i64, i64) = (row.get(0)?, row.get(1)?);
        write.execute([fork, origin])?;
    }
    Ok(())
}

/// The model of the last reply in a session of which this is the last message.
fn who_answered(connection: &Connection, last: i64) -> rusqlite::Result<Option<String>> {
    let mut select = connection.prepare_cached(
        "SELECT iif(role = 2, model, NULL), substr(content, 1, 100), previous
         FROM messages WHERE id = ?1",
    )?;
    let mut next = Some(last);
    while let Some(id) = next {
        let (model, text, previous): (Option<String>, String, Option<i64>) =
            select.query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        if model.is_some() && !shows_nothing(&text) {
            return Ok(model);
        }
        // Whatever another program has written, the walk ends.
        next = previous.filter(|previous| *previous < id);
    }
    Ok(None)
}

/// What was read, unless it is not there or cannot be read.
fn readable<T>(read: rusqlite::Result<T>) -> rusqlite::Result<Option<T>> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(rusqlite::Error::QueryReturnedNoRows) => Ok(None),
        Err(error) if is_damage(&error) || is_bad_row(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Brings the first words of earlier sessions into the form that new ones have,
/// which takes more than SQL.
fn tidy_words(connection: &Connection) -> rusqlite::Result<()> {
    let mut read = connection.prepare("SELECT id, words FROM sessions WHERE words IS NOT NULL")?;
    let mut write = connection.prepare("UPDATE sessions SET words = ?2 WHERE id = ?1")?;
    let mut rows = read.query([])?;
    while let Some(row) = rows.next()? {
        let (id, words): (i64, String) = (row.get(0)?, row.get(1)?);
        let tidy = preview_of(&words, PREVIEW_KEPT);
        if tidy != words {
            write.execute(params![id, tidy])?;
        }
    }
    Ok(())
}
