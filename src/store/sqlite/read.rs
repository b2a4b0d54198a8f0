//! Messages and the links between them.

use rusqlite::{Connection, OptionalExtension, Result, Row};

use super::super::backend::{MessageQuery, TextRange};
use super::super::codes;
use super::super::damage::{Damage, Why};
use super::super::rows::LearnedWindow;
use super::chain::older;
use super::names::Names;
use super::problem::{bad_row, of_message, why};
use super::scan::{Missed, Scan, Table};
use super::{snapshot, tags};
use crate::domain::{Flow, Message, MessageId, ReplyDetails, Timestamp, Usage};

/// The columns of a message, in the order that [`show`] reads them.
pub(super) const COLUMNS: &str =
    "id, parent, seq, session, role, content, created_at, model, status,
    prompt_tokens, reply_tokens, finish_reason, reasoning, citations, said_at";

/// Visits messages. Of a range and of a list of them, what cannot be read is
/// passed over.
pub(super) fn messages(
    connection: &Connection,
    names: &mut Names,
    damage: &mut Damage,
    query: &MessageQuery<'_>,
    visit: &mut dyn FnMut(&Message<'_>) -> Flow,
) -> Result<()> {
    match *query {
        MessageQuery::Range { after, upto } => {
            let sql =
                format!("SELECT {COLUMNS} FROM messages WHERE id >= ?1 AND id <= ?2 ORDER BY id");
            let range = Scan {
                table: Table::Messages,
                sql: &sql,
                after: after.0,
                upto: upto.0,
            };
            let mut miss = |missed: Missed| {
                let (first, last) = (MessageId(missed.first), MessageId(missed.last));
                damage.miss_messages(first, last, missed.why);
            };
            range.run(connection, &mut miss, &mut |row| {
                show(row, connection, names, visit)
            })?;
            Ok(())
        }
        MessageQuery::These(ids) => these(connection, names, damage, ids, visit),
        MessageQuery::One(id) => {
            let mut statement = select_one(connection)?;
            let mut rows = statement.query([id.0])?;
            let shown = match rows.next() {
                Ok(Some(row)) => show(row, connection, names, visit).map(|_| ()),
                Ok(None) => Ok(()),
                Err(error) => Err(error),
            };
            shown.map_err(|error| of_message(id, error))
        }
        MessageQuery::Context(last) => context(connection, names, last, visit),
    }
}

/// Visits texts of messages. What cannot be read is passed over.
pub(super) fn texts(
    connection: &Connection,
    damage: &mut Damage,
    range: &TextRange,
    visit: &mut dyn FnMut(MessageId, &str) -> Flow,
) -> Result<()> {
    let column = if range.of_reasoning {
        "reasoning"
    } else {
        "content"
    };
    let sql = format!("SELECT id, {column} FROM messages WHERE id >= ?1 AND id <= ?2 ORDER BY id");
    let scan = Scan {
        table: Table::Messages,
        sql: &sql,
        after: range.after.0,
        upto: range.upto.0,
    };
    let mut miss = |missed: Missed| {
        let (first, last) = (MessageId(missed.first), MessageId(missed.last));
        damage.miss_messages(first, last, missed.why);
    };
    scan.run(connection, &mut miss, &mut |row| {
        let text = tags::shown(row, 1)?.unwrap_or_default();
        Ok(visit(MessageId(row.get(0)?), &text))
    })?;
    Ok(())
}

fn select_one(connection: &Connection) -> Result<rusqlite::CachedStatement<'_>> {
    connection.prepare_cached(&format!("SELECT {COLUMNS} FROM messages WHERE id = ?1"))
}

fn these(
    connection: &Connection,
    names: &mut Names,
    damage: &mut Damage,
    ids: &[MessageId],
    visit: &mut dyn FnMut(&Message<'_>) -> Flow,
) -> Result<()> {
    let _snapshot = snapshot(connection)?;
    let mut statement = select_one(connection)?;
    for &id in ids {
        let mut rows = statement.query([id.0])?;
        let shown = match rows.next() {
            Ok(Some(row)) => show(row, connection, names, visit),
            Ok(None) => {
                damage.miss_messages(id, id, Why::Gone);
                continue;
            }
            Err(error) => Err(error),
        };
        match shown {
            Ok(Flow::Full) => break,
            Ok(Flow::More) => {}
            Err(error) => match why(&error) {
                Some(why) => damage.miss_messages(id, id, why),
                None => return Err(error),
            },
        }
    }
    Ok(())
}

/// Visits a context from its end back. It is read whole or not at all.
fn context(
    connection: &Connection,
    names: &mut Names,
    last: MessageId,
    visit: &mut dyn FnMut(&Message<'_>) -> Flow,
) -> Result<()> {
    let _snapshot = snapshot(connection)?;
    let mut statement = select_one(connection)?;
    let mut next = Some(last);
    while let Some(id) = next {
        let mut rows = statement.query([id.0])?;
        let shown = match rows.next() {
            Ok(Some(row)) => (row.get(1))
                .and_then(|parent| older(id, parent))
                // Before it is shown: of a context that is tied in a knot nothing more is.
                .and_then(|parent| Ok((parent, show(row, connection, names, visit)?))),
            Ok(None) => Err(bad_row("it is not there")),
            Err(error) => Err(error),
        };
        match shown.map_err(|error| of_message(id, error))? {
            (_, Flow::Full) => break,
            (parent, Flow::More) => next = parent,
        }
    }
    Ok(())
}

/// Shows a message out of a row.
pub(super) fn show(
    row: &Row<'_>,
    connection: &Connection,
    names: &mut Names,
    visit: &mut dyn FnMut(&Message<'_>) -> Flow,
) -> Result<Flow> {
    let whose = names.get(connection, row.get(3)?)?;
    let (role, status): (i64, i64) = (row.get(4)?, row.get(8)?);
    let content = tags::shown(row, 5)?.unwrap_or_default();
    let said_at = row.get::<_, Option<i64>>(14)?.map(Timestamp);
    let source = match said_at {
        Some(_) => Some(whose.source_of(connection, row.get(0)?)?),
        // What was said here since has no time from there.
        None => None,
    };
    let (model, finish_reason) = (tags::shown(row, 7)?, tags::shown(row, 11)?);
    let (reasoning, citations) = (tags::shown(row, 12)?, tags::shown(row, 13)?);
    let shown = Message {
        id: MessageId(row.get(0)?),
        seq: row.get(2)?,
        parent: row.get::<_, Option<i64>>(1)?.map(MessageId),
        user: &whose.user,
        session: whose.session,
        role: codes::role(role).ok_or_else(|| bad_row(format!("its role is {role}")))?,
        content: &content,
        created_at: Timestamp(row.get(6)?),
        said_at,
        source,
        model: model.as_deref(),
        status: codes::status(status).ok_or_else(|| bad_row(format!("its status is {status}")))?,
        usage: usage(row)?,
        details: ReplyDetails {
            finish_reason: finish_reason.as_deref(),
            reasoning: reasoning.as_deref(),
            citations: citations.as_deref(),
        },
    };
    Ok(visit(&shown))
}

fn usage(row: &Row<'_>) -> Result<Option<Usage>> {
    let counts: (Option<i64>, Option<i64>) = (row.get(9)?, row.get(10)?);
    Ok(match counts {
        (Some(prompt), Some(reply)) => Some(Usage { prompt, reply }),
        _ => None,
    })
}

/// How much an endpoint takes for a model, if that is known.
pub(super) fn window(
    connection: &Connection,
    endpoint: &str,
    model: &str,
) -> Result<Option<LearnedWindow>> {
    connection
        .prepare_cached(
            "SELECT tokens, configured FROM windows WHERE endpoint = ?1 AND model = ?2",
        )?
        .query_row([endpoint, model], |row| {
            Ok(LearnedWindow {
                tokens: row.get(0)?,
                configured: row.get(1)?,
            })
        })
        .optional()
}
