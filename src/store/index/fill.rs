//! New messages of the log, written into the index.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, params};

use super::super::backend::MessageQuery;
use super::super::group::unreadable;
use super::super::{Log, Result};
use super::Index;
use super::blocks::BlockTimes;
use super::connection::{PATIENCE, wait_for};
use super::entry::entry;
use super::tables::{self, Known, Mark};
use crate::domain::{Flow, MessageId, Problem, ProblemKind};

/// How many messages are written at once at the most.
pub(super) const ROWS: i64 = 50_000;

/// How many bytes of them: a step has to end soon, whatever was said.
const BYTES: usize = 32 * 1024 * 1024;

/// How many bytes a message may need at the most, as a rule: twice while it is written.
const NEEDED: u64 = 256;

/// How long a step waits for another process before it is looked how far that is.
const TURN: Duration = Duration::from_millis(100);

/// What came of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Done,
    /// Another process writes.
    Busy,
}

/// What failed in a step.
enum Failure {
    Index(rusqlite::Error),
    Log(Problem),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Index(error)
    }
}

impl Index {
    /// Writes into the index what the log has and it has not, in steps. Before each
    /// `progress` is told how many messages are done, of how many, and may stop
    /// it: the next time it goes on from there. Says whether the end was reached.
    ///
    /// An index of another log is made anew, and so is one that turns out to be
    /// damaged. Another process may do the same at the same time: they take turns.
    /// Messages that cannot be read are left out, and [`Log::take_damage`] tells them,
    /// each time; once one can be read again, the index is made anew.
    ///
    /// # Errors
    /// A sentence about an index that cannot be written, or a log that cannot be read.
    pub(crate) fn catch_up(
        &mut self,
        log: &mut Log,
        progress: &mut dyn FnMut(u64, u64) -> ControlFlow<()>,
    ) -> Result<bool> {
        if !self.identity.is_at(&self.path) {
            *self = Self::open_at(self.path.clone())?;
        }
        let reached = self.fill_and_look(log, progress);
        if reached.is_err() && std::mem::take(&mut self.is_emptied) {
            return self.fill_and_look(log, progress);
        }
        reached
    }

    fn fill_and_look(
        &mut self,
        log: &mut Log,
        progress: &mut dyn FnMut(u64, u64) -> ControlFlow<()>,
    ) -> Result<bool> {
        if !self.fill(log, progress)? {
            return Ok(false);
        }
        if !self.look_at_missed(log)? {
            return Ok(true);
        }
        self.make_anew(&mut |_| Ok(false))?;
        let is_whole = self.fill(log, progress)?;
        self.look_at_missed(log)?;
        Ok(is_whole)
    }

    /// Looks again at the messages that could not be read, so that the log knows of
    /// them, and only of them; says whether one can be read now.
    fn look_at_missed(&mut self, log: &mut Log) -> Result<bool> {
        log.take_damage();
        let (mut after, mut is_readable) = (MessageId(0), false);
        while let Some((first, upto)) =
            self.checked(|connection| tables::next_missed(connection, after))?
        {
            let query = MessageQuery::Range {
                after: MessageId(first.0 - 1),
                upto,
            };
            let read = log.group.rows()?.messages(&query, &mut |_| {
                is_readable = true;
                Flow::Full
            });
            read.map_err(unreadable)?;
            after = upto;
        }
        Ok(is_readable)
    }

    fn fill(
        &mut self,
        log: &mut Log,
        progress: &mut dyn FnMut(u64, u64) -> ControlFlow<()>,
    ) -> Result<bool> {
        let upto = log.group.committed()?.horizon().map_err(unreadable)?;
        let mut known = self.checked(tables::known)?;
        if !is_of(&known, log)? {
            self.make_anew(&mut |connection| {
                Ok(tables::are_ours(connection)? && tables::known(connection)? != known)
            })?;
            known = self.checked(tables::known)?;
        }
        self.check_room(known.upto, upto)?;
        let (first, mut seen, mut since) = (known.upto, known.upto, Instant::now());
        let count = |from: MessageId, to: MessageId| u64::try_from(to.0 - from.0).unwrap_or(0);
        while seen < upto {
            if progress(count(first, seen), count(first, upto)).is_break() {
                return Ok(false);
            }
            let step = self.step(log, upto)?;
            let now = self.upto()?;
            if step == Step::Done || now != seen {
                since = Instant::now();
            } else if since.elapsed() > PATIENCE {
                let what = format!(
                    "the index `{}` cannot be used: another process keeps it to itself",
                    self.path.display()
                );
                return Err(Problem::new(ProblemKind::Busy, what));
            }
            seen = now;
        }
        Ok(true)
    }

    /// Refuses a long way if there may be no room for it: the log needs that more.
    fn check_room(&self, from: MessageId, upto: MessageId) -> Result<()> {
        let missing = upto.0 - from.0;
        if missing <= ROWS {
            return Ok(());
        }
        let Some(folder) = self.path.parent() else {
            return Ok(());
        };
        // Where nobody can say how much room there is, it is tried.
        let Ok(disk) = rustix::fs::statvfs(folder) else {
            return Ok(());
        };
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        let needed = missing.unsigned_abs().saturating_mul(NEEDED);
        if free >= needed {
            return Ok(());
        }
        let what = format!(
            "the index `{}` cannot be made: the disk has no room for it and for what is said",
            self.path.display()
        );
        Err(Problem::new(ProblemKind::Full, what))
    }

    /// Writes the next messages.
    fn step(&mut self, log: &mut Log, upto: MessageId) -> Result<Step> {
        let begun = wait_for(&mut self.connection, TURN)
            .and_then(|()| self.connection.execute_batch("BEGIN IMMEDIATE"));
        let waits = wait_for(&mut self.connection, PATIENCE);
        if let Err(error) = begun.and(waits) {
            return if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) {
                Ok(Step::Busy)
            } else {
                Err(self.failure(&error))
            };
        }
        let written = write(&self.connection, log, upto, self.rows_at_once)
            .and_then(|()| Ok(self.connection.execute_batch("COMMIT")?));
        let Err(failure) = written else {
            return Ok(Step::Done);
        };
        if !self.connection.is_autocommit() {
            // If even this fails, the next process rolls back.
            let _ = self.connection.execute_batch("ROLLBACK");
        }
        match failure {
            Failure::Index(error) => Err(self.failure(&error)),
            Failure::Log(problem) => Err(problem),
        }
    }
}

/// Whether an index knows this log: the first message of all and the last one that
/// was indexed are the same. What cannot be read is no sign that it does not.
fn is_of(known: &Known, log: &mut Log) -> Result<bool> {
    for mark in [&known.first, &known.last].into_iter().flatten() {
        let mut is_same = false;
        let query = MessageQuery::One(mark.id);
        let read = log.group.rows()?.messages(&query, &mut |message| {
            is_same = Mark::of(message) == *mark;
            Flow::Full
        });
        match read {
            Err(problem) if problem.kind != ProblemKind::Damaged => {
                return Err(unreadable(problem));
            }
            Ok(()) if !is_same => return Ok(false),
            _ => {}
        }
    }
    Ok(true)
}

/// Writes the messages behind the last one that was indexed. The caller holds a
/// transaction: how far the index goes is looked at in it.
fn write(
    connection: &Connection,
    log: &mut Log,
    upto: MessageId,
    rows_at_once: i64,
) -> std::result::Result<(), Failure> {
    let mut known = tables::known(connection)?;
    if known.upto >= upto {
        return Ok(());
    }
    let mut insert =
        connection.prepare_cached("INSERT INTO terms (rowid, entry) VALUES (?1, ?2)")?;
    let (mut times, mut terms) = (BlockTimes::default(), String::new());
    let (mut rows, mut bytes, mut failed, mut has_more) = (0, 0, Ok(()), false);
    let mut next = known.upto.0 + 1;
    let query = MessageQuery::Range {
        after: known.upto,
        upto,
    };
    let (mut first, mut last) = (known.first.take(), known.last.take());
    let backend = log.group.rows().map_err(Failure::Log)?;
    let read = backend.messages(&query, &mut |message| {
        entry(message, &mut terms);
        failed = miss_between(connection, next, message.id.0)
            .and_then(|()| insert.execute(params![message.id.0, terms]))
            .and_then(|_| times.take(connection, message));
        next = message.id.0 + 1;
        let mark = Mark::of(message);
        first.get_or_insert(mark);
        last = Some(mark);
        rows += 1;
        bytes += terms.len();
        has_more = rows >= rows_at_once || bytes >= BYTES;
        if failed.is_err() || has_more {
            Flow::Full
        } else {
            Flow::More
        }
    });
    failed?;
    read.map_err(|problem| Failure::Log(unreadable(problem)))?;
    if !has_more {
        miss_between(connection, next, upto.0 + 1)?;
    }
    times.write(connection)?;
    let known = Known {
        upto: last.filter(|_| has_more).map_or(upto, |mark| mark.id),
        first,
        last,
    };
    tables::set_known(connection, &known)?;
    Ok(())
}

/// Writes down that the messages from `next` up to the one before `found` are missing,
/// if there are any.
fn miss_between(connection: &Connection, next: i64, found: i64) -> rusqlite::Result<()> {
    if next >= found {
        return Ok(());
    }
    tables::miss(connection, MessageId(next), MessageId(found - 1))
}
