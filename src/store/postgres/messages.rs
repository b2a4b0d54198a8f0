//! Messages, page by page.
//!
//! No statement is open while a message is looked at: a page is read whole, and the next one
//! begins behind its last message. It has so many messages, and so many bytes, whichever
//! comes first; PostgreSQL knows the length of a text without reading it.

use tokio_postgres::Row;
use tokio_postgres::types::Type;

use super::super::Result;
use super::super::backend::{MessageQuery, TextRange};
use super::super::codes;
use super::super::damage::{Damage, Why};
use super::client::Value;
use super::handle::Handle;
use super::missing;
use super::names::Names;
use crate::domain::{
    Flow, Message, MessageId, Problem, ProblemKind, ReplyDetails, Timestamp, Usage,
};

/// The columns of a message, in the order that [`show`] reads them.
pub(super) const COLUMNS: &str = "m.id, m.parent, m.seq, m.session, m.role, m.content,
    m.created_at, m.model, m.status, m.prompt_tokens, m.reply_tokens, m.finish_reason,
    m.reasoning, m.citations, m.said_at,
    CASE WHEN m.said_at IS NOT NULL THEN
        (SELECT true FROM saylog.origins AS o
         WHERE o.message = m.id AND get_byte(o.source, 6) >> 4 = 5 LIMIT 1) END";

/// How many these are.
pub(super) const WIDTH: usize = 16;

/// How many messages the first page has, and the longest.
const FIRST_PAGE: i64 = 128;
const LONGEST_PAGE: i64 = 2_048;

/// How many bytes of text a page has before its last message.
pub(super) const PAGE_BYTES: i64 = 2 * 1024 * 1024;

/// The messages of a range that fit on a page.
fn page(columns: &str, joined: &str) -> String {
    format!(
        "SELECT {columns}
         FROM (SELECT r.*, sum(octet_length(r.content) + coalesce(octet_length(r.reasoning), 0))
                      OVER (ORDER BY r.id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
                      AS bytes
               FROM (SELECT * FROM saylog.messages WHERE id > $1 AND id <= $2
                     ORDER BY id LIMIT $3) AS r) AS m
         {joined}
         WHERE coalesce(m.bytes, 0) < $4 ORDER BY m.id"
    )
}

/// Visits the rows of a range, in the order of the log.
pub(super) fn range(
    handle: &mut Handle,
    columns: &str,
    joined: &str,
    (after, upto): (MessageId, MessageId),
    visit: &mut dyn FnMut(&mut Handle, &[Row]) -> Result<Flow>,
) -> Result<()> {
    let sql = page(columns, joined);
    let (mut after, mut count) = (after.0, FIRST_PAGE);
    while after < upto.0 {
        let values: [Value<'_>; 4] = [
            (&after, Type::INT8),
            (&upto.0, Type::INT8),
            (&count, Type::INT8),
            (&PAGE_BYTES, Type::INT8),
        ];
        let rows = handle.rows(&sql, &values)?;
        let Some(last) = rows.last() else { break };
        after = last.get(0);
        if visit(handle, &rows)? == Flow::Full {
            break;
        }
        count = (count * 4).min(LONGEST_PAGE);
    }
    Ok(())
}

/// Visits messages.
pub(super) fn messages(
    handle: &mut Handle,
    names: &mut Names,
    damage: &mut Damage,
    query: &MessageQuery<'_>,
    visit: &mut dyn FnMut(&Message<'_>) -> Flow,
) -> Result<()> {
    match *query {
        MessageQuery::Range { after, upto } => {
            range(handle, COLUMNS, "", (after, upto), &mut |handle, rows| {
                show_all(handle, names, rows, visit)
            })
        }
        MessageQuery::These(ids) => these(handle, damage, COLUMNS, "", ids, &mut |handle, rows| {
            show_all(handle, names, rows, visit)
        }),
        MessageQuery::One(id) => {
            let select = format!("SELECT {COLUMNS} FROM saylog.messages AS m WHERE m.id = $1");
            let rows = handle.rows(&select, &[(&id.0, Type::INT8)])?;
            show_all(handle, names, &rows, visit).map(|_| ())
        }
        MessageQuery::Context(last) => context(handle, names, last, visit),
    }
}

/// Visits the rows of these messages, in this order. Those that are not there are passed
/// over, and that is told.
pub(super) fn these(
    handle: &mut Handle,
    damage: &mut Damage,
    columns: &str,
    joined: &str,
    ids: &[MessageId],
    visit: &mut dyn FnMut(&mut Handle, &[Row]) -> Result<Flow>,
) -> Result<()> {
    let sql = format!(
        "SELECT {columns}
         FROM (SELECT r.*, w.place,
                      sum(octet_length(r.content) + coalesce(octet_length(r.reasoning), 0))
                      OVER (ORDER BY w.place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
                      AS bytes
               FROM pg_catalog.unnest($1::bigint[]) WITH ORDINALITY AS w (id, place)
               JOIN saylog.messages AS r ON r.id = w.id) AS m
         {joined}
         WHERE coalesce(m.bytes, 0) < $2 ORDER BY m.place"
    );
    let mut ids = ids;
    while !ids.is_empty() {
        let count = ids
            .len()
            .min(usize::try_from(FIRST_PAGE * 4).unwrap_or(usize::MAX));
        let wanted: Vec<i64> = ids.iter().take(count).map(|id| id.0).collect();
        let values: [Value<'_>; 2] = [(&wanted, Type::INT8_ARRAY), (&PAGE_BYTES, Type::INT8)];
        let rows = handle.rows(&sql, &values)?;
        // What stands behind the last one of a full page comes with the next.
        let last: Option<i64> = rows.last().map(|row| row.get(0));
        let place = last.and_then(|last| wanted.iter().rposition(|id| *id == last));
        let done = place.map_or(count, |at| at + 1);
        let mut found = rows.iter().map(|row| row.get::<_, i64>(0)).peekable();
        for id in &wanted[..done] {
            if found.peek() == Some(id) {
                found.next();
            } else {
                damage.miss_messages(MessageId(*id), MessageId(*id), Why::Gone);
            }
        }
        if visit(handle, &rows)? == Flow::Full {
            break;
        }
        ids = &ids[done..];
    }
    Ok(())
}

/// Visits a context from its end back.
fn context(
    handle: &mut Handle,
    names: &mut Names,
    last: MessageId,
    visit: &mut dyn FnMut(&Message<'_>) -> Flow,
) -> Result<()> {
    let sql = format!(
        "WITH RECURSIVE c (id, parent, place, bytes) AS (
             SELECT id, parent, 1, octet_length(content)::bigint
             FROM saylog.messages WHERE id = $1
             UNION ALL
             SELECT m.id, m.parent, c.place + 1, c.bytes + octet_length(m.content)
             FROM c JOIN saylog.messages AS m ON m.id = c.parent AND m.id < c.id
             WHERE c.place < $2 AND c.bytes < $3)
         SELECT {COLUMNS} FROM c JOIN saylog.messages AS m ON m.id = c.id ORDER BY c.place"
    );
    let (mut next, mut count) = (Some(last.0), 32);
    while let Some(id) = next {
        let values: [Value<'_>; 3] = [
            (&id, Type::INT8),
            (&count, Type::INT4),
            (&PAGE_BYTES, Type::INT8),
        ];
        let rows = handle.rows(&sql, &values)?;
        let Some(last) = rows.last() else {
            return Err(missing());
        };
        next = older(last.get(0), last.get(1))?;
        if show_all(handle, names, &rows, visit)? == Flow::Full {
            break;
        }
        count = (count * 4).min(512);
    }
    Ok(())
}

/// What stands before a message, which is older: every walk back ends, whatever another
/// program has written.
pub(super) fn older(id: i64, before: Option<i64>) -> Result<Option<i64>> {
    match before {
        Some(before) if before >= id => {
            let what = format!("message #{id} stands after #{before}, which is not older");
            Err(Problem::new(ProblemKind::Damaged, what))
        }
        before => Ok(before),
    }
}

/// Visits texts of messages.
pub(super) fn texts(
    handle: &mut Handle,
    range_of: &TextRange,
    visit: &mut dyn FnMut(MessageId, &str) -> Flow,
) -> Result<()> {
    let columns = if range_of.of_reasoning {
        "m.id, coalesce(m.reasoning, '')"
    } else {
        "m.id, m.content"
    };
    let between = (range_of.after, range_of.upto);
    range(handle, columns, "", between, &mut |_, rows| {
        for row in rows {
            if visit(MessageId(row.get(0)), row.get(1)) == Flow::Full {
                return Ok(Flow::Full);
            }
        }
        Ok(Flow::More)
    })
}

/// Shows the messages of rows.
fn show_all(
    handle: &mut Handle,
    names: &mut Names,
    rows: &[Row],
    visit: &mut dyn FnMut(&Message<'_>) -> Flow,
) -> Result<Flow> {
    names.learn(handle, rows.iter().map(|row| row.get(3)))?;
    for row in rows {
        if show(names, row, visit)? == Flow::Full {
            return Ok(Flow::Full);
        }
    }
    Ok(Flow::More)
}

/// Shows the message of a row of which the session's names are known.
pub(super) fn show(
    names: &Names,
    row: &Row,
    visit: &mut dyn FnMut(&Message<'_>) -> Flow,
) -> Result<Flow> {
    let whose = names.get(row.get(3)).ok_or_else(missing)?;
    let (role, status): (i16, i16) = (row.get(4), row.get(8));
    let said_at = row.get::<_, Option<i64>>(14).map(Timestamp);
    let has_origin = row.get::<_, Option<bool>>(15).is_some();
    let usage: (Option<i64>, Option<i64>) = (row.get(9), row.get(10));
    Ok(visit(&Message {
        id: MessageId(row.get(0)),
        seq: row.get(2),
        parent: row.get::<_, Option<i64>>(1).map(MessageId),
        user: &whose.user,
        session: whose.session,
        role: codes::role(role.into()).ok_or_else(missing)?,
        content: row.get(5),
        created_at: Timestamp(row.get(6)),
        said_at,
        // What was said here since has no time from there.
        source: said_at.map(|_| whose.source_of(has_origin)),
        model: row.get(7),
        status: codes::status(status.into()).ok_or_else(missing)?,
        usage: match usage {
            (Some(prompt), Some(reply)) => Some(Usage { prompt, reply }),
            _ => None,
        },
        details: ReplyDetails {
            finish_reason: row.get(11),
            reasoning: row.get(12),
            citations: row.get(13),
        },
    }))
}
