//! A connection with, or without, an open group: how groups begin and end.

use std::sync::LazyLock;
use std::time::Duration;

use tokio_postgres::Row;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::Type;
use uuid::Uuid;

use super::super::Result;
use super::super::backend::{Commit, GroupStart, Newest, Plan};
use super::super::rows::End;
use super::client::{Ask, Patience, Value};
use super::ends::{self, END_COLUMNS};
use super::guess::{self, Known};
use super::newest::{self, NEWEST};
use super::open_group::OpenGroup;
use super::schema;
use super::server::{Server, Tries};
use super::trouble::Trouble;
use crate::domain::{MessageId, Problem, ProblemKind, SessionKey};

/// Begins a group.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";

/// Sets what a pooler would not keep from one group to the next: a peer that died must not
/// keep its locks, others are waited for no longer than a person does, and a role that has
/// it weaker must not make a commit worth less. The lock on the nonce lasts as long as the
/// transaction: whoever gets it knows that the group has ended.
const SETTLE_IN: &str = "SELECT set_config('idle_in_transaction_session_timeout', '10s', true),
    set_config('lock_timeout', '10s', true),
    CASE WHEN current_setting('synchronous_commit') IN ('off', 'local', 'remote_write')
         THEN set_config('synchronous_commit', 'on', true) END,
    pg_advisory_xact_lock($1),
    current_setting('transaction_read_only')::boolean,
    (SELECT version FROM saylog.store)";

/// The next ids, in a group that has begun.
const DRAW_MORE: &str = "SELECT array_agg(nextval('saylog.message_ids'::regclass))
    FROM generate_series(1, $1)";

/// So many ids are drawn at once at the most while a group finds out how many it needs.
const MOST_DRAWN: i32 = 256;

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

/// What has become of a statement that is a group of its own.
pub(super) enum Alone {
    /// It has written something, and says what.
    Written(Vec<Row>),
    /// The same, but the answer was lost.
    Found,
    /// It has written nothing.
    Not,
}

/// A connection, and the group that is open on it.
pub(super) struct Handle {
    pub(super) server: Server,
    group: Option<OpenGroup>,
    /// The open group came to nothing through no fault of its own.
    wants_again: bool,
    pub(super) known: Known,
    /// The server copies nothing in for this role.
    must_insert: bool,
    /// How often in a row others were in the way.
    collisions: u32,
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
            None => self.server.look(asks),
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

    /// Takes note of what failed, and says it.
    fn failed(&mut self, trouble: &Trouble) -> Problem {
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
    fn is_not_copied(&mut self, trouble: &Trouble) -> bool {
        let is_refused = *trouble == Trouble::Refused(SqlState::FEATURE_NOT_SUPPORTED);
        is_refused && !std::mem::replace(&mut self.must_insert, true)
    }

    /// Begins a group, in one round trip; or without one, if it can be guessed.
    pub(super) fn begin(&mut self, plan: &Plan<'_>) -> Result<GroupStart> {
        self.wants_again = false;
        if let Some(start) = self.begin_guess(plan) {
            return Ok(start);
        }
        if self.collisions > 0 {
            self.rest_a_little();
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
        let mut group = OpenGroup::new(draw_nonce());
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
    fn make_certain(&mut self) -> std::result::Result<(), Trouble> {
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
        let mut group = OpenGroup::new(draw_nonce());
        let sessions: Vec<i64> = sessions.iter().map(|session| session.0).collect();
        let count = i32::try_from(messages).unwrap_or(i32::MAX);
        let nonce_value: [Value<'_>; 1] = [(&group.nonce, Type::INT8)];
        let session_values: [Value<'_>; 1] = [(&sessions, Type::INT8_ARRAY)];
        let count_value: [Value<'_>; 1] = [(&count, Type::INT4)];
        let mut asks = vec![Ask::Batch(BEGIN), Ask::Query(SETTLE_IN, &nonce_value)];
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

    /// Sends what the group has written, and makes it durable, in one round trip.
    pub(super) fn commit(&mut self) -> Result<Commit> {
        if self.group.as_ref().is_some_and(OpenGroup::is_beyond_guess)
            && let Err(trouble) = self.make_certain()
        {
            let problem = self.failed(&trouble);
            let is_again = std::mem::take(&mut self.wants_again);
            self.group = None;
            self.take_back();
            return if is_again {
                Ok(Commit::Again)
            } else {
                Err(problem)
            };
        }
        let Some(mut group) = self.group.take() else {
            return Ok(Commit::Done);
        };
        let committed = self.commit_group(&mut group);
        if matches!(committed, Ok(Commit::Done)) {
            self.collisions = 0;
            self.known
                .commit(group.ends.drain(), group.newest, group.last_drawn);
        } else {
            self.known.forget();
        }
        committed
    }

    fn commit_group(&mut self, group: &mut OpenGroup) -> Result<Commit> {
        if std::mem::take(&mut self.wants_again) {
            self.take_back();
            return Ok(Commit::Again);
        }
        // An older warning is about something else.
        self.server.take_warning();
        if group.guess.is_some() {
            let server = &mut self.server;
            let sent = group.send_guess(|asks| server.ask_on(Patience::Commit, asks));
            return self.judge_guess(group, sent);
        }
        let may_copy = !self.must_insert && self.server.may_copy();
        let server = &mut self.server;
        let sent = group.send(may_copy, Some("COMMIT"), |asks| {
            server.ask_on(Patience::Commit, asks)
        });
        if sent.is_err() && group.has_copied {
            // As in `failed`.
            self.server.hang_up();
        }
        match sent {
            // The standby has not confirmed it: whether it lasts is not known.
            Ok(_) if self.server.take_warning() => self.settle(group),
            Ok(_) => Ok(Commit::Done),
            Err(trouble) if trouble.is_collision() => {
                self.collisions += 1;
                Ok(Commit::Again)
            }
            Err(Trouble::Refused(code)) => {
                // It was refused before the COMMIT, which has taken it back.
                let trouble = Trouble::Refused(code);
                if self.is_not_copied(&trouble) {
                    return Ok(Commit::Again);
                }
                if trouble.is_loss() {
                    self.server.hang_up();
                    return Ok(Commit::Again);
                }
                Err(trouble.problem())
            }
            Err(_) => {
                self.server.hang_up();
                self.settle(group)
            }
        }
    }

    /// What has become of a guess.
    fn judge_guess(
        &mut self,
        group: &OpenGroup,
        sent: std::result::Result<Vec<Vec<Row>>, Trouble>,
    ) -> Result<Commit> {
        match self.judge_alone(group, sent)? {
            Alone::Written(_) | Alone::Found => {
                self.known.is_right();
                Ok(Commit::Done)
            }
            Alone::Not => {
                self.known.is_wrong();
                Ok(Commit::Again)
            }
        }
    }

    /// Writes what a single statement does, which gives rows if it has written something. It
    /// is a group, too, and locks that one's nonce.
    pub(super) fn write_alone(
        &mut self,
        group: &OpenGroup,
        sql: &str,
        values: &[Value<'_>],
    ) -> Result<Alone> {
        if self.group.is_some() || !self.server.was_heard_just_now() {
            return Ok(Alone::Not);
        }
        self.server.take_warning();
        let asks = [Ask::Query(sql, values)];
        let sent = self.server.ask_on(Patience::Commit, &asks);
        self.judge_alone(group, sent)
    }

    /// What has become of a statement that is a group of its own.
    fn judge_alone(
        &mut self,
        group: &OpenGroup,
        sent: std::result::Result<Vec<Vec<Row>>, Trouble>,
    ) -> Result<Alone> {
        let rows = match sent {
            Ok(_) if self.server.take_warning() => None,
            Ok(answers) => Some(answers.into_iter().next().unwrap_or_default()),
            // If something else than the guess is wrong, the usual way finds out what.
            Err(Trouble::Refused(_)) => return Ok(Alone::Not),
            Err(_) => {
                self.server.hang_up();
                None
            }
        };
        Ok(match rows {
            Some(rows) if rows.is_empty() => Alone::Not,
            Some(rows) => Alone::Written(rows),
            None => match self.settle(group)? {
                Commit::Done => Alone::Found,
                Commit::Again => Alone::Not,
            },
        })
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

    fn take_back(&mut self) {
        let taken = self
            .server
            .ask_on(Patience::Look, &[Ask::Batch("ROLLBACK")]);
        if taken.is_err() {
            // The server takes it back itself when the connection ends.
            self.server.hang_up();
        }
    }

    /// Lets others pass who were in the way, each for another while, and longer each time.
    fn rest_a_little(&self) {
        let most = 10 << self.collisions.min(6);
        let milliseconds = draw_nonce().unsigned_abs() % most;
        // A person who leaves is noticed by whatever comes next.
        let _ = self.server.rest(Duration::from_millis(milliseconds));
    }
}

/// A number that nobody else draws.
pub(super) fn draw_nonce() -> i64 {
    Uuid::new_v4().as_u64_pair().1.cast_signed()
}
