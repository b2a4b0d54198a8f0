//! Messages, in the order of the log, by their ids, or along a context.

use tokio_postgres::Row;
use tokio_postgres::types::Type;

use super::super::Result;
use super::super::backend::{MessageQuery, TextRange};
use super::super::codes;
use super::super::copying::PAGE_BYTES;
use super::super::damage::{Damage, Why};
use super::client::Value;
use super::fitting::{BYTES, fitting};
use super::handle::Handle;
use super::missing;
use super::names::Names;
use super::pages::{Pages, Seen, Select, Show};
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

/// How many messages are asked for at once that are named.
const NAMED_AT_ONCE: usize = 512;

/// Visits messages.
pub(super) fn messages(
    handle: &mut Handle,
    pages: &mut Pages,
    names: &mut Names,
    damage: &mut Damage,
    query: &MessageQuery<'_>,
    visit: &mut dyn FnMut(&Message<'_>) -> Flow,
) -> Result<()> {
    let select = Select {
        columns: COLUMNS.to_owned(),
        joined: "",
    };
    match *query {
        MessageQuery::Range { after, upto } => {
            pages.read(handle, &select, (after, upto), &mut |handle, rows| {
                show_all(handle, names, rows, visit)
            })
        }
        MessageQuery::These(ids) => these(handle, damage, &select, ids, &mut |handle, rows| {
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
    select: &Select,
    ids: &[MessageId],
    show: &mut Show<'_>,
) -> Result<()> {
    let named = "SELECT m.*, n.place
        FROM pg_catalog.unnest($1::bigint[]) WITH ORDINALITY AS n (id, place)
        JOIN saylog.messages AS m ON m.id = n.id";
    let sql = fitting(&select.columns, named, BYTES, "place", select.joined);
    let mut ids = ids;
    while !ids.is_empty() {
        let count = ids.len().min(NAMED_AT_ONCE);
        let wanted: Vec<i64> = ids.iter().take(count).map(|id| id.0).collect();
        let values: [Value<'_>; 1] = [(&wanted, Type::INT8_ARRAY)];
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
        if show(handle, &rows)? != Seen::All {
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
             WHERE c.place < $2 AND c.bytes < {PAGE_BYTES})
         SELECT {COLUMNS} FROM c JOIN saylog.messages AS m ON m.id = c.id ORDER BY c.place"
    );
    let (mut next, mut count) = (Some(last.0), 32);
    while let Some(id) = next {
        let values: [Value<'_>; 2] = [(&id, Type::INT8), (&count, Type::INT4)];
        let rows = handle.rows(&sql, &values)?;
        let Some(last) = rows.last() else {
            return Err(missing());
        };
        next = older(last.get(0), last.get(1))?;
        if show_all(handle, names, &rows, visit)? != Seen::All {
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
    pages: &mut Pages,
    range: &TextRange,
    visit: &mut dyn FnMut(MessageId, &str) -> Flow,
) -> Result<()> {
    let columns = if range.of_reasoning {
        "m.id, coalesce(m.reasoning, '')"
    } else {
        "m.id, m.content"
    };
    let select = Select {
        columns: columns.to_owned(),
        joined: "",
    };
    pages.read(
        handle,
        &select,
        (range.after, range.upto),
        &mut |_, rows| {
            for (place, row) in rows.iter().enumerate() {
                if visit(MessageId(row.get(0)), row.get(1)) == Flow::Full {
                    return Ok(Seen::UpTo(place));
                }
            }
            Ok(Seen::All)
        },
    )
}

/// Shows the messages of rows.
fn show_all(
    handle: &mut Handle,
    names: &mut Names,
    rows: &[Row],
    visit: &mut dyn FnMut(&Message<'_>) -> Flow,
) -> Result<Seen> {
    for (place, row) in rows.iter().enumerate() {
        if names.get(row.get(3)).is_none() {
            names.learn(handle, rows[place..].iter().map(|row| row.get(3)))?;
        }
        if show(names, row, visit)? == Flow::Full {
            return Ok(Seen::UpTo(place));
        }
    }
    Ok(Seen::All)
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
