//! Up to which message nothing can appear any more.
//!
//! Ids are drawn inside of transactions, and one that drew a smaller id may commit later
//! than one that drew a greater. Whoever reads the log in the order of ids therefore stops
//! at a horizon: the last id that had been drawn at a moment, once every transaction has
//! ended that was drawing ids then. A transaction that has drawn one holds a lock on the
//! sequence from before that until its end (PostgreSQL's source, `lock_and_open_sequence`
//! in `sequence.c`), and who holds that is public in `pg_locks`.

use std::time::{Duration, Instant};

use tokio_postgres::Row;

use super::super::Result;
use super::client::Ask;
use super::handle::Handle;
use super::trouble::seconds;
use crate::domain::{MessageId, Problem, ProblemKind};

/// The last id that was drawn.
const GET_LAST: &str =
    "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM saylog.message_ids";

/// The transactions that have drawn ids and are still open. It is asked after the last id
/// was read: whoever drew that, or a smaller one, has ended before or is among them.
const GET_HOLDERS: &str = "SELECT virtualtransaction, pid FROM pg_locks
    WHERE locktype = 'relation' AND relation = 'saylog.message_ids'::regclass
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND mode = 'RowExclusiveLock' AND granted AND pid IS DISTINCT FROM pg_backend_pid()";

/// Who holds it back, as far as this role may know.
const GET_HOLDER: &str = "SELECT a.usename, a.application_name,
        extract(epoch FROM now() - coalesce(a.xact_start, a.state_change))::bigint
    FROM pg_stat_activity AS a WHERE a.pid = $1";

/// Between two looks at those who may still write.
const BETWEEN_LOOKS: Duration = Duration::from_millis(5);

/// Where the horizon is.
pub(super) struct Horizon {
    /// What is settled.
    settled: i64,
    /// For so long it is waited for others.
    patience: Duration,
    /// Why it stopped short of what had been drawn, until somebody asks.
    held_back: Option<Problem>,
}

impl Horizon {
    /// Nothing is settled.
    pub(super) fn new(patience: Duration) -> Self {
        Self {
            settled: 0,
            patience,
            held_back: None,
        }
    }

    /// Why it stopped short of what had been drawn, if it did since this was asked last.
    pub(super) fn take_held_back(&mut self) -> Option<Problem> {
        self.held_back.take()
    }

    /// The horizon now. Everything that was drawn until this was asked is below it, unless
    /// somebody holds it back for longer than it is waited.
    pub(super) fn get(&mut self, handle: &mut Handle) -> Result<MessageId> {
        let answers = handle.ask(&[Ask::Query(GET_LAST, &[]), Ask::Query(GET_HOLDERS, &[])])?;
        let last = answers
            .first()
            .and_then(|rows| rows.first())
            .map_or(0, |row| row.get(0));
        if last <= self.settled {
            return Ok(MessageId(self.settled));
        }
        let mut waited_for = transactions(answers.get(1).map(Vec::as_slice).unwrap_or_default());
        let begun = Instant::now();
        while !waited_for.is_empty() {
            if begun.elapsed() >= self.patience {
                self.held_back = Some(self.held_by(handle, &waited_for)?);
                return Ok(MessageId(self.settled));
            }
            handle
                .server
                .rest(BETWEEN_LOOKS)
                .map_err(|trouble| trouble.problem())?;
            let still = transactions(&handle.rows(GET_HOLDERS, &[])?);
            waited_for.retain(|one| still.contains(one));
        }
        self.settled = last;
        self.held_back = None;
        Ok(MessageId(last))
    }

    /// The sentence about who holds it back.
    fn held_by(&self, handle: &mut Handle, holders: &[(String, i32)]) -> Result<Problem> {
        let mut who = "a transaction".to_owned();
        if let Some((_, pid)) = holders.first() {
            let values = [(pid as _, tokio_postgres::types::Type::INT4)];
            let rows = handle.rows(GET_HOLDER, &values)?;
            if let Some(row) = rows.first() {
                let user: Option<&str> = row.get(0);
                let program: Option<&str> = row.get(1);
                let since: Option<i64> = row.get(2);
                let of = user.map(|user| format!(" of `{user}`")).unwrap_or_default();
                let program = program.filter(|program| !program.is_empty());
                let by = program
                    .map(|program| format!(", {program}"))
                    .unwrap_or_default();
                let since = since
                    .and_then(|since| u64::try_from(since).ok())
                    .map_or_else(String::new, |since| {
                        format!(", open for {}", seconds(Duration::from_secs(since)))
                    });
                who = format!("a transaction{of} (process {pid}{by}{since})");
            }
        }
        let what = format!(
            "the log is shown up to message #{} only: {who} may still write something earlier",
            self.settled
        );
        let hint = "it has to be committed, rolled back or ended (`pg_terminate_backend`)";
        Ok(Problem::new(ProblemKind::Busy, what).with_hint(hint))
    }
}

fn transactions(rows: &[Row]) -> Vec<(String, i32)> {
    rows.iter()
        .map(|row| (row.get(0), row.get::<_, Option<i32>>(1).unwrap_or(0)))
        .collect()
}

/// The last id that was drawn, by anybody, whatever becomes of it.
pub(super) fn drawn(handle: &mut Handle) -> Result<MessageId> {
    let rows = handle.rows(GET_LAST, &[])?;
    Ok(MessageId(rows.first().map_or(0, |row| row.get(0))))
}
