//! What models were sent.

use rusqlite::{Connection, OptionalExtension, Result, Row, params};

use crate::domain::{MessageId, OwnedSent, Sent};

/// The columns `answers`, `sent_floor`, `sent_system` and `sent_prompt`, for a
/// part of a reply that is to be written.
pub(super) fn columns(connection: &Connection, sent: Option<Sent<'_>>) -> Result<[Option<i64>; 4]> {
    let Some(sent) = sent else {
        return Ok([None; 4]);
    };
    let prompt = sent.configured.map(|text| prompt(connection, text));
    Ok([
        Some(sent.last.0),
        sent.floor.map(|id| id.0),
        sent.system.map(|id| id.0),
        prompt.transpose()?,
    ])
}

/// The number of a system prompt of the configuration, which is kept once.
fn prompt(connection: &Connection, text: &str) -> Result<i64> {
    let known = connection
        .prepare_cached("SELECT id FROM prompts WHERE content = ?1")?
        .query_row([text], |row| row.get(0))
        .optional()?;
    match known {
        Some(id) => Ok(id),
        None => connection
            .prepare_cached("INSERT INTO prompts (content) VALUES (?1)")?
            .insert([text]),
    }
}

/// Adds what the model was sent before it wrote a message.
pub(super) fn add(connection: &Connection, reply: MessageId, sent: Sent<'_>) -> Result<()> {
    let [answers, floor, system, prompt] = columns(connection, Some(sent))?;
    connection
        .prepare_cached(
            "INSERT INTO sent (reply, answers, floor, system, prompt) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![reply.0, answers, floor, system, prompt])?;
    Ok(())
}

/// Reads the first three columns and the prompt's text out of a row, from `at` on.
pub(super) fn read(row: &Row<'_>, at: usize) -> Result<Option<OwnedSent>> {
    let id = |at| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(at)?.map(MessageId));
    let Some(last) = id(at)? else {
        return Ok(None);
    };
    Ok(Some(OwnedSent {
        last,
        floor: id(at + 1)?,
        system: id(at + 2)?,
        configured: row.get(at + 3)?,
    }))
}

/// What a model was sent before it wrote a message, where the message's links do
/// not tell that.
pub(super) fn of_message(connection: &Connection, id: MessageId) -> Result<Option<OwnedSent>> {
    let sent = connection
        .prepare_cached(
            "SELECT answers, floor, system, (SELECT content FROM prompts WHERE id = prompt)
             FROM sent WHERE reply = ?1",
        )?
        .query_row([id.0], |row| read(row, 0))
        .optional()?;
    Ok(sent.flatten())
}
