//! A connection with, or without, an open group: what is asked over it, and in which.

use tokio_postgres::Row;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::Type;

use super::super::Result;
use super::super::rows::End;
use super::client::{Ask, Patience, Value};
use super::ends::{self, END_COLUMNS};
use super::known::Known;
use super::open_group::OpenGroup;
use super::server::{MOST_COLLISIONS, Server};
use super::trouble::Trouble;
use crate::domain::{MessageId, Problem, ProblemKind, SessionKey};

/// The next ids, in a group that has begun.
const DRAW_MORE: &str = "SELECT array_agg(nextval('saylog.message_ids'::regclass))
    FROM generate_series(1, $1)";

/// So many ids are drawn at once at the most while a group finds out how many it needs.
const MOST_DRAWN: i32 = 256;

/// A connection, and the group that is open on it.
pub(super) struct Handle {
    pub(super) server: Server,
    pub(super) group: Option<OpenGroup>,
    /// The open group came to nothing through no fault of its own.
    pub(super) wants_again: bool,
    pub(super) known: Known,
    /// The server copies nothing in for this role.
    pub(super) must_insert: bool,
    /// How often in a row others were in the way.
    pub(super) collisions: u32,
}

impl Handle {
    /// No group is open.
    pub(super) fn new(server: Server) -> Self {
        Self {
            server,
            group: None,
            wants_again: false,
            known: Known::default(),
            must_insert: false,
            collisions: 0,
        }
    }

    /// Whether a group is open.
    pub(super) fn is_in_group(&self) -> bool {
        self.group.is_some()
    }

    /// Whether the open group has to be run again.
    pub(super) fn wants_again(&self) -> bool {
        self.wants_again
    }

    /// The open group.
    pub(super) fn group(&mut self) -> Result<&mut OpenGroup> {
        self.group.as_mut().ok_or_else(|| {
            let what = "something was written outside of a group";
            Problem::new(ProblemKind::Other, what)
        })
    }

    /// Asks one thing: in the open group, if there is one, behind what that has written.
    pub(super) fn rows(&mut self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>> {
        let answers = self.ask(&[Ask::Query(sql, values)])?;
        Ok(answers.into_iter().next().unwrap_or_default())
    }

    /// The same for several things at once.
    pub(super) fn ask(&mut self, asks: &[Ask<'_>]) -> Result<Vec<Vec<Row>>> {
        self.make_certain()
            .map_err(|trouble| self.failed(&trouble))?;
        let asked = match &mut self.group {
            None => self.look(asks),
            Some(group) => {
                let may_copy = !self.must_insert && self.server.may_copy();
                let server = &mut self.server;
                let sent = if group.is_waiting() {
                    group.send(may_copy, None, |waiting| {
                        server.ask_on(Patience::Look, waiting)
                    })
                } else {
                    Ok(Vec::new())
                };
                sent.and_then(|_| self.server.ask_on(Patience::Look, asks))
            }
        };
        asked.map_err(|trouble| self.failed(&trouble))
    }

    /// Asks outside of a group; again if others were in the way, as somebody is who changes
    /// what roles may do, or a standby that is cleaned up.
    fn look(&mut self, asks: &[Ask<'_>]) -> std::result::Result<Vec<Vec<Row>>, Trouble> {
        let mut collisions = 0;
        loop {
            match self.server.look(asks) {
                Err(trouble) if trouble.is_collision() && collisions < MOST_COLLISIONS => {
                    collisions += 1;
                    self.server.let_pass(collisions)?;
                }
                answered => return answered,
            }
        }
    }

    /// Takes note of what failed, and says it.
    pub(super) fn failed(&mut self, trouble: &Trouble) -> Problem {
        let is_again = trouble.is_loss() || trouble.is_collision() || self.is_not_copied(trouble);
        if self.group.is_some() && is_again {
            self.collisions += u32::from(trouble.is_collision());
            self.wants_again = true;
            self.known.forget();
        }
        // Where a copy was refused as it began, answers come out of step with questions
        // (tokio-postgres 0.7, `copy_in`, which ends it twice).
        let was_copied = self.group.as_ref().is_some_and(|group| group.has_copied);
        if trouble.is_loss() || was_copied {
            self.server.hang_up();
        }
        trouble.problem()
    }

    /// From now on rows are not copied in: what this login sees is bound.
    pub(super) fn must_insert(&mut self) {
        self.must_insert = true;
    }

    /// Whether the server has just said that it copies nothing in for this role.
    pub(super) fn is_not_copied(&mut self, trouble: &Trouble) -> bool {
        let is_refused = *trouble == Trouble::Refused(SqlState::FEATURE_NOT_SUPPORTED);
        is_refused && !std::mem::replace(&mut self.must_insert, true)
    }

    /// Where a session stands: in a group it is locked first, without waiting for others if
    /// the group did not name it as it began.
    pub(super) fn end(&mut self, session: SessionKey) -> Result<Option<End>> {
        let values: [Value<'_>; 1] = [(&session.0, Type::INT8)];
        let select = format!("SELECT {END_COLUMNS} FROM saylog.sessions AS s WHERE s.id = $1");
        let Some(group) = &self.group else {
            let rows = self.rows(&select, &values)?;
            return Ok(rows.first().map(|row| ends::read(row, 0).1));
        };
        if let Some(end) = group.ends.get(&session) {
            return Ok(Some(*end));
        }
        let rows = self.rows(&format!("{select} FOR UPDATE NOWAIT"), &values)?;
        Ok(rows.first().map(|row| ends::read(row, 0).1))
    }

    /// The next id that was drawn for the open group, behind the messages that one is linked
    /// to: somebody else may have drawn theirs since, for a session that was locked later.
    pub(super) fn next_id(&mut self, linked: Option<MessageId>) -> Result<i64> {
        let group = self.group()?;
        while let Some(id) = group.ids.pop_front() {
            if linked.is_none_or(|linked| linked.0 < id) {
                return Ok(id);
            }
        }
        // As many as were drawn so beyond the plan: few of them are left over in the end.
        let count = group.drawn.clamp(1, MOST_DRAWN);
        group.drawn += count;
        let rows = self.rows(DRAW_MORE, &[(&count, Type::INT4)])?;
        let more: Vec<i64> = rows.first().map_or_else(Vec::new, |row| row.get(0));
        let group = self.group()?;
        group.last_drawn = more.last().copied().unwrap_or(group.last_drawn);
        group.ids.extend(more);
        Ok(group.ids.pop_front().unwrap_or(0))
    }

    /// Gives the open group up.
    pub(super) fn rollback(&mut self) {
        if let Some(group) = self.group.take() {
            self.known.forget();
            if group.guess.is_none() {
                self.take_back();
            }
        }
        self.wants_again = false;
    }

    pub(super) fn take_back(&mut self) {
        let taken = self
            .server
            .ask_on(Patience::Look, &[Ask::Batch("ROLLBACK")]);
        if taken.is_err() {
            // The server takes it back itself when the connection ends.
            self.server.hang_up();
        }
    }
}
