//! What a log holds, to be carried to another one.

use std::collections::HashMap;

use tokio_postgres::Row;
use tokio_postgres::types::Type;

use super::super::Result;
use super::super::backend::MessageQuery;
use super::super::codes;
use super::super::damage::Damage;
use super::super::record::{Behind, Linked};
use super::handle::Handle;
use super::messages::{self, COLUMNS, WIDTH};
use super::names::Names;
use super::pages::{Pages, Seen, Select};
use super::partials::sent;
use crate::domain::{
    Flow, Links, Message, MessageId, MessageRecord, Numbered, OwnedSent, SentLinks, SessionId,
    SessionKey, SourceKey, former_number,
};

/// The columns of a record, behind those of a message.
const FURTHER: &str = "m.depth, m.system, m.oldest, m.floor,
    (SELECT o.source FROM saylog.origins AS o
     WHERE o.message = m.id AND get_byte(o.source, 6) >> 4 = 5 LIMIT 1),
    w.answers, w.floor, w.system, (SELECT p.content FROM saylog.prompts AS p WHERE p.id = w.prompt)";

const SENT: &str = "LEFT JOIN saylog.sent AS w ON w.reply = m.id";

/// What messages are called in every store; the key of one tells its number where it was
/// said, if that is another one.
const GET_NUMBERS: &str = "SELECT m.id, s.uuid::text, m.seq,
        CASE WHEN i.is_renumbered THEN
            (SELECT o.source FROM saylog.origins AS o
             WHERE o.message = m.id AND get_byte(o.source, 6) >> 4 = 8 LIMIT 1) END
    FROM saylog.messages AS m JOIN saylog.sessions AS s ON s.id = m.session
    LEFT JOIN saylog.imports AS i ON i.session = s.id
    WHERE m.id = ANY($1)";

/// The texts at these places, one by one through the indexes, whatever the server knows of how
/// many there are. One that has another length is another one, and does not travel.
const GET_SAME: &str = "SELECT n.place, m.session, m.content
    FROM unnest($1::text[], $2::bigint[], $3::smallint[], $4::bigint[], $5::bigint[])
         WITH ORDINALITY AS n (uuid, seq, role, said_at, bytes, place)
    CROSS JOIN LATERAL (SELECT t.id FROM saylog.sessions AS t
                        WHERE t.uuid = n.uuid::uuid LIMIT 1) AS s
    CROSS JOIN LATERAL (SELECT t.session, t.content FROM saylog.messages AS t
                        WHERE t.session = s.id AND t.seq = n.seq AND t.role = n.role
                              AND coalesce(t.said_at, t.created_at) = n.said_at
                              AND octet_length(t.content) = n.bytes LIMIT 1) AS m";

/// Which of these messages are here in the session and at the number that they name.
pub(super) fn same(
    handle: &mut Handle,
    records: &[MessageRecord<'_>],
) -> Result<Vec<(Numbered, SessionKey)>> {
    let ids: Vec<String> = records
        .iter()
        .map(|one| one.at.session.to_string())
        .collect();
    let seqs: Vec<i64> = records.iter().map(|one| one.at.seq).collect();
    let roles: Vec<i16> = records.iter().map(|one| codes::of_role(one.role)).collect();
    let times: Vec<i64> = records.iter().map(|one| one.said_at.0).collect();
    let lengths = records.iter().map(|one| i64::try_from(one.content.len()));
    let lengths: Vec<i64> = lengths.map(|bytes| bytes.unwrap_or(-1)).collect();
    let rows = handle.rows(
        GET_SAME,
        &[
            (&ids, Type::TEXT_ARRAY),
            (&seqs, Type::INT8_ARRAY),
            (&roles, Type::INT2_ARRAY),
            (&times, Type::INT8_ARRAY),
            (&lengths, Type::INT8_ARRAY),
        ],
    )?;
    let same = rows.iter().filter_map(|row| {
        let place = usize::try_from(row.get::<_, i64>(0)).ok()?.checked_sub(1)?;
        let record = records.get(place)?;
        (row.get::<_, &str>(2) == record.content).then(|| (record.at, SessionKey(row.get(1))))
    });
    Ok(same.collect())
}

/// Visits messages with all that they have.
pub(super) fn visit(
    handle: &mut Handle,
    pages: &mut Pages,
    names: &mut Names,
    damage: &mut Damage,
    query: &MessageQuery<'_>,
    visit: &mut dyn FnMut(&Message<'_>, &Behind) -> Flow,
) -> Result<()> {
    let select = Select {
        columns: format!("{COLUMNS}, {FURTHER}"),
        joined: SENT,
    };
    let mut show = |handle: &mut Handle, rows: &[Row]| {
        names.learn(handle, rows.iter().map(|row| row.get(3)))?;
        let numbers = numbers(handle, rows)?;
        for (place, row) in rows.iter().enumerate() {
            let behind = behind(row, &numbers);
            let flow = messages::show(names, row, &mut |message| visit(message, &behind))?;
            if flow == Flow::Full {
                return Ok(Seen::UpTo(place));
            }
        }
        Ok(Seen::All)
    };
    match *query {
        MessageQuery::Range { after, upto } => {
            pages.read(handle, &select, (after, upto), &mut show)
        }
        MessageQuery::These(ids) => messages::these(handle, damage, &select, ids, &mut show),
        MessageQuery::One(_) | MessageQuery::Context(_) => Ok(()),
    }
}

/// What a message is called in every store, and the number that it had before.
struct Known {
    at: Numbered,
    former: Option<i64>,
}

/// What a row is linked to.
fn links(row: &Row) -> (Links<i64>, Option<OwnedSent>) {
    let id = |column: usize| row.get::<_, Option<i64>>(column);
    let sent = sent(row, WIDTH + 5);
    let links = Links {
        parent: id(1),
        system: id(WIDTH + 1),
        floor: id(WIDTH + 3),
        oldest: id(WIDTH + 2),
        sent: sent.as_ref().map(|sent| SentLinks {
            last: Some(sent.last.0),
            floor: sent.floor.map(|id| id.0),
            system: sent.system.map(|id| id.0),
        }),
    };
    (links, sent)
}

/// What the messages of rows, and those that they are linked to, are called.
fn numbers(handle: &mut Handle, rows: &[Row]) -> Result<HashMap<i64, Known>> {
    let mut wanted = Vec::new();
    for row in rows {
        wanted.push(row.get::<_, i64>(0));
        let mut collect = |id: i64| -> Option<i64> {
            wanted.push(id);
            Some(id)
        };
        links(row).0.map(&mut collect);
    }
    wanted.sort_unstable();
    wanted.dedup();
    let found = handle.rows(GET_NUMBERS, &[(&wanted, Type::INT8_ARRAY)])?;
    let known = found.iter().filter_map(|row| {
        let session = SessionId::parse(row.get(1))?;
        let former = key(row, 3).as_ref().and_then(former_number);
        let seq = former.unwrap_or(row.get(2));
        let at = Numbered { session, seq };
        Some((row.get(0), Known { at, former }))
    });
    Ok(known.collect())
}

/// What a row has beside the message.
fn behind(row: &Row, numbers: &HashMap<i64, Known>) -> Behind {
    let (stored, sent) = links(row);
    let found = stored.map(&mut |id| {
        let known = numbers.get(&id)?;
        Some(Linked {
            id: MessageId(id),
            at: known.at,
        })
    });
    let own = numbers.get(&row.get(0));
    Behind {
        depth: row.get(WIDTH),
        broken: stored.count() - found.count(),
        links: found,
        configured: sent.and_then(|sent| sent.configured),
        origin: key(row, WIDTH + 4),
        former_number: own.and_then(|own| own.former),
    }
}

/// A key of 16 bytes.
fn key(row: &Row, column: usize) -> Option<SourceKey> {
    let bytes: Option<&[u8]> = row.get(column);
    bytes.and_then(|bytes| bytes.try_into().ok())
}
