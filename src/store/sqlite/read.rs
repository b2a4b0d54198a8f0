//! Messages and the links between them.

use std::borrow::Cow;
use std::collections::HashMap;

use rusqlite::{Connection, Error, OptionalExtension, Result, Row};

use super::super::backend::{Along, MessageQuery};
use super::super::rows::{LearnedWindow, Link};
use super::problem::bad_row;
use super::{codes, snapshot, tags};
use crate::domain::{
    Flow, Message, MessageId, ReplyDetails, SessionId, SessionKey, Timestamp, Usage, UserName,
};

/// How many sessions' names are remembered while rows go by.
const NAMES_REMEMBERED: usize = 4 * 1024;

/// How far the next message of a session is looked for, in messages.
const FOLLOWING_REACH: i64 = 10_000;

/// The columns of a message, in the order that [`show`] reads them.
const COLUMNS: &str = "id, parent, seq, session, role, content, created_at, model, status,
    prompt_tokens, reply_tokens, finish_reason, reasoning, citations";

/// The names that stand for a session's key wherever a message is shown.
#[derive(Default)]
pub(super) struct Names {
    of: HashMap<i64, (UserName, SessionId)>,
}

impl Names {
    /// Forgets them: a session that they are of may never have been.
    pub(super) fn clear(&mut self) {
        self.of.clear();
    }

    fn get(&mut self, connection: &Connection, session: i64) -> Result<&(UserName, SessionId)> {
        if !self.of.contains_key(&session) {
            if self.of.len() >= NAMES_REMEMBERED {
                self.of.clear();
            }
            let mut statement = connection.prepare_cached(
                "SELECT u.name, s.uuid FROM sessions AS s JOIN users AS u ON u.id = s.user
                 WHERE s.id = ?1",
            )?;
            let names = statement.query_row([session], |row| {
                Ok((tags::user(row, 0)?, tags::session(row, 1)?))
            })?;
            self.of.insert(session, names);
        }
        self.of.get(&session).ok_or(Error::QueryReturnedNoRows)
    }
}

/// Visits messages.
pub(super) fn messages(
    connection: &Connection,
    names: &mut Names,
    query: &MessageQuery<'_>,
    visit: &mut dyn FnMut(&Message<'_>) -> Flow,
) -> Result<()> {
    match *query {
        MessageQuery::Range { after, upto } => range(connection, names, after, upto, visit),
        MessageQuery::These(ids) => {
            let mut ids = ids.iter().copied();
            one_by_one(connection, names, &mut |_| Ok(ids.next()), visit)
        }
        MessageQuery::One(id) => {
            let mut statement = select_one(connection)?;
            let mut rows = statement.query([id.0])?;
            match rows.next()? {
                Some(row) => show(row, connection, names, visit).map(|_| ()),
                None => Ok(()),
            }
        }
        MessageQuery::Context(last) => {
            let mut next = |row: Option<&Row<'_>>| match row {
                None => Ok(Some(last)),
                Some(row) => older(MessageId(row.get(0)?), row.get(1)?),
            };
            one_by_one(connection, names, &mut next, visit)
        }
    }
}

fn range(
    connection: &Connection,
    names: &mut Names,
    after: MessageId,
    upto: MessageId,
    visit: &mut dyn FnMut(&Message<'_>) -> Flow,
) -> Result<()> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM messages WHERE id > ?1 AND id <= ?2 ORDER BY id"
    ))?;
    let mut rows = statement.query([after.0, upto.0])?;
    while let Some(row) = rows.next()? {
        if show(row, connection, names, visit)? == Flow::Full {
            break;
        }
    }
    Ok(())
}

fn select_one(connection: &Connection) -> Result<rusqlite::CachedStatement<'_>> {
    connection.prepare_cached(&format!("SELECT {COLUMNS} FROM messages WHERE id = ?1"))
}

/// Visits messages whose ids come out of `next`, which sees the row before.
fn one_by_one(
    connection: &Connection,
    names: &mut Names,
    next: &mut dyn FnMut(Option<&Row<'_>>) -> Result<Option<MessageId>>,
    visit: &mut dyn FnMut(&Message<'_>) -> Flow,
) -> Result<()> {
    let _snapshot = snapshot(connection)?;
    let mut statement = select_one(connection)?;
    let mut id = next(None)?;
    while let Some(MessageId(at)) = id {
        let mut rows = statement.query([at])?;
        let row = rows.next()?.ok_or(Error::QueryReturnedNoRows)?;
        // Before it is shown: of a context that is tied in a knot nothing more is.
        id = next(Some(row))?;
        if show(row, connection, names, visit)? == Flow::Full {
            break;
        }
    }
    Ok(())
}

/// Shows a message out of a row.
fn show(
    row: &Row<'_>,
    connection: &Connection,
    names: &mut Names,
    visit: &mut dyn FnMut(&Message<'_>) -> Flow,
) -> Result<Flow> {
    let (user, session) = names.get(connection, row.get(3)?)?;
    let bytes = row.get_ref(5)?.as_bytes()?;
    // STRICT tables hold text here, but another program may have written
    // bytes that are not UTF-8: they are shown as well as they can be.
    let content = str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::from);
    Ok(visit(&Message {
        id: MessageId(row.get(0)?),
        seq: row.get(2)?,
        parent: row.get::<_, Option<i64>>(1)?.map(MessageId),
        user,
        session: *session,
        role: codes::role(row.get(4)?),
        content: &content,
        created_at: Timestamp(row.get(6)?),
        model: row.get_ref(7)?.as_str_or_null()?,
        status: codes::status(row.get(8)?),
        usage: usage(row)?,
        details: ReplyDetails {
            finish_reason: row.get_ref(11)?.as_str_or_null()?,
            reasoning: row.get_ref(12)?.as_str_or_null()?,
            citations: row.get_ref(13)?.as_str_or_null()?,
        },
    }))
}

fn usage(row: &Row<'_>) -> Result<Option<Usage>> {
    let counts: (Option<i64>, Option<i64>) = (row.get(9)?, row.get(10)?);
    Ok(match counts {
        (Some(prompt), Some(reply)) => Some(Usage { prompt, reply }),
        _ => None,
    })
}

/// What stands before a message, which is older: a walk back always ends,
/// whatever another program has written.
fn older(id: MessageId, before: Option<i64>) -> Result<Option<MessageId>> {
    match before {
        Some(before) if before >= id.0 => Err(bad_row(format!(
            "message #{id} stands after #{before}, which is not older"
        ))),
        before => Ok(before.map(MessageId)),
    }
}

/// Visits what the messages of a chain are linked to.
pub(super) fn chain(
    connection: &Connection,
    from: MessageId,
    along: Along,
    visit: &mut dyn FnMut(&Link) -> Flow,
) -> Result<()> {
    let _snapshot = snapshot(connection)?;
    let mut statement = connection.prepare_cached(
        "SELECT session, role, parent, previous, depth, system, oldest, floor
         FROM messages WHERE id = ?1",
    )?;
    let mut next = Some(from);
    while let Some(id) = next {
        let Some(link) = statement
            .query_row([id.0], |row| link(id, row))
            .optional()?
        else {
            break;
        };
        if visit(&link) == Flow::Full {
            break;
        }
        next = match along {
            Along::Context => link.parent,
            Along::Session => link.previous,
        };
    }
    Ok(())
}

fn link(id: MessageId, row: &Row<'_>) -> Result<Link> {
    Ok(Link {
        id,
        session: SessionKey(row.get(0)?),
        role: codes::role(row.get(1)?),
        parent: older(id, row.get(2)?)?,
        previous: older(id, row.get(3)?)?,
        depth: row.get(4)?,
        system: older(id, row.get(5)?)?,
        oldest: older(id, row.get(6)?)?,
        floor: older(id, row.get(7)?)?,
    })
}

/// The next message of the same session in the log.
///
/// The log is not indexed by session: it is looked for among the messages that
/// follow, and from the end of the session back, each as far as
/// [`FOLLOWING_REACH`].
pub(super) fn following(connection: &Connection, id: MessageId) -> Result<Option<MessageId>> {
    let ahead: Option<i64> = connection
        .prepare_cached(
            "SELECT min(id) FROM messages
             WHERE id > ?1 AND id <= ?1 + ?2
               AND session = (SELECT session FROM messages WHERE id = ?1)",
        )?
        .query_row([id.0, FOLLOWING_REACH], |row| row.get(0))?;
    if ahead.is_some() {
        return Ok(ahead.map(MessageId));
    }
    let last: Option<i64> = connection
        .prepare_cached(
            "SELECT s.last FROM sessions AS s JOIN messages AS m ON m.session = s.id
             WHERE m.id = ?1",
        )?
        .query_row([id.0], |row| row.get(0))
        .optional()?
        .flatten();
    let Some(last) = last else {
        return Ok(None);
    };
    let (mut found, mut left) = (None, FOLLOWING_REACH);
    chain(connection, MessageId(last), Along::Session, &mut |link| {
        if link.previous == Some(id) {
            found = Some(link.id);
        }
        left -= 1;
        if link.id <= id || found.is_some() || left == 0 {
            return Flow::Full;
        }
        Flow::More
    })?;
    Ok(found)
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
