//! Looks at the store's files before and after they are used, and before they are
//! closed.

use rusqlite::Connection;

use super::super::Result;
use super::Sqlite;
use crate::domain::{Problem, ProblemKind};

impl Sqlite {
    /// Fails if a file no longer stands where it was opened.
    pub(super) fn check_files(&mut self) -> Result<()> {
        let mut loss = self.guard.loss();
        // Another program may move what is in the log into the store, and cut it; the
        // store itself may be lost none the less.
        if loss.is_some() && self.is_log_moved() {
            loss = self.guard.loss();
        }
        match loss {
            Some(loss) => Err(Problem::new(ProblemKind::Gone, loss)),
            None => Ok(()),
        }
    }

    /// Whether another program has moved all that was in the write-ahead log into the
    /// store, and cut the log: that is as it should be, and is taken note of.
    pub(super) fn is_log_moved(&mut self) -> bool {
        // What the processes share must be there to be looked at.
        let is_moved =
            self.guard.index_loss().is_none() && self.guard.is_log_empty() && self.has_empty_log();
        if is_moved {
            self.guard.forget_log_size();
        }
        is_moved
    }

    /// Whether the write-ahead log is empty by what the processes share of it.
    fn has_empty_log(&self) -> bool {
        let mut frames = -1;
        let asked = self
            .connection
            .pragma(None, "wal_checkpoint", "NOOP", |row| {
                frames = row.get(1)?;
                Ok(())
            });
        asked.is_ok() && frames == 0
    }
}

impl Drop for Sqlite {
    /// Closing moves the write-ahead log into the file. With a log that has come to
    /// harm that would spoil the file, or look at memory that went with the log: it
    /// is left to the end of the process.
    fn drop(&mut self) {
        if self.guard.is_log_lost()
            && let Ok(nothing) = Connection::open_in_memory()
        {
            std::mem::forget(std::mem::replace(&mut self.connection, nothing));
        }
    }
}
