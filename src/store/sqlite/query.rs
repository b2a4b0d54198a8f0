//! Small questions to the database.

use rusqlite::{Connection, OptionalExtension, Result, Row, Transaction};

use super::super::{Partial, Recall};
use super::writer;
use crate::domain::{Flow, SessionId, SessionKey, Timestamp, UserName, UserSummary};

/// One look at the database for several questions, which is quicker than one
/// for each; it lasts until it is dropped. Inside a group it is the group's.
pub fn snapshot(connection: &Connection) -> Result<Option<Transaction<'_>>> {
    if connection.is_autocommit() {
        connection.unchecked_transaction().map(Some)
    } else {
        Ok(None)
    }
}

/// What stands before a message, which is older: a walk back always ends,
/// whatever another program has written.
pub fn older(id: i64, before: Option<i64>) -> Result<Option<i64>> {
    match before {
        Some(before) if before >= id => {
            let what = format!("message #{id} stands after #{before}, which is not older");
            Err(rusqlite::Error::ToSqlConversionFailure(what.into()))
        }
        before => Ok(before),
    }
}

/// The newest message: its id and time.
pub fn newest(connection: &Connection) -> Result<Option<(i64, i64)>> {
    connection
        .prepare_cached("SELECT id, created_at FROM messages ORDER BY id DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
}

/// A user's key.
pub fn user(connection: &Connection, user: &UserName) -> Result<Option<i64>> {
    connection
        .prepare_cached("SELECT id FROM users WHERE name = ?1")?
        .query_row([user.as_str()], |row| row.get(0))
        .optional()
}

/// Names that begin with `prefix`, in order.
pub fn users_like(connection: &Connection, prefix: &str, limit: usize) -> Result<Vec<UserName>> {
    let mut statement =
        connection.prepare_cached("SELECT name FROM users WHERE name >= ?1 ORDER BY name")?;
    let mut rows = statement.query([prefix])?;
    let mut names = Vec::new();
    while names.len() < limit
        && let Some(row) = rows.next()?
        && row.get_ref(0)?.as_str()?.starts_with(prefix)
    {
        names.push(name(row, 0)?);
    }
    Ok(names)
}

/// Users after `after` in order of name, with their counts.
///
/// Messages are not counted one by one: a session knows how many it has.
pub fn users(
    connection: &Connection,
    after: Option<&UserName>,
    visit: &mut dyn FnMut(UserSummary) -> Flow,
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
            user: name(row, 0)?,
            sessions: row.get(1)?,
            messages: row.get(2)?,
            last_at: row.get::<_, Option<i64>>(3)?.map(Timestamp),
            current: false,
        };
        if visit(summary) == Flow::Full {
            break;
        }
    }
    Ok(())
}

/// What had come of replies to a user when the processes that heard them went.
pub fn partials(connection: &Connection, user: &UserName) -> Result<Vec<Partial>> {
    // Nearly always there are none, and every start asks.
    let some: bool = connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM partials)")?
        .query_row([], |row| row.get(0))?;
    if !some {
        return Ok(Vec::new());
    }
    let mut statement = connection.prepare_cached(
        "SELECT p.session, s.uuid, p.content, p.model, p.writer
         FROM partials AS p
         JOIN sessions AS s ON s.id = p.session
         JOIN users AS u ON u.id = s.user
         WHERE u.name = ?1",
    )?;
    let mut rows = statement.query([user.as_str()])?;
    let mut partials = Vec::new();
    while let Some(row) = rows.next()? {
        if !writer::is_alive(row.get_ref(4)?.as_str()?) {
            partials.push(Partial {
                key: SessionKey(row.get(0)?),
                session: session(row, 1)?,
                content: row.get(2)?,
                model: row.get(3)?,
                writer: row.get(4)?,
            });
        }
    }
    Ok(partials)
}

/// The end of each session of a user.
pub fn recall(connection: &Connection, name: &UserName) -> Result<Recall> {
    let Some(user) = user(connection, name)? else {
        return Ok(Recall::default());
    };
    let mut statement = connection
        .prepare_cached("SELECT last FROM sessions WHERE user = ?1 AND last IS NOT NULL")?;
    let rows = statement.query_map([user], |row| row.get(0))?;
    let next = rows.collect::<Result<_>>()?;
    Ok(Recall { user, next })
}

/// Walks all sessions of a recall back at once, the newest message of any first.
pub fn recall_more(
    connection: &Connection,
    recall: &mut Recall,
    limit: usize,
) -> Result<Vec<String>> {
    let _snapshot = snapshot(connection)?;
    // Where another program has put another user's message, the walk ends.
    let mut statement = connection.prepare_cached(
        "SELECT m.previous, m.role, m.content FROM messages AS m
         JOIN sessions AS s ON s.id = m.session WHERE m.id = ?1 AND s.user = ?2",
    )?;
    let mut said = Vec::new();
    while said.len() < limit
        && let Some(id) = recall.next.pop()
    {
        let mut rows = statement.query([id, recall.user])?;
        if let Some(row) = rows.next()? {
            recall.next.extend(older(id, row.get(0)?)?);
            if row.get::<_, i64>(1)? == 1 {
                said.push(row.get(2)?);
            }
        }
    }
    Ok(said)
}

/// A user name out of a row.
pub fn name(row: &Row<'_>, column: usize) -> Result<UserName> {
    Ok(UserName::stored(row.get_ref(column)?.as_str()?))
}

/// A session id out of a row.
pub fn session(row: &Row<'_>, column: usize) -> Result<SessionId> {
    SessionId::parse(row.get_ref(column)?.as_str()?).ok_or(rusqlite::Error::InvalidQuery)
}
