//! Sessions with all that they have, to be carried to another store.

use rusqlite::{Connection, Result, Row};

use super::super::damage::Damage;
use super::super::record::{Import, SessionRecord};
use super::ends::{self, END_COLUMNS, END_TABLES};
use super::problem::is_damage;
use super::scan::{Scan, Table, last_id};
use super::sessions::{COLUMNS, found};
use super::user_sessions::{keys_of, miss, readable};
use super::{tags, users};
use crate::domain::{Flow, MessageId, SessionKey, Timestamp, UserName};

/// How many columns a session has in lists.
const LISTED: usize = 13;

/// Visits sessions behind a key, of a user or of all, in the order of their keys. Those
/// that cannot be read are passed over.
pub(super) fn visit(
    connection: &Connection,
    damage: &mut Damage,
    user: Option<&UserName>,
    after: SessionKey,
    visit: &mut dyn FnMut(&SessionRecord) -> Flow,
) -> Result<()> {
    let select = format!(
        "SELECT {COLUMNS}, u.name, s.created_at, i.source, i.head, i.behind, i.is_mixed, i.model,
                i.is_renumbered,
                {END_COLUMNS}
         FROM {END_TABLES}
         JOIN users AS u ON u.id = s.user
         LEFT JOIN imports AS i ON i.session = s.id"
    );
    let Some(user) = user else {
        let all = Scan {
            table: Table::Sessions,
            sql: &format!("{select} WHERE s.id >= ?1 AND s.id <= ?2 ORDER BY s.id"),
            after: after.0,
            upto: last_id(connection, Table::Sessions)?,
        };
        let mut missed = Vec::new();
        all.run(connection, &mut |one| missed.push(one), &mut |row| {
            Ok(visit(&record(connection, row)?))
        })?;
        for one in missed {
            miss(damage, one);
        }
        return Ok(());
    };
    let Some(key) = users::key(connection, damage, user)? else {
        return Ok(());
    };
    let mut statement = connection.prepare_cached(&format!("{select} WHERE s.id = ?1"))?;
    keys_of(connection, damage, key, after.0, &mut |key, damage| {
        let read = statement.query_row([key], |row| record(connection, row));
        let read = readable(key, read, damage)?;
        Ok(read.map_or(Flow::More, |record| visit(&record)))
    })
}

/// How many sessions a user has, or all have: 0 where an index is damaged, since nobody
/// depends on it.
pub(super) fn count(connection: &Connection, user: Option<&UserName>) -> Result<u64> {
    let counted = match user {
        Some(user) => connection
            .prepare_cached(
                "SELECT count(*) FROM sessions
                 WHERE user = (SELECT id FROM users WHERE name = ?1)",
            )?
            .query_row([user.as_str()], |row| row.get::<_, i64>(0)),
        None => connection
            .prepare_cached("SELECT count(*) FROM sessions")?
            .query_row([], |row| row.get::<_, i64>(0)),
    };
    match counted {
        Err(error) if is_damage(&error) => Ok(0),
        counted => Ok(u64::try_from(counted?).unwrap_or(0)),
    }
}

fn record(connection: &Connection, row: &Row<'_>) -> Result<SessionRecord> {
    let user = tags::user(row, LISTED)?;
    let source = tags::text(row, LISTED + 2)?;
    let id = |at| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(at)?.map(MessageId));
    let import = match source {
        Some(source) => Some(Import {
            source,
            head: id(LISTED + 3)?,
            behind: id(LISTED + 4)?,
            is_mixed: row.get(LISTED + 5)?,
            model: tags::text(row, LISTED + 6)?,
            is_renumbered: row.get(LISTED + 7)?,
        }),
        None => None,
    };
    let listed = found(connection, row, user, &mut None)?;
    Ok(SessionRecord {
        started_at: Timestamp(row.get(LISTED + 1)?),
        end: ends::read(connection, row, LISTED + 8)?,
        row: listed,
        import,
    })
}
