//! Names of users and sessions, and texts, out of rows.

use std::borrow::Cow;
use std::rc::Rc;

use rusqlite::{Result, Row};

use super::problem::bad_row;
use crate::domain::{SessionId, UserName};

/// A user's name.
///
/// # Errors
/// If another program has written bytes that are not UTF-8: two such names must
/// not look the same.
pub(super) fn user(row: &Row<'_>, column: usize) -> Result<UserName> {
    let name = row.get_ref(column)?.as_str();
    name.map(UserName::stored)
        .map_err(|_| bad_row("the name of its user is not a text"))
}

/// A session's id.
///
/// # Errors
/// If another program has written something else there.
pub(super) fn session(row: &Row<'_>, column: usize) -> Result<SessionId> {
    let text = row.get_ref(column)?.as_str().ok();
    text.and_then(SessionId::parse)
        .ok_or_else(|| bad_row("the id of its session is not a UUID"))
}

/// A text that another program may have written with bytes that are not UTF-8:
/// it is shown as well as it can be.
pub(super) fn shown<'r>(row: &'r Row<'_>, column: usize) -> Result<Option<Cow<'r, str>>> {
    let bytes = row.get_ref(column)?.as_bytes_or_null()?;
    Ok(bytes.map(|bytes| {
        str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::from)
    }))
}

/// The same, where it is often that of the row before, which `last` keeps.
pub(super) fn repeated(
    row: &Row<'_>,
    column: usize,
    last: &mut Option<Rc<str>>,
) -> Result<Option<Rc<str>>> {
    let Some(text) = shown(row, column)? else {
        return Ok(None);
    };
    if last.as_deref() != Some(&*text) {
        *last = Some(Rc::from(&*text));
    }
    Ok(last.clone())
}

/// The same, to be kept.
pub(super) fn text(row: &Row<'_>, column: usize) -> Result<Option<String>> {
    Ok(shown(row, column)?.map(Cow::into_owned))
}
