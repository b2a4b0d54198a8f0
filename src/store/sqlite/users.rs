//! Users.

use std::collections::BTreeMap;

use rusqlite::{CachedStatement, Connection, OptionalExtension, Result, Row};

use super::super::damage::{Damage, Why};
use super::problem::{is_bad_row, is_damage};
use super::scan::{Missed, Scan, Table, last_id};
use super::tags;
use super::user_sessions::{keys_of, readable as readable_session};
use crate::domain::{Flow, Timestamp, UserName, UserSummary};

/// Whether there is such a user.
pub(super) fn has(connection: &Connection, damage: &mut Damage, user: &UserName) -> Result<bool> {
    Ok(key(connection, damage, user)?.is_some())
}

/// The key of a user, if there is such a one.
///
/// Names are in an index; where that is damaged, all users are looked at.
pub(super) fn key(
    connection: &Connection,
    damage: &mut Damage,
    user: &UserName,
) -> Result<Option<i64>> {
    let found = connection
        .prepare_cached("SELECT id FROM users WHERE name = ?1")?
        .query_row([user.as_str()], |row| row.get(0))
        .optional();
    match found {
        Err(error) if is_damage(&error) => {}
        found => return found,
    }
    let mut key = None;
    readable(connection, damage, &mut |id, name| {
        if name == *user {
            key = Some(id);
        }
    })?;
    Ok(key)
}

/// Looks at all users that can be read, in the order of their keys.
fn readable(
    connection: &Connection,
    damage: &mut Damage,
    visit: &mut dyn FnMut(i64, UserName),
) -> Result<()> {
    damage.blame_file();
    let all = Scan {
        table: Table::Users,
        sql: "SELECT id, name FROM users NOT INDEXED WHERE id >= ?1 AND id <= ?2 ORDER BY id",
        after: 0,
        upto: last_id(connection, Table::Users)?,
    };
    let mut miss = |missed: Missed| damage.miss_users(missed.first, missed.last, missed.why);
    all.run(connection, &mut miss, &mut |row| {
        visit(row.get(0)?, tags::user(row, 1)?);
        Ok(Flow::More)
    })?;
    Ok(())
}

/// Visits names that begin with `prefix`, in order. A name that is no text is
/// passed over, and so is what is behind a damaged page: this is a convenience.
pub(super) fn names(
    connection: &Connection,
    damage: &mut Damage,
    prefix: &str,
    visit: &mut dyn FnMut(&UserName) -> Flow,
) -> Result<()> {
    let mut statement =
        connection.prepare_cached("SELECT name FROM users WHERE name >= ?1 ORDER BY name")?;
    let mut rows = statement.query([prefix])?;
    loop {
        let name = match rows.next() {
            Ok(Some(row)) => tags::user(row, 0),
            Ok(None) => return Ok(()),
            Err(error) if is_damage(&error) => {
                damage.blame_file();
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        if let Ok(name) = name
            && (!name.as_str().starts_with(prefix) || visit(&name) == Flow::Full)
        {
            return Ok(());
        }
    }
}

/// Visits users behind `after` in order of name, with their counts. Users and
/// sessions that cannot be read are passed over.
///
/// Messages are not counted one by one: a session knows how many it has.
pub(super) fn counted(
    connection: &Connection,
    damage: &mut Damage,
    after: Option<&UserName>,
    visit: &mut dyn FnMut(&UserSummary) -> Flow,
) -> Result<()> {
    let mut last = after.cloned();
    let mut of_all = connection.prepare_cached(&format!("SELECT {COUNTS} WHERE user = ?1"))?;
    let mut statement =
        connection.prepare_cached("SELECT id, name FROM users WHERE name > ?1 ORDER BY name")?;
    let mut rows = statement.query([after.map_or("", UserName::as_str)])?;
    loop {
        let row = match rows.next() {
            Ok(Some(row)) => row,
            Ok(None) => return Ok(()),
            Err(error) if is_damage(&error) => break,
            Err(error) => return Err(error),
        };
        let Ok(user) = tags::user(row, 1) else {
            let id = row.get(0)?;
            damage.miss_users(id, id, Why::Spoiled);
            continue;
        };
        let summary = counts(connection, &mut of_all, damage, row.get(0)?, user.clone())?;
        if visit(&summary) == Flow::Full {
            return Ok(());
        }
        last = Some(user);
    }
    // The rest of the names comes out of the table, which is not in their order.
    let mut rest = BTreeMap::new();
    readable(connection, damage, &mut |id, name| {
        if last.as_ref().is_none_or(|last| name > *last) {
            rest.insert(name, id);
        }
    })?;
    for (user, id) in rest {
        let summary = counts(connection, &mut of_all, damage, id, user)?;
        if visit(&summary) == Flow::Full {
            break;
        }
    }
    Ok(())
}

/// The counts of sessions: how many, their messages, and of the last message its
/// place in the log and its time, which need not be the latest. Beside a max()
/// SQLite takes a bare column from the row that has it.
const COUNTS: &str = "count(*), coalesce(sum(count), 0),
    max(iif(count > 0, touched, NULL)), touched_at FROM sessions";

/// A user with the counts of their sessions.
fn counts(
    connection: &Connection,
    of_all: &mut CachedStatement<'_>,
    damage: &mut Damage,
    id: i64,
    user: UserName,
) -> Result<UserSummary> {
    let mut summary = UserSummary {
        user,
        sessions: 0,
        messages: 0,
        last_at: None,
        current: false,
    };
    let mut last = None;
    let mut fill = |row: &Row<'_>| {
        summary.sessions += row.get::<_, i64>(0)?;
        summary.messages += row.get::<_, i64>(1)?;
        let touched: Option<i64> = row.get(2)?;
        if touched > last {
            last = touched;
            summary.last_at = Some(Timestamp(row.get(3)?));
        }
        Ok(())
    };
    match of_all.query_row([id], |row| fill(row)) {
        Err(error) if is_damage(&error) || is_bad_row(&error) => {}
        all => return all.map(|()| summary),
    }
    let mut one = connection.prepare_cached(&format!("SELECT {COUNTS} WHERE id = ?1"))?;
    keys_of(connection, damage, id, 0, &mut |key, damage| {
        let counted = one.query_row([key], |row| fill(row));
        readable_session(key, counted, damage)?;
        Ok(Flow::More)
    })?;
    Ok(summary)
}
