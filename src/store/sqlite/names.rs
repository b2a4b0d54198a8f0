//! The names that stand for a session's key wherever a message is shown.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Result, Row};

use super::super::imported::SAYLOG;
use super::problem::{bad_row, is_damage};
use super::{imports, tags};
use crate::domain::{SessionId, UserName};

/// How many sessions' names are remembered while rows go by.
const NAMES_REMEMBERED: usize = 4 * 1024;

/// The names of sessions and of their users, as far as they were asked for.
#[derive(Default)]
pub(super) struct Names {
    named: Vec<Named>,
    /// Where among these a session is.
    of: HashMap<i64, usize>,
    /// The one that was asked for last: rows of one session often follow each other.
    last: Option<(i64, usize)>,
}

/// What is known of a session wherever a message of it is shown.
pub(super) struct Named {
    pub(super) user: UserName,
    pub(super) session: SessionId,
    /// The program that it came from, if it did.
    source: Option<String>,
    /// Some of it came from saylog itself, on another machine.
    is_mixed: bool,
    /// Messages of it have other numbers than where they were said.
    pub(super) is_renumbered: bool,
}

impl Named {
    /// The program that a message of it came from.
    pub(super) fn source_of(&self, connection: &Connection, message: i64) -> Result<&str> {
        match &self.source {
            Some(source) if !self.is_mixed || imports::has_origin(connection, message)? => {
                Ok(source)
            }
            _ => Ok(SAYLOG),
        }
    }
}

impl Names {
    /// Forgets them: a session that they are of may never have been.
    pub(super) fn clear(&mut self) {
        self.named.clear();
        self.of.clear();
        self.last = None;
    }

    pub(super) fn get(&mut self, connection: &Connection, session: i64) -> Result<&Named> {
        let known = match self.last {
            Some((last, at)) if last == session => Some(at),
            _ => self.of.get(&session).copied(),
        };
        let at = match known {
            Some(at) => at,
            None => {
                let names = names(connection, session)?;
                if self.named.len() >= NAMES_REMEMBERED {
                    self.clear();
                }
                self.named.push(names);
                self.of.insert(session, self.named.len() - 1);
                self.named.len() - 1
            }
        };
        self.last = Some((session, at));
        self.named.get(at).ok_or_else(no_session)
    }
}

fn names(connection: &Connection, session: i64) -> Result<Named> {
    let joined = connection
        .prepare_cached(
            "SELECT u.name, s.uuid, i.source, coalesce(i.is_mixed, 0), coalesce(i.is_renumbered, 0)
             FROM sessions AS s JOIN users AS u ON u.id = s.user
             LEFT JOIN imports AS i ON i.session = s.id
             WHERE s.id = ?1",
        )?
        .query_row([session], |row| {
            Ok(Named {
                user: tags::user(row, 0)?,
                session: tags::session(row, 1)?,
                source: tags::text(row, 2)?,
                is_mixed: row.get(3)?,
                is_renumbered: row.get(4)?,
            })
        })
        .optional();
    match joined {
        Ok(Some(names)) => return Ok(names),
        Err(error) if !is_damage(&error) => return Err(error),
        Ok(None) | Err(_) => {}
    }
    let look = |what: [&str; 3]| column(connection, what, session, |row| row.get(0));
    let user = look(["user", "sessions", "sessions_of_user"])?.ok_or_else(no_session)?;
    let uuid = ["uuid", "sessions", "sqlite_autoindex_sessions_1"];
    let id = column(connection, uuid, session, |row| tags::session(row, 0))?;
    let name = ["name", "users", "sqlite_autoindex_users_1"];
    let name = column(connection, name, user, |row| tags::user(row, 0))?;
    Ok(Named {
        user: name.ok_or_else(|| bad_row("its user is not there"))?,
        session: id.ok_or_else(no_session)?,
        source: None,
        is_mixed: false,
        is_renumbered: false,
    })
}

/// One column of one row. What the row's page does not give up is looked for in
/// an index, which has it as well, if it takes going through all of that.
fn column<T>(
    connection: &Connection,
    [column, table, index]: [&str; 3],
    id: i64,
    value: impl Fn(&Row<'_>) -> Result<T>,
) -> Result<Option<T>> {
    let look = |way: &str| {
        connection
            .prepare_cached(&format!("SELECT {column} FROM {table}{way} WHERE id = ?1"))?
            .query_row([id], &value)
            .optional()
    };
    match look("") {
        // The page may also have become one without that row.
        Ok(None) => look(&format!(" INDEXED BY {index}")),
        Err(error) if is_damage(&error) => look(&format!(" INDEXED BY {index}")).map_err(|_| error),
        looked => looked,
    }
}

fn no_session() -> rusqlite::Error {
    bad_row("its session is not there")
}
