//! How groups begin: by asking, or guessed.

use std::sync::LazyLock;

use tokio_postgres::error::SqlState;
use tokio_postgres::types::Type;

use super::super::Result;
use super::super::backend::{GroupStart, Newest, Plan};
use super::client::{Ask, Patience, Value};
use super::durability::DURABLE;
use super::ends::{self, END_COLUMNS};
use super::guess;
use super::handle::Handle;
use super::newest::{self, NEWEST};
use super::open_group::OpenGroup;
use super::schema;
use super::server::Tries;
use super::trouble::Trouble;
use crate::domain::SessionKey;

/// Begins a group.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";

/// Sets what a pooler would not keep from one group to the next: a peer that died must not
/// keep its locks, others are waited for no longer than a person does, and a role that has
/// it weaker must not make a commit worth less. The lock on the nonce lasts as long as the
/// transaction: whoever gets it knows that the group has ended.
static SETTLE_IN: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT set_config('idle_in_transaction_session_timeout', '10s', true),
             set_config('lock_timeout', '10s', true), {DURABLE}, pg_advisory_xact_lock($1),
             current_setting('transaction_read_only')::boolean,
             (SELECT version FROM saylog.store)"
    )
});

/// The sessions of a group, locked in the order of their keys, so that groups never wait
/// for each other in a circle.
static LOCK_SESSIONS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {END_COLUMNS} FROM saylog.sessions AS s WHERE s.id = ANY($1) ORDER BY s.id
         FOR UPDATE"
    )
});

/// The newest message, and the next ids; whoever draws them has locked their sessions before.
static DRAW_IDS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT n.id, n.created_at,
             ARRAY(SELECT nextval('saylog.message_ids'::regclass) FROM generate_series(1, $1))
         FROM (SELECT) AS one LEFT JOIN ({NEWEST}) AS n ON true"
    )
});

impl Handle {
    /// Begins a group, in one round trip; or without one, if it can be guessed.
    pub(super) fn begin(&mut self, plan: &Plan<'_>) -> Result<GroupStart> {
        self.wants_again = false;
        if let Some(start) = self.begin_guess(plan) {
            return Ok(start);
        }
        if self.collisions > 0 {
            // A person who leaves is noticed by whatever comes next.
            let _ = self.server.let_pass(self.collisions);
        }
        let (mut tries, mut has_collided) = (Tries::new(), false);
        loop {
            match self.begin_once(plan.sessions, plan.messages) {
                Ok((group, newest)) => {
                    self.group = Some(group);
                    return Ok(GroupStart { news: Some(newest) });
                }
                Err(trouble) => {
                    if trouble.is_loss() {
                        // Nothing was written: over another connection the same may succeed.
                        self.server.hang_up();
                        let again = tries.again(&self.server, trouble);
                        again.map_err(|trouble| trouble.problem())?;
                        continue;
                    }
                    self.take_back();
                    if !trouble.is_collision() || std::mem::replace(&mut has_collided, true) {
                        return Err(trouble.problem());
                    }
                }
            }
        }
    }

    /// Begins a small group without asking, if this process has written last.
    fn begin_guess(&mut self, plan: &Plan<'_>) -> Option<GroupStart> {
        let &[session] = plan.sessions else {
            return None;
        };
        let is_small = (1..=guess::MOST_MESSAGES).contains(&plan.messages);
        if !is_small || !self.server.was_heard_just_now() {
            return None;
        }
        let (end, newest, next) = self.known.guess(session)?;
        let mut group = OpenGroup::new();
        group.guess = Some((session, end));
        group.ends.insert(session, end);
        group.ids = (next..).take(plan.messages).collect();
        (group.newest, group.count_drawn) = (newest, plan.messages);
        group.last_drawn = group.ids.back().copied().unwrap_or(next);
        self.group = Some(group);
        Some(GroupStart { news: Some(newest) })
    }

    /// Finds out whether the open group was guessed rightly, before something is asked in it
    /// or written that no guess holds.
    ///
    /// # Errors
    /// If it was not, others were in the way. If something else is wrong it is to be run
    /// again, too: the usual way says what.
    pub(super) fn make_certain(&mut self) -> std::result::Result<(), Trouble> {
        let Some(group) = &mut self.group else {
            return Ok(());
        };
        let Some((session, end)) = group.guess.take() else {
            return Ok(());
        };
        let (last_drawn, count) = (group.last_drawn, group.count_drawn);
        match self.begin_once(&[session], count) {
            Ok((begun, _))
                if begun.ends.get(&session) == Some(&end) && begun.last_drawn == last_drawn =>
            {
                if let Some(group) = &mut self.group {
                    group.nonce = begun.nonce;
                }
                return Ok(());
            }
            Err(Trouble::Interrupted) => {
                // The group may be open on the server, which nothing is to be written in.
                self.server.hang_up();
                return Err(Trouble::Interrupted);
            }
            Err(trouble) if trouble.is_loss() => self.server.hang_up(),
            Ok(_) | Err(_) => {}
        }
        self.known.is_wrong();
        Err(Trouble::Refused(SqlState::T_R_SERIALIZATION_FAILURE))
    }

    /// Begins a group by asking: locks its sessions, and draws so many ids.
    fn begin_once(
        &mut self,
        sessions: &[SessionKey],
        messages: usize,
    ) -> std::result::Result<(OpenGroup, Newest), Trouble> {
        let mut group = OpenGroup::new();
        let sessions: Vec<i64> = sessions.iter().map(|session| session.0).collect();
        let count = i32::try_from(messages).unwrap_or(i32::MAX);
        let nonce_value: [Value<'_>; 1] = [(&group.nonce, Type::INT8)];
        let session_values: [Value<'_>; 1] = [(&sessions, Type::INT8_ARRAY)];
        let count_value: [Value<'_>; 1] = [(&count, Type::INT4)];
        let mut asks = vec![Ask::Batch(BEGIN), Ask::Query(&SETTLE_IN, &nonce_value)];
        if !sessions.is_empty() {
            asks.push(Ask::Query(&LOCK_SESSIONS, &session_values));
        }
        asks.push(Ask::Query(&DRAW_IDS, &count_value));
        let mut answers = self.server.ask(Patience::Look, &asks)?;
        let drawn = answers.pop().unwrap_or_default();
        let mut answers = answers.into_iter().skip(1);
        let settled_in = answers.next().and_then(|rows| rows.into_iter().next());
        let settled_in = settled_in.ok_or(Trouble::Foreign)?;
        if settled_in.get(4) {
            return Err(Trouble::Refused(SqlState::READ_ONLY_SQL_TRANSACTION));
        }
        schema::check(settled_in.get(5))?;
        let locked = answers.next().unwrap_or_default();
        group.ends = locked.iter().map(|row| ends::read(row, 0)).collect();
        let drawn = drawn.first().ok_or(Trouble::Foreign)?;
        let newest = newest::read(drawn, 0);
        group.ids = drawn.get::<_, Vec<i64>>(2).into();
        // Where none is drawn the last one that was is most likely that of the newest message.
        let last = group.ids.back().copied();
        (group.newest, group.last_drawn) = (newest, last.unwrap_or(newest.id.0));
        Ok((group, newest))
    }
}
