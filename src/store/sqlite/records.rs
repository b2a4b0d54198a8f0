//! What a log holds, to be carried to another one.

use std::collections::HashMap;

use rusqlite::{CachedStatement, Connection, OptionalExtension, Result, Row};

use super::super::backend::MessageQuery;
use super::super::damage::{Damage, Why};
use super::super::record::{Behind, Linked};
use super::names::Names;
use super::problem::{is_bad_row, is_damage, why};
use super::read::{COLUMNS, show};
use super::scan::{Missed, Scan, Table};
use super::{sent, snapshot, tags};
use crate::domain::{
    Flow, Links, Message, MessageId, Numbered, SentLinks, SessionId, SessionKey, SourceKey,
    UserName, former_number,
};

/// How many messages that others are linked to are remembered while rows go by.
const REMEMBERED: usize = 4 * 1024;

/// The columns of a record, behind those of a message.
const FURTHER: &str = "m.depth, m.previous, m.system, m.oldest, m.floor";

/// By what a message is known to have come from another program.
const ORIGIN: &str = "(SELECT o.source FROM origins AS o
    WHERE o.message = m.id AND substr(hex(o.source), 13, 1) = '5' LIMIT 1)";

/// What a model was sent before a message.
const SENT: &str = "s.answers, s.floor, s.system,
    (SELECT p.content FROM prompts AS p WHERE p.id = s.prompt)";

/// Selects messages with all that they have. What no message has is not looked for.
fn select(connection: &Connection) -> Result<String> {
    let has_any = |table: &str| -> Result<bool> {
        connection
            .prepare_cached(&format!("SELECT EXISTS (SELECT 1 FROM {table})"))?
            .query_row([], |row| row.get(0))
    };
    let origin = if has_any("origins")? { ORIGIN } else { "NULL" };
    let (sent, join) = if has_any("sent")? {
        (SENT, "LEFT JOIN sent AS s ON s.reply = m.id")
    } else {
        ("NULL, NULL, NULL, NULL", "")
    };
    Ok(format!(
        "SELECT {COLUMNS}, {FURTHER}, {origin}, {sent} FROM messages AS m {join}"
    ))
}

/// Visits messages with all that they have.
pub(super) fn records(
    connection: &Connection,
    names: &mut Names,
    damage: &mut Damage,
    query: &MessageQuery<'_>,
    visit: &mut dyn FnMut(&Message<'_>, &Behind) -> Flow,
) -> Result<()> {
    let _snapshot = snapshot(connection)?;
    let select = select(connection)?;
    let mut linked = LinkedMessages::new(connection)?;
    let mut take = |row: &Row<'_>| -> Result<Flow> {
        let behind = linked.behind(connection, names, row)?;
        show(row, connection, names, &mut |message| {
            visit(message, &behind)
        })
    };
    match *query {
        MessageQuery::Range { after, upto } => {
            let range = Scan {
                table: Table::Messages,
                sql: &format!("{select} WHERE m.id >= ?1 AND m.id <= ?2 ORDER BY m.id"),
                after: after.0,
                upto: upto.0,
            };
            let mut miss = |missed: Missed| {
                let (first, last) = (MessageId(missed.first), MessageId(missed.last));
                damage.miss_messages(first, last, missed.why);
            };
            range.run(connection, &mut miss, &mut take)?;
        }
        MessageQuery::These(ids) => {
            let mut statement = connection.prepare_cached(&format!("{select} WHERE m.id = ?1"))?;
            for &id in ids {
                match statement.query_row([id.0], &mut take).optional() {
                    Ok(Some(Flow::Full)) => break,
                    Ok(Some(Flow::More)) => {}
                    Ok(None) => damage.miss_messages(id, id, Why::Gone),
                    Err(error) => match why(&error) {
                        Some(why) => damage.miss_messages(id, id, why),
                        None => return Err(error),
                    },
                }
            }
        }
        MessageQuery::One(_) | MessageQuery::Context(_) => {}
    }
    Ok(())
}

/// The number that a message has where it was said, if that is another one than here.
fn former(connection: &Connection, message: i64) -> Result<Option<i64>> {
    let key: Option<SourceKey> = connection
        .prepare_cached(
            "SELECT source FROM origins
             WHERE message = ?1 AND substr(hex(source), 13, 1) = '8' LIMIT 1",
        )?
        .query_row([message], |row| row.get(0))
        .optional()?;
    Ok(key.as_ref().and_then(former_number))
}

/// The names of messages that others are linked to.
struct LinkedMessages<'c> {
    select: CachedStatement<'c>,
    known: HashMap<i64, Numbered>,
    /// The one that was asked for last: neighbours have the same system prompt.
    last: Option<(i64, Numbered)>,
}

impl<'c> LinkedMessages<'c> {
    fn new(connection: &'c Connection) -> Result<Self> {
        Ok(Self {
            select: connection.prepare_cached("SELECT session, seq FROM messages WHERE id = ?1")?,
            known: HashMap::new(),
            last: None,
        })
    }

    /// What a row has beside the message.
    fn behind(
        &mut self,
        connection: &Connection,
        names: &mut Names,
        row: &Row<'_>,
    ) -> Result<Behind> {
        let id = |at: usize| row.get::<_, Option<i64>>(at);
        let (of, seq): (i64, i64) = (row.get(3)?, row.get(2)?);
        let whose = names.get(connection, of)?;
        let (session, is_renumbered) = (whose.session, whose.is_renumbered);
        let previous = id(16)?;
        let sent = sent::read(row, 21)?;
        let stored = Links {
            parent: id(1)?,
            system: id(17)?,
            floor: id(19)?,
            oldest: id(18)?,
            sent: sent.as_ref().map(|sent| SentLinks {
                last: Some(sent.last.0),
                floor: sent.floor.map(|id| id.0),
                system: sent.system.map(|id| id.0),
            }),
        };
        let mut failed = None;
        let links = stored.map(&mut |id| {
            // Nearly always it is the message before this one.
            let at = if Some(id) == previous && seq > 1 && !is_renumbered {
                Ok(Some(Numbered {
                    session,
                    seq: seq - 1,
                }))
            } else {
                self.at(connection, names, id)
            };
            match at {
                Ok(at) => at.map(|at| Linked {
                    id: MessageId(id),
                    at,
                }),
                Err(error) => {
                    failed = Some(error);
                    None
                }
            }
        });
        match failed {
            Some(error) => Err(error),
            None => Ok(Behind {
                depth: row.get(15)?,
                broken: stored.count() - links.count(),
                links,
                configured: sent.and_then(|sent| sent.configured),
                origin: row.get::<_, Option<SourceKey>>(20)?,
                former_number: if is_renumbered {
                    former(connection, row.get(0)?)?
                } else {
                    None
                },
            }),
        }
    }

    /// A message by session and number; none if it cannot be read.
    fn at(
        &mut self,
        connection: &Connection,
        names: &mut Names,
        id: i64,
    ) -> Result<Option<Numbered>> {
        if let Some((last, known)) = self.last
            && last == id
        {
            return Ok(Some(known));
        }
        if let Some(known) = self.known.get(&id).copied() {
            self.last = Some((id, known));
            return Ok(Some(known));
        }
        let found = self
            .select
            .query_row([id], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?)))
            .optional();
        let found = match found {
            Ok(None) => return Ok(None),
            Ok(Some((session, seq))) => names.get(connection, session).map(|of| {
                let session = of.session;
                (Numbered { session, seq }, of.is_renumbered)
            }),
            Err(error) => Err(error),
        };
        let linked = match found {
            Ok((linked, false)) => linked,
            Ok((linked, true)) => Numbered {
                seq: former(connection, id)?.unwrap_or(linked.seq),
                ..linked
            },
            Err(error) if is_damage(&error) || is_bad_row(&error) => return Ok(None),
            Err(error) => return Err(error),
        };
        if self.known.len() >= REMEMBERED {
            self.known.clear();
        }
        self.known.insert(id, linked);
        Ok(Some(linked))
    }
}

/// The session of an id, and whose it is.
pub(super) fn named(
    connection: &Connection,
    session: SessionId,
) -> Result<Option<(SessionKey, UserName)>> {
    connection
        .prepare_cached(
            "SELECT s.id, u.name FROM sessions AS s JOIN users AS u ON u.id = s.user
             WHERE s.uuid = ?1",
        )?
        .query_row([session.to_string()], |row| {
            Ok((SessionKey(row.get(0)?), tags::user(row, 1)?))
        })
        .optional()
}
