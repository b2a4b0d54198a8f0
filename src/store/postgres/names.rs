//! The names that stand for a session's key wherever a message is shown.

use std::collections::HashMap;

use tokio_postgres::types::Type;

use super::super::Result;
use super::super::imported::SAYLOG;
use super::handle::Handle;
use crate::domain::{SessionId, UserName};

/// How many sessions' names are remembered while rows go by.
const NAMES_REMEMBERED: usize = 4 * 1024;

const GET_NAMES: &str = "SELECT s.id, u.name, s.uuid::text, i.source,
        coalesce(i.is_mixed, false)
    FROM saylog.sessions AS s JOIN saylog.users AS u ON u.id = s.\"user\"
    LEFT JOIN saylog.imports AS i ON i.session = s.id
    WHERE s.id = ANY($1)";

/// What is known of a session wherever a message of it is shown.
pub(super) struct Named {
    pub(super) user: UserName,
    pub(super) session: SessionId,
    /// The program that it came from, if it did.
    source: Option<String>,
    /// Some of it came from saylog itself, on another machine.
    is_mixed: bool,
}

impl Named {
    /// The program that a message of it came from.
    pub(super) fn source_of(&self, has_origin: bool) -> &str {
        match &self.source {
            Some(source) if !self.is_mixed || has_origin => source,
            _ => SAYLOG,
        }
    }
}

/// The names of sessions and of their users, as far as they were asked for.
#[derive(Default)]
pub(super) struct Names {
    of: HashMap<i64, Named>,
}

impl Names {
    /// Forgets them: a session that they are of may never have been.
    pub(super) fn clear(&mut self) {
        self.of.clear();
    }

    /// Looks up those of these that are not known yet.
    pub(super) fn learn(
        &mut self,
        handle: &mut Handle,
        sessions: impl Iterator<Item = i64>,
    ) -> Result<()> {
        let mut unknown: Vec<i64> = sessions.collect();
        unknown.sort_unstable();
        unknown.dedup();
        if self.of.len() + unknown.len() > NAMES_REMEMBERED {
            self.of.clear();
        }
        unknown.retain(|key| !self.of.contains_key(key));
        if unknown.is_empty() {
            return Ok(());
        }
        for row in handle.rows(GET_NAMES, &[(&unknown, Type::INT8_ARRAY)])? {
            let Some(session) = SessionId::parse(row.get(2)) else {
                continue;
            };
            let named = Named {
                user: UserName::stored(row.get::<_, &str>(1)),
                session,
                source: row.get(3),
                is_mixed: row.get(4),
            };
            self.of.insert(row.get(0), named);
        }
        Ok(())
    }

    /// A session that was looked up.
    pub(super) fn get(&self, session: i64) -> Option<&Named> {
        self.of.get(&session)
    }
}
