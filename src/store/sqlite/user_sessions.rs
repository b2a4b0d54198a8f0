//! The sessions of one user, past those that cannot be read.

use rusqlite::{Connection, Result, Row};

use super::super::damage::Damage;
use super::problem::{is_damage, why};
use super::scan::{Missed, Scan, Table, last_id};
use crate::domain::Flow;

/// Visits rows of a user's sessions, in the order of their keys: `columns` of
/// `sessions AS s`, of which the first is the key.
///
/// One statement reads them all; from where it fails on, there is one for each.
pub(super) fn rows_of(
    connection: &Connection,
    damage: &mut Damage,
    user: i64,
    columns: &str,
    visit: &mut dyn FnMut(&Row<'_>) -> Result<Flow>,
) -> Result<()> {
    let select = |condition: &str| {
        connection.prepare_cached(&format!(
            "SELECT {columns} FROM sessions AS s WHERE {condition}"
        ))
    };
    let mut after = 0;
    let mut statement = select("s.user = ?1 ORDER BY s.id")?;
    let mut rows = statement.query([user])?;
    loop {
        match rows.next() {
            Ok(Some(row)) => {
                after = row.get(0)?;
                if readable(after, visit(row), damage)? == Some(Flow::Full) {
                    return Ok(());
                }
            }
            Ok(None) => return Ok(()),
            Err(error) if is_damage(&error) => break,
            Err(error) => return Err(error),
        }
    }
    damage.blame_file();
    let mut statement = select("s.id = ?1")?;
    keys_of(connection, damage, user, after, &mut |key, damage| {
        let visited = statement.query_row([key], |row| visit(row));
        Ok(readable(key, visited, damage)?.unwrap_or(Flow::More))
    })
}

/// Visits the keys of a user's sessions that are greater than `after`, in their order.
///
/// They are in an index; where that is damaged, all sessions are looked at.
pub(super) fn keys_of(
    connection: &Connection,
    damage: &mut Damage,
    user: i64,
    mut after: i64,
    visit: &mut dyn FnMut(i64, &mut Damage) -> Result<Flow>,
) -> Result<()> {
    let mut statement = connection
        .prepare_cached("SELECT id FROM sessions WHERE user = ?1 AND id > ?2 ORDER BY id")?;
    let mut rows = statement.query([user, after])?;
    loop {
        match rows.next() {
            Ok(Some(row)) => {
                after = row.get(0)?;
                if visit(after, damage)? == Flow::Full {
                    return Ok(());
                }
            }
            Ok(None) => return Ok(()),
            Err(error) if is_damage(&error) => break,
            Err(error) => return Err(error),
        }
    }
    damage.blame_file();
    let rest = Scan {
        table: Table::Sessions,
        sql: "SELECT id, user FROM sessions NOT INDEXED WHERE id >= ?1 AND id <= ?2 ORDER BY id",
        after,
        upto: last_id(connection, Table::Sessions)?,
    };
    let mut missed = Vec::new();
    rest.run(connection, &mut |one| missed.push(one), &mut |row| {
        if row.get::<_, i64>(1)? == user {
            return visit(row.get(0)?, damage);
        }
        Ok(Flow::More)
    })?;
    for missed in missed {
        miss(damage, missed);
    }
    Ok(())
}

/// A row of a session's, unless it cannot be read.
pub(super) fn readable<T>(key: i64, read: Result<T>, damage: &mut Damage) -> Result<Option<T>> {
    match read {
        Ok(row) => Ok(Some(row)),
        Err(error) => {
            let why = why(&error).ok_or(error)?;
            damage.miss_sessions(key, key, why);
            Ok(None)
        }
    }
}

/// Takes note of sessions that a scan has passed over.
pub(super) fn miss(damage: &mut Damage, missed: Missed) {
    damage.miss_sessions(missed.first, missed.last, missed.why);
}
