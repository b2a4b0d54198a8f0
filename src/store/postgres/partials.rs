//! Replies that are still coming, and what models were sent.

use tokio_postgres::Row;
use tokio_postgres::types::Type;

use super::super::Result;
use super::super::rows::{Partial, PartialRow, Sighting};
use super::client::{Ask, Value};
use super::connect::Seen;
use super::handle::Handle;
use super::missing;
use super::rights::{self, SpeaksAs};
use crate::domain::{MessageId, OwnedSent, SessionId, SessionKey, UserName};

/// As whom this login may speak, and the replies to a user that are still coming: whoever
/// begins to speak asks for both. Most logins speak as everybody, and most of the time no
/// reply is coming, which is told as they connect.
pub(super) fn of_user(
    handle: &mut Handle,
    user: &UserName,
) -> Result<(SpeaksAs, Result<Vec<Partial>>)> {
    let seen = match handle.server.take_seen() {
        Some(seen) => seen,
        None => seen(handle)?,
    };
    if seen.is_bound {
        handle.must_insert();
    }
    if !seen.is_bound && !seen.are_coming {
        return Ok((SpeaksAs::Everybody, Ok(Vec::new())));
    }
    let values: [Value<'_>; 1] = [(&user.as_str(), Type::TEXT)];
    let answers = handle.ask(&[rights::get_speaker(), Ask::Query(OF_USER, &values)])?;
    let rows = |at: usize| answers.get(at).map(Vec::as_slice).unwrap_or_default();
    Ok((rights::read(rows(0)), rows(1).iter().map(partial).collect()))
}

/// What this login sees now.
fn seen(handle: &mut Handle) -> Result<Seen> {
    let see = "SELECT row_security_active('saylog.sessions'), EXISTS (SELECT FROM saylog.partials)";
    let rows = handle.rows(see, &[])?;
    let row = rows.first().ok_or_else(missing)?;
    Ok(Seen {
        is_bound: row.get(0),
        are_coming: row.get(1),
    })
}

const OF_USER: &str =
    "SELECT p.session, s.uuid::text, p.content, p.model, p.writer, p.reasoning, p.oldest,
                p.answers, p.sent_floor, p.sent_system,
                (SELECT content FROM saylog.prompts WHERE id = p.sent_prompt),
                p.behind, p.beat, p.seen_beat, p.seen_at, p.seen_boot, p.taken
         FROM saylog.partials AS p
         JOIN saylog.sessions AS s ON s.id = p.session
         JOIN saylog.users AS u ON u.id = s.\"user\"
         WHERE u.name = $1 ORDER BY p.session, p.writer";

fn partial(row: &Row) -> Result<Partial> {
    let id = |column: usize| row.get::<_, Option<i64>>(column).map(MessageId);
    let seen: (Option<i64>, Option<i64>, Option<String>) = (row.get(13), row.get(14), row.get(15));
    Ok(Partial {
        key: SessionKey(row.get(0)),
        session: SessionId::parse(row.get(1)).ok_or_else(missing)?,
        content: row.get(2),
        model: row.get(3),
        writer: row.get(4),
        reasoning: row.get(5),
        oldest: id(6),
        sent: sent(row, 7),
        behind: id(11),
        beat: row.get(12),
        seen: match seen {
            (Some(beat), Some(at), Some(boot)) => Some(Sighting { boot, beat, at }),
            _ => None,
        },
        taken: id(16),
    })
}

/// Keeps what has come of a reply.
pub(super) fn put(handle: &mut Handle, row: &PartialRow<'_>) -> Result<()> {
    let prompt = match row.sent.and_then(|sent| sent.configured) {
        Some(text) => Some(prompt(handle, row.session, text)?),
        None => None,
    };
    let id = |id: Option<MessageId>| id.map(|id| id.0);
    let (oldest, behind) = (id(row.oldest), id(row.behind));
    let answers = row.sent.map(|sent| sent.last.0);
    let floor = id(row.sent.and_then(|sent| sent.floor));
    let system = id(row.sent.and_then(|sent| sent.system));
    let values: [Value<'_>; 12] = [
        (&row.session.0, Type::INT8),
        (&row.writer, Type::TEXT),
        (&row.content, Type::TEXT),
        (&row.model, Type::TEXT),
        (&row.reasoning, Type::TEXT),
        (&oldest, Type::INT8),
        (&answers, Type::INT8),
        (&floor, Type::INT8),
        (&system, Type::INT8),
        (&prompt, Type::INT8),
        (&behind, Type::INT8),
        (&row.beat, Type::INT8),
    ];
    handle.rows(
        "INSERT INTO saylog.partials
             (session, writer, content, model, reasoning, oldest, answers, sent_floor, sent_system,
              sent_prompt, behind, beat)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         ON CONFLICT (session, writer) DO UPDATE
         SET content = $3, model = $4, reasoning = $5, oldest = $6, answers = $7, sent_floor = $8,
             sent_system = $9, sent_prompt = $10, behind = $11, beat = $12, seen_beat = NULL,
             seen_at = NULL, seen_boot = NULL, taken = NULL",
        &values,
    )?;
    Ok(())
}

/// The message that another process has made of what a writer had kept.
pub(super) fn taken(
    handle: &mut Handle,
    session: SessionKey,
    writer: &str,
) -> Result<Option<MessageId>> {
    let rows = handle.rows(
        "SELECT taken FROM saylog.partials WHERE session = $1 AND writer = $2",
        &[(&session.0, Type::INT8), (&writer, Type::TEXT)],
    )?;
    let taken = rows.first().and_then(|row| row.get::<_, Option<i64>>(0));
    Ok(taken.map(MessageId))
}

/// Empties what a writer had kept: that message was made of it.
pub(super) fn mark_taken(
    handle: &mut Handle,
    session: SessionKey,
    writer: &str,
    message: MessageId,
) -> Result<()> {
    handle.rows(
        "UPDATE saylog.partials SET taken = $3, content = '', reasoning = NULL
         WHERE session = $1 AND writer = $2",
        &[
            (&session.0, Type::INT8),
            (&writer, Type::TEXT),
            (&message.0, Type::INT8),
        ],
    )?;
    Ok(())
}

/// Notes that somebody saw a writer's beat.
pub(super) fn see(
    handle: &mut Handle,
    session: SessionKey,
    writer: &str,
    seen: &Sighting,
) -> Result<()> {
    handle.rows(
        "UPDATE saylog.partials SET seen_beat = $3, seen_at = $4, seen_boot = $5
         WHERE session = $1 AND writer = $2 AND beat = $3",
        &[
            (&session.0, Type::INT8),
            (&writer, Type::TEXT),
            (&seen.beat, Type::INT8),
            (&seen.at, Type::INT8),
            (&seen.boot, Type::TEXT),
        ],
    )?;
    Ok(())
}

/// The number of a system prompt of the configuration. It is kept once for each user, unless
/// two processes keep it at the same time, which does no harm.
pub(super) fn prompt(handle: &mut Handle, session: SessionKey, text: &str) -> Result<i64> {
    let values: [Value<'_>; 2] = [(&text, Type::TEXT), (&session.0, Type::INT8)];
    let known = handle.rows(
        "SELECT id FROM saylog.prompts
         WHERE \"user\" = (SELECT \"user\" FROM saylog.sessions WHERE id = $2)
               AND md5(content) = md5($1) AND content = $1
         ORDER BY id LIMIT 1",
        &values,
    )?;
    if let Some(row) = known.first() {
        return Ok(row.get(0));
    }
    let added = handle.rows(
        "INSERT INTO saylog.prompts (content, \"user\")
         SELECT $1, s.\"user\" FROM saylog.sessions AS s WHERE s.id = $2 RETURNING id",
        &values,
    )?;
    Ok(added.first().ok_or_else(missing)?.get(0))
}

/// What a model was sent before it wrote a message, where the message's links do not tell
/// that.
pub(super) fn of_message(handle: &mut Handle, id: MessageId) -> Result<Option<OwnedSent>> {
    let rows = handle.rows(
        "SELECT answers, floor, system, (SELECT content FROM saylog.prompts WHERE id = prompt)
         FROM saylog.sent WHERE reply = $1",
        &[(&id.0, Type::INT8)],
    )?;
    Ok(rows.first().and_then(|row| sent(row, 0)))
}

/// Reads what was sent out of a row, from `at` on.
pub(super) fn sent(row: &Row, at: usize) -> Option<OwnedSent> {
    let id = |column: usize| row.get::<_, Option<i64>>(at + column).map(MessageId);
    Some(OwnedSent {
        last: id(0)?,
        floor: id(1),
        system: id(2),
        configured: row.get(at + 3),
    })
}
