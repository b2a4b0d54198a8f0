//! Rows that are added and changed.

use rusqlite::{Connection, OptionalExtension, Result, params};

use super::super::codes;
use super::super::rows::{End, LearnedWindow, MessageRow, MoveRow, NewSession, SessionChange};
use super::problem::bad_row;
use super::sent;
use crate::domain::{MessageId, MoveId, ReplyDetails, SessionKey};

/// Adds a session; its user becomes known.
pub(super) fn session(
    connection: &Connection,
    row: &NewSession<'_>,
    newest: MessageId,
) -> Result<SessionKey> {
    let known: Option<i64> = connection
        .prepare_cached("SELECT id FROM users WHERE name = ?1")?
        .query_row([row.user.as_str()], |row| row.get(0))
        .optional()?;
    let user = match known {
        Some(user) => user,
        None => {
            let user = connection
                .prepare_cached("INSERT INTO users (name) VALUES (?1)")?
                .insert([row.user.as_str()])?;
            let named = "SELECT max(user) FROM sessions";
            check_is_new(connection, named, user, "user")?;
            user
        }
    };
    let key = connection
        .prepare_cached(
            "INSERT INTO sessions
             (uuid, user, title, created_at, touched_at, model, persona, system, words, touched, origin)
             VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .insert(params![
            row.session.to_string(),
            user,
            row.title,
            row.at.0,
            row.model,
            row.persona,
            row.system.map(|id| id.0),
            row.preview,
            newest.0,
            row.origin.map(|origin| origin.0),
        ])?;
    let named = "SELECT session FROM messages ORDER BY id DESC LIMIT 1";
    check_is_new(connection, named, key, "session")?;
    Ok(SessionKey(key))
}

/// Fails if what has just been added has the number of something that is gone: it
/// would get what that had. `named` selects the largest number that is in use.
fn check_is_new(connection: &Connection, named: &str, added: i64, what: &str) -> Result<()> {
    let used: Option<Option<i64>> = connection
        .prepare_cached(named)?
        .query_row([], |row| row.get(0))
        .optional()?;
    match used.flatten() {
        Some(used) if used >= added => Err(bad_row(format!("{what} {used} is gone"))),
        _ => Ok(()),
    }
}

/// Adds a message. This is the hot path: one page is touched, and what few
/// messages have is not bound to the statement of the others.
pub(super) fn message(connection: &Connection, row: &MessageRow<'_>) -> Result<MessageId> {
    let common = params![
        row.parent.map(|id| id.0),
        row.previous.map(|id| id.0),
        row.seq,
        row.session.0,
        codes::of_role(row.role),
        row.content,
        row.created_at.0,
        row.model,
        codes::of_status(row.status),
        row.usage.map(|usage| usage.prompt),
        row.usage.map(|usage| usage.reply),
        row.depth,
        row.system.map(|id| id.0),
        row.oldest.map(|id| id.0),
    ];
    // SQLite gives the next id itself, without looking whether it is taken.
    let is_plain =
        row.details == ReplyDetails::default() && row.floor.is_none() && row.said_at.is_none();
    let id = if is_plain {
        let mut statement = connection.prepare_cached(
            "INSERT INTO messages
             (parent, previous, seq, session, role, content, created_at, model, status,
              prompt_tokens, reply_tokens, depth, system, oldest)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        )?;
        statement.insert(common)
    } else {
        let further = params![
            row.details.finish_reason,
            row.details.reasoning,
            row.details.citations,
            row.floor.map(|id| id.0),
            row.said_at.map(|at| at.0),
        ];
        let mut statement = connection.prepare_cached(
            "INSERT INTO messages
             (parent, previous, seq, session, role, content, created_at, model, status,
              prompt_tokens, reply_tokens, depth, system, oldest,
              finish_reason, reasoning, citations, floor, said_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,
                     ?19)",
        )?;
        let all = [common, further].concat();
        statement.insert(all.as_slice())
    };
    let id = id.map(MessageId)?;
    if let Some(sent) = row.sent {
        sent::add(connection, id, sent)?;
    }
    Ok(id)
}

/// The id of the next move.
pub(super) fn next_move(connection: &Connection) -> Result<MoveId> {
    let last: Option<i64> = connection
        .prepare_cached("SELECT max(id) FROM moves")?
        .query_row([], |row| row.get(0))?;
    Ok(MoveId(last.unwrap_or(0) + 1))
}

/// Adds a move.
pub(super) fn step(connection: &Connection, session: SessionKey, row: &MoveRow) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO moves
             (id, session, why, from_head, to_head, from_base, to_base, redo, gone, back, moved_at,
              from_floor, to_floor)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?
        .execute(params![
            row.id.0,
            session.0,
            row.kind.word(),
            row.from.head.map(|id| id.0),
            row.to.head.map(|id| id.0),
            row.from.base.map(|id| id.0),
            row.to.base.map(|id| id.0),
            row.redo.map(|id| id.0),
            row.gone,
            row.back,
            row.at.0,
            row.from.floor.map(|id| id.0),
            row.to.floor.map(|id| id.0),
        ])?;
    Ok(())
}

/// Changes a session's row.
pub(super) fn change(
    connection: &Connection,
    session: SessionKey,
    change: &SessionChange<'_>,
) -> Result<()> {
    match change {
        SessionChange::End {
            end,
            words,
            answered_by,
        } => move_end(connection, session, end, *words, *answered_by)?,
        SessionChange::Title(title) => connection
            .prepare_cached("UPDATE sessions SET title = ?2 WHERE id = ?1")?
            .execute(params![session.0, title])?,
        SessionChange::Model(model) => connection
            .prepare_cached("UPDATE sessions SET model = ?2 WHERE id = ?1")?
            .execute(params![session.0, model])?,
        SessionChange::Archived(at) => connection
            .prepare_cached("UPDATE sessions SET archived_at = ?2 WHERE id = ?1")?
            .execute(params![session.0, at.map(|at| at.0)])?,
        SessionChange::Origin(origin) => connection
            .prepare_cached("UPDATE sessions SET origin = ?2 WHERE id = ?1")?
            .execute([session.0, origin.0])?,
    };
    Ok(())
}

fn move_end(
    connection: &Connection,
    session: SessionKey,
    end: &End,
    words: Option<&str>,
    answered_by: Option<&str>,
) -> Result<usize> {
    connection
        .prepare_cached(
            "UPDATE sessions SET head = ?2, depth = ?3, last = ?4, count = ?5, system = ?6,
                                 touched_at = ?7, base = ?8, redo = ?9,
                                 words = coalesce(?10, words), floor = ?11, touched = ?12,
                                 answered_by = coalesce(?13, answered_by)
             WHERE id = ?1",
        )?
        .execute(params![
            session.0,
            end.place.head.map(|id| id.0),
            end.depth,
            end.last.map(|id| id.0),
            end.count,
            end.system.map(|id| id.0),
            end.touched_at.0,
            end.place.base.map(|id| id.0),
            end.redo.map(|id| id.0),
            words,
            end.place.floor.map(|id| id.0),
            end.touched.0,
            answered_by,
        ])
}

/// Keeps how much an endpoint takes for a model.
pub(super) fn window(
    connection: &Connection,
    endpoint: &str,
    model: &str,
    window: LearnedWindow,
) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO windows (endpoint, model, tokens, configured)
             VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![endpoint, model, window.tokens, window.configured])?;
    Ok(())
}
