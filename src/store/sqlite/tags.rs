//! Names of users and sessions out of rows.

use rusqlite::{Result, Row};

use super::problem::bad_row;
use crate::domain::{SessionId, UserName};

/// A user's name.
pub(super) fn user(row: &Row<'_>, column: usize) -> Result<UserName> {
    Ok(UserName::stored(row.get_ref(column)?.as_str()?))
}

/// A session's id.
///
/// # Errors
/// If another program has written something else there.
pub(super) fn session(row: &Row<'_>, column: usize) -> Result<SessionId> {
    let text = row.get_ref(column)?.as_str()?;
    SessionId::parse(text).ok_or_else(|| bad_row("the id of a session is not a UUID"))
}

/// A text that another program may have written with bytes that are not UTF-8.
pub(super) fn text(row: &Row<'_>, column: usize) -> Result<Option<String>> {
    let bytes = row.get_ref(column)?.as_bytes_or_null()?;
    Ok(bytes.map(|bytes| String::from_utf8_lossy(bytes).into_owned()))
}
