//! What a fork comes from.

use rusqlite::{Connection, OptionalExtension, Result};

use super::super::rows::Origin;
use super::problem::{is_bad_row, is_damage};
use super::tags;

/// The session `of` that `fork` says it is a fork of: only one of the same user,
/// whatever another program has written. One that cannot be read is none.
pub(super) fn origin(connection: &Connection, fork: i64, of: i64) -> Result<Option<Origin>> {
    let found = connection
        .prepare_cached(
            "SELECT uuid, title FROM sessions
             WHERE id = ?2 AND user = (SELECT user FROM sessions WHERE id = ?1)",
        )?
        .query_row([fork, of], |row| {
            Ok(Origin {
                session: tags::session(row, 0)?,
                title: tags::text(row, 1)?,
            })
        })
        .optional();
    match found {
        Err(error) if is_damage(&error) || is_bad_row(&error) => Ok(None),
        found => found,
    }
}
