//! A COMMIT in doubt: its answer was lost, and whether it has happened is found out.

use std::time::{Duration, Instant};

use tokio_postgres::error::SqlState;
use tokio_postgres::types::Type;

use super::super::Result;
use super::super::backend::Commit;
use super::client::{Ask, Patience, Value};
use super::handle::Handle;
use super::open_group::{Mark, OpenGroup};
use super::trouble::Trouble;
use crate::domain::{Problem, ProblemKind};

impl Handle {
    /// Finds out whether a group has become durable: once nobody holds the lock on its nonce
    /// any more its transaction has ended, and what it has written is there or is not.
    pub(super) fn settle(&mut self, group: &OpenGroup) -> Result<Commit> {
        let (begun, mut has_told) = (Instant::now(), false);
        let mut wait = Duration::from_millis(50);
        loop {
            match self.look_for(group) {
                Ok(true) => return Ok(Commit::Done),
                Ok(false) => return Ok(Commit::Again),
                Err(trouble) => {
                    self.server.hang_up();
                    // A standby that has not caught up may refuse for a while.
                    let may_pass = trouble.is_loss()
                        || trouble.is_collision()
                        || begun.elapsed() < self.server.give_up();
                    let is_over = trouble == Trouble::Interrupted || !may_pass;
                    if is_over || self.server.rest(wait).is_err() {
                        let what = "the server was lost while it was to confirm this";
                        let problem = Problem::new(ProblemKind::Unconfirmed, what);
                        let hint = "`/log` shows whether it was kept, once the server is back";
                        return Err(problem.with_hint(hint));
                    }
                    if begun.elapsed() >= self.server.give_up() && !has_told {
                        has_told = true;
                        let told = "it is not known yet whether the last message was saved; \
                                    waiting for the server (Ctrl-C leaves it open)";
                        (self.server.waiting().tell)(told);
                    }
                    wait = (wait * 2).min(Duration::from_secs(2));
                }
            }
        }
    }

    /// Whether what a group has written is there, once its transaction has ended.
    fn look_for(&mut self, group: &OpenGroup) -> std::result::Result<bool, Trouble> {
        let Some(mark) = group.mark else {
            // It has added nothing: to do it once more does no harm.
            return Ok(false);
        };
        let begin = "BEGIN; SET LOCAL idle_in_transaction_session_timeout = '10s';
            SET LOCAL lock_timeout = '5s'; SET LOCAL synchronous_commit = on";
        let lock: [Value<'_>; 1] = [(&group.nonce, Type::INT8)];
        let mut asks = vec![Ask::Batch(begin)];
        if group.guess.is_some() {
            // It may not even have begun. Once another id is drawn it finds that it was
            // wrong; and if it has drawn its own before that, it holds the lock already.
            let draw = "SELECT nextval('saylog.message_ids'::regclass)";
            asks.push(Ask::Query(draw, &[]));
        }
        let get_lock = "SELECT pg_advisory_xact_lock($1), pg_is_in_recovery()";
        asks.push(Ask::Query(get_lock, &lock));
        let locked = self.server.ask(Patience::Look, &asks)?;
        let row = locked.last().and_then(|rows| rows.first());
        if row.is_none_or(|row| row.get(1)) {
            // What a standby does not have may still be on its way there.
            return Err(Trouble::Refused(SqlState::READ_ONLY_SQL_TRANSACTION));
        }
        let (id, seq, uuid);
        // What was written, and its session.
        let (sql, values): (&str, Vec<Value<'_>>) = match mark {
            Mark::Message(session, number) => {
                (id, seq) = (session.0, number);
                (
                    "SELECT session FROM saylog.messages
                     WHERE session = $1 AND seq = $2 AND nonce = $3",
                    vec![
                        (&id, Type::INT8),
                        (&seq, Type::INT8),
                        (&group.nonce, Type::INT8),
                    ],
                )
            }
            Mark::Move(made) => {
                id = made;
                (
                    "SELECT session FROM saylog.moves WHERE id = $1 AND nonce = $2",
                    vec![(&id, Type::INT8), (&group.nonce, Type::INT8)],
                )
            }
            Mark::Session(session) => {
                uuid = session.to_string();
                (
                    "SELECT id FROM saylog.sessions WHERE uuid = $1::text::uuid",
                    vec![(&uuid, Type::TEXT)],
                )
            }
        };
        let found = self
            .server
            .ask_on(Patience::Look, &[Ask::Query(sql, &values)])?;
        let session: Option<i64> = found
            .first()
            .and_then(|rows| rows.first())
            .map(|row| row.get(0));
        // A commit that has to be confirmed by the standby, if there is one, confirms what
        // came before it, too.
        self.server.take_warning();
        let confirm = "UPDATE saylog.sessions SET head = head WHERE id = $1";
        let values: Vec<Value<'_>> = session.iter().map(|id| (id as _, Type::INT8)).collect();
        let mut asks = Vec::new();
        if session.is_some() {
            asks.push(Ask::Query(confirm, &values));
        }
        asks.push(Ask::Batch("COMMIT"));
        self.server.ask_on(Patience::Commit, &asks)?;
        if self.server.take_warning() {
            return Err(Trouble::Silent);
        }
        Ok(session.is_some())
    }
}
