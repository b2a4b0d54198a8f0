//! Links between messages.

use tokio_postgres::Row;
use tokio_postgres::types::Type;

use super::super::Result;
use super::super::backend::Along;
use super::super::codes;
use super::super::rows::Link;
use super::client::Value;
use super::handle::Handle;
use super::messages::older;
use super::missing;
use crate::domain::{Flow, MessageId, Role, SessionKey};

/// The columns of a link, in the order that [`link`] reads them.
const COLUMNS: &str = "m.id, m.session, m.role, m.parent, m.previous, m.depth, m.system, m.oldest,
    m.floor, m.said_at IS NOT NULL, m.seq";

/// What a link is made of: no texts travel through a recursion.
const LINKED: &str = "(SELECT id, session, role, parent, previous, depth, system, oldest, floor,
                              said_at, seq FROM saylog.messages)";

/// How many links are looked up at first, and at the most.
const FIRST: i64 = 16;
const MOST: i64 = 4_096;

/// Visits what the messages of a chain are linked to, newest first.
pub(super) fn chain(
    handle: &mut Handle,
    from: MessageId,
    along: Along,
    visit: &mut dyn FnMut(&Link) -> Flow,
) -> Result<()> {
    let sql = match along {
        Along::Context => format!(
            "WITH RECURSIVE m AS (
                 SELECT r.*, 1::bigint AS place FROM {LINKED} AS r WHERE r.id = $1
                 UNION ALL
                 SELECT r.*, m.place + 1
                 FROM m JOIN {LINKED} AS r ON r.id = m.parent AND r.id < m.id
                 WHERE m.place < $2)
             SELECT {COLUMNS} FROM m ORDER BY m.place"
        ),
        // Its messages are counted without gaps.
        Along::Session => format!(
            "SELECT {COLUMNS} FROM saylog.messages AS m
             JOIN saylog.messages AS l ON l.id = $1
             WHERE m.session = l.session AND m.seq <= l.seq ORDER BY m.seq DESC LIMIT $2"
        ),
    };
    let (mut next, mut count) = (Some(from.0), FIRST);
    while let Some(id) = next {
        let values: [Value<'_>; 2] = [(&id, Type::INT8), (&count, Type::INT8)];
        let rows = handle.rows(&sql, &values)?;
        if rows.is_empty() {
            return match along {
                Along::Context if id != from.0 => Err(missing()),
                _ => Ok(()),
            };
        }
        for row in &rows {
            let link = link(row);
            next = older(link.id.0, along.before(&link).map(|id| id.0))?;
            if visit(&link) == Flow::Full {
                return Ok(());
            }
        }
        count = (count * 4).min(MOST);
    }
    Ok(())
}

/// The next message of the same session.
pub(super) fn following(handle: &mut Handle, message: MessageId) -> Result<Option<MessageId>> {
    let rows = handle.rows(
        "SELECT m.id FROM saylog.messages AS l
         JOIN saylog.messages AS m ON m.session = l.session AND m.seq > l.seq
         WHERE l.id = $1 ORDER BY m.seq LIMIT 1",
        &[(&message.0, Type::INT8)],
    )?;
    Ok(rows.first().map(|row| MessageId(row.get(0))))
}

fn link(row: &Row) -> Link {
    let id = |column: usize| row.get::<_, Option<i64>>(column).map(MessageId);
    Link {
        id: MessageId(row.get(0)),
        session: SessionKey(row.get(1)),
        role: codes::role(row.get::<_, i16>(2).into()).unwrap_or(Role::System),
        parent: id(3),
        previous: id(4),
        depth: row.get(5),
        system: id(6),
        oldest: id(7),
        floor: id(8),
        is_imported: row.get(9),
        seq: row.get(10),
    }
}
