//! The tables, and the steps from one version of them to the next.

use rusqlite::{Connection, params};

use super::super::rules::PREVIEW_KEPT;
use crate::domain::preview_of;

/// Marks a file as ours in its header: `sayl`.
pub(super) const APPLICATION_ID: u32 = 0x7361_796c;

/// The version of the schema that this program writes.
pub(super) const VERSION: u32 = 4;

/// `STEPS[n]` brings a database from version `n` to `n + 1`.
const STEPS: [&str; VERSION as usize] = [
    include_str!("schema/1.sql"),
    include_str!("schema/2.sql"),
    include_str!("schema/3.sql"),
    include_str!("schema/4.sql"),
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
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", VERSION)
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
