//! Sessions: begun, found, listed, renamed.

use rusqlite::{Connection, Result, Row, params};

use super::super::roll::Latest;
use super::super::{Found, Opening, Roll, Which};
use super::query;
use crate::domain::{Flow, SessionKey, Timestamp, UserName};

/// The columns of a session, in the order that [`found`] reads them.
const COLUMNS: &str =
    "s.id, s.uuid, s.title, s.words, s.depth, s.count, s.model, s.persona, s.touched_at";

/// That something was said in a session, or before it was forked.
const SPOKEN: &str = "(s.words IS NOT NULL OR s.depth > 0)";

/// Begins a session; its user becomes known.
pub fn start(connection: &Connection, opening: &Opening<'_>) -> Result<SessionKey> {
    let user = if let Some(user) = query::user(connection, opening.user)? {
        user
    } else {
        connection
            .prepare_cached("INSERT INTO users (name) VALUES (?1)")?
            .insert([opening.user.as_str()])?
    };
    let past = &opening.past;
    let key = connection
        .prepare_cached(
            "INSERT INTO sessions
             (uuid, user, title, created_at, touched_at, model, persona, head, base, depth, system,
              words)
             VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .insert(params![
            opening.session.to_string(),
            user,
            opening.title,
            opening.at.0,
            opening.model,
            opening.persona,
            past.place.head.map(|id| id.0),
            past.place.base.map(|id| id.0),
            past.depth,
            past.system.map(|id| id.0),
            past.words,
        ])?;
    Ok(SessionKey(key))
}

/// Chooses who answers in a session.
pub fn set_model(connection: &Connection, session: SessionKey, model: &str) -> Result<()> {
    connection
        .prepare_cached("UPDATE sessions SET model = ?2 WHERE id = ?1")?
        .execute(params![session.0, model])?;
    Ok(())
}

/// Gives a session another title.
pub fn rename(connection: &Connection, session: SessionKey, title: &str) -> Result<()> {
    connection
        .prepare_cached("UPDATE sessions SET title = ?2 WHERE id = ?1")?
        .execute(params![session.0, title])?;
    Ok(())
}

/// Sessions of one user, the latest first.
pub fn find(
    connection: &Connection,
    user: &UserName,
    which: Which<'_>,
    limit: usize,
) -> Result<Vec<Found>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let select = |condition: &str, order: &str| {
        connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM sessions AS s JOIN users AS u ON u.id = s.user
             WHERE u.name = ?1 AND {condition} ORDER BY {order} LIMIT ?2"
        ))
    };
    let latest = "s.touched_at DESC, s.id DESC";
    let (name, found) = (user.as_str(), |row: &Row<'_>| found(row, user.clone()));
    match which {
        Which::Prefix(prefix) => select("s.uuid >= ?3 AND s.uuid < ?3 || '~'", latest)?
            .query_map(params![name, limit, prefix], found)?
            .collect(),
        // `substr` counts characters; texts are compared as they are.
        Which::Name(words) => select(
            "substr(coalesce(s.title, s.words), 1, length(?3)) = ?3",
            &format!("coalesce(s.title, s.words) = ?3 DESC, {latest}"),
        )?
        .query_map(params![name, limit, words], found)?
        .collect(),
        Which::Key(SessionKey(key)) => select("s.id = ?3", latest)?
            .query_map(params![name, limit, key], found)?
            .collect(),
        // One in which something was said, if there is one.
        Which::Latest => select("true", &format!("{SPOKEN} DESC, {latest}"))?
            .query_map(params![name, limit.min(1)], found)?
            .collect(),
    }
}

/// Shows the next sessions of a roll until `visit` has enough; true if there may be more.
pub fn roll(
    connection: &Connection,
    roll: &mut Roll,
    visit: &mut dyn FnMut(&Found) -> Flow,
) -> Result<bool> {
    let names = match roll.user {
        Some(_) => "",
        None => ", (SELECT name FROM users WHERE id = s.user)",
    };
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS}{names} FROM sessions AS s WHERE s.id = ?1"
    ))?;
    let _snapshot = query::snapshot(connection)?;
    loop {
        if roll.next.is_empty() {
            if roll.ended {
                return Ok(false);
            }
            look_ahead(connection, roll)?;
        }
        while let Some(key) = roll.next.pop() {
            let session = statement.query_row([key], |row| {
                let user = match &roll.user {
                    Some(user) => user.clone(),
                    None => query::name(row, 9)?,
                };
                found(row, user)
            })?;
            if visit(&session) == Flow::Full {
                return Ok(true);
            }
        }
    }
}

/// The keys of the next sessions of a roll.
fn look_ahead(connection: &Connection, roll: &mut Roll) -> Result<()> {
    let mut heap = Latest::after(roll.after);
    let mut offer = |row: &Row<'_>| -> Result<()> {
        let spoken: bool = row.get(2)?;
        if spoken || roll.all {
            heap.offer((row.get(1)?, row.get(0)?));
        }
        Ok(())
    };
    // Sorted here: for an ORDER BY with a LIMIT, SQLite keeps a tree.
    let columns = format!("s.id, s.touched_at, {SPOKEN} FROM sessions AS s");
    match &roll.user {
        None => {
            let mut statement = connection.prepare_cached(&format!("SELECT {columns}"))?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                offer(row)?;
            }
        }
        Some(user) => {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {columns} JOIN users AS u ON u.id = s.user WHERE u.name = ?1"
            ))?;
            let mut rows = statement.query([user.as_str()])?;
            while let Some(row) = rows.next()? {
                offer(row)?;
            }
        }
    }
    let (next, ended) = heap.end();
    roll.after = next.last().copied();
    roll.next = next.into_iter().rev().map(|(_, key)| key).collect();
    roll.ended = ended;
    Ok(())
}

fn found(row: &Row<'_>, user: UserName) -> Result<Found> {
    Ok(Found {
        key: SessionKey(row.get(0)?),
        session: query::session(row, 1)?,
        user,
        title: text(row, 2)?,
        words: text(row, 3)?,
        depth: row.get(4)?,
        count: row.get(5)?,
        model: text(row, 6)?,
        persona: text(row, 7)?,
        touched_at: Timestamp(row.get(8)?),
    })
}

/// A text that another program may have written with bytes that are not UTF-8.
fn text(row: &Row<'_>, column: usize) -> Result<Option<String>> {
    let bytes = row.get_ref(column)?.as_bytes_or_null()?;
    Ok(bytes.map(|bytes| String::from_utf8_lossy(bytes).into_owned()))
}
