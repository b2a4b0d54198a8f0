//! Users.

use rusqlite::{Connection, Result};

use super::tags;
use crate::domain::{Flow, Timestamp, UserName, UserSummary};

/// Whether there is such a user.
pub(super) fn has(connection: &Connection, user: &UserName) -> Result<bool> {
    connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM users WHERE name = ?1)")?
        .query_row([user.as_str()], |row| row.get(0))
}

/// Visits names that begin with `prefix`, in order.
pub(super) fn names(
    connection: &Connection,
    prefix: &str,
    visit: &mut dyn FnMut(&UserName) -> Flow,
) -> Result<()> {
    let mut statement =
        connection.prepare_cached("SELECT name FROM users WHERE name >= ?1 ORDER BY name")?;
    let mut rows = statement.query([prefix])?;
    while let Some(row) = rows.next()? {
        let name = tags::user(row, 0)?;
        if !name.as_str().starts_with(prefix) || visit(&name) == Flow::Full {
            break;
        }
    }
    Ok(())
}

/// Visits users behind `after` in order of name, with their counts.
///
/// Messages are not counted one by one: a session knows how many it has.
pub(super) fn counted(
    connection: &Connection,
    after: Option<&UserName>,
    visit: &mut dyn FnMut(&UserSummary) -> Flow,
) -> Result<()> {
    let mut statement = connection.prepare_cached(
        "SELECT u.name, count(s.id), coalesce(sum(s.count), 0),
                max(s.touched_at) FILTER (WHERE s.count > 0)
         FROM users AS u
         LEFT JOIN sessions AS s ON s.user = u.id
         WHERE u.name > ?1 GROUP BY u.name ORDER BY u.name",
    )?;
    let mut rows = statement.query([after.map_or("", UserName::as_str)])?;
    while let Some(row) = rows.next()? {
        let summary = UserSummary {
            user: tags::user(row, 0)?,
            sessions: row.get(1)?,
            messages: row.get(2)?,
            last_at: row.get::<_, Option<i64>>(3)?.map(Timestamp),
            current: false,
        };
        if visit(&summary) == Flow::Full {
            break;
        }
    }
    Ok(())
}
