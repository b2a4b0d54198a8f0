//! Replies that are still coming.

use rusqlite::{Connection, OptionalExtension, Result, Row, params};

use super::super::rows::{Partial, PartialRow, Sighting};
use super::problem::is_bad_row;
use super::{sent, tags};
use crate::domain::{MessageId, SessionKey, UserName};

/// The replies to a user that are still coming.
pub(super) fn of_user(connection: &Connection, user: &UserName) -> Result<Vec<Partial>> {
    // Nearly always there are none, and everybody asks.
    let some: bool = connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM partials)")?
        .query_row([], |row| row.get(0))?;
    if !some {
        return Ok(Vec::new());
    }
    let mut statement = connection.prepare_cached(
        "SELECT p.session, s.uuid, p.content, p.model, p.writer, p.reasoning, p.oldest,
                p.answers, p.sent_floor, p.sent_system,
                (SELECT content FROM prompts WHERE id = p.sent_prompt),
                p.behind, p.beat, p.seen_beat, p.seen_at, p.seen_boot, p.taken
         FROM partials AS p
         JOIN sessions AS s ON s.id = p.session
         JOIN users AS u ON u.id = s.user
         WHERE u.name = ?1",
    )?;
    let rows = statement.query_map([user.as_str()], |row| {
        let id = |at| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(at)?.map(MessageId));
        Ok(Partial {
            key: SessionKey(row.get(0)?),
            session: tags::session(row, 1)?,
            content: row.get(2)?,
            model: row.get(3)?,
            writer: row.get(4)?,
            reasoning: row.get(5)?,
            oldest: id(6)?,
            sent: sent::read(row, 7)?,
            behind: id(11)?,
            beat: row.get(12)?,
            seen: sighting(row, 13)?,
            taken: id(16)?,
        })
    })?;
    // A row that another program has spoiled costs no more than that row.
    rows.filter(|partial| !partial.as_ref().is_err_and(is_bad_row))
        .collect()
}

/// Reads the columns `seen_beat`, `seen_at` and `seen_boot`, from `at` on.
fn sighting(row: &Row<'_>, at: usize) -> Result<Option<Sighting>> {
    let beat: Option<i64> = row.get(at)?;
    let since: Option<i64> = row.get(at + 1)?;
    let boot: Option<String> = row.get(at + 2)?;
    let seen = beat.zip(since).zip(boot);
    Ok(seen.map(|((beat, at), boot)| Sighting { boot, beat, at }))
}

/// Keeps what has come of a reply.
pub(super) fn put(connection: &Connection, row: &PartialRow<'_>) -> Result<()> {
    let sent = sent::columns(connection, row.sent)?;
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO partials (session, writer, content, model, reasoning, oldest,
                                              answers, sent_floor, sent_system, sent_prompt,
                                              behind, beat)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )?
        .execute(params![
            row.session.0,
            row.writer,
            row.content,
            row.model,
            row.reasoning,
            row.oldest.map(|id| id.0),
            sent[0],
            sent[1],
            sent[2],
            sent[3],
            row.behind.map(|id| id.0),
            row.beat,
        ])?;
    Ok(())
}

/// Removes what a writer had kept.
pub(super) fn remove(connection: &Connection, session: SessionKey, writer: &str) -> Result<()> {
    connection
        .prepare_cached("DELETE FROM partials WHERE session = ?1 AND writer = ?2")?
        .execute(params![session.0, writer])?;
    Ok(())
}

/// The message that another process has made of what a writer had kept.
pub(super) fn taken(
    connection: &Connection,
    session: SessionKey,
    writer: &str,
) -> Result<Option<MessageId>> {
    let taken: Option<Option<i64>> = connection
        .prepare_cached("SELECT taken FROM partials WHERE session = ?1 AND writer = ?2")?
        .query_row(params![session.0, writer], |row| row.get(0))
        .optional()?;
    Ok(taken.flatten().map(MessageId))
}

/// Empties what a writer had kept: that message was made of it.
pub(super) fn mark_taken(
    connection: &Connection,
    session: SessionKey,
    writer: &str,
    message: MessageId,
) -> Result<()> {
    connection
        .prepare_cached(
            "UPDATE partials SET taken = ?3, content = '', reasoning = NULL
             WHERE session = ?1 AND writer = ?2",
        )?
        .execute(params![session.0, writer, message.0])?;
    Ok(())
}

/// Notes that somebody saw a writer's beat.
pub(super) fn see(
    connection: &Connection,
    session: SessionKey,
    writer: &str,
    seen: &Sighting,
) -> Result<()> {
    connection
        .prepare_cached(
            "UPDATE partials SET seen_beat = ?3, seen_at = ?4, seen_boot = ?5
             WHERE session = ?1 AND writer = ?2 AND beat = ?3",
        )?
        .execute(params![session.0, writer, seen.beat, seen.at, seen.boot])?;
    Ok(())
}
