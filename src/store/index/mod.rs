//! The index: which messages may hold what is looked for.
//!
//! ```text
//! place        where it lies, and that it is its owner's alone
//! connection   from a file, whatever is in it, to an index
//! tables       its tables, and how far it goes
//! fill         new messages of the log
//! entry        a message, as terms
//! expression   what is wanted, as terms
//! blocks       what is wanted, as times
//! find         which messages may suit; page: which part of them
//! ranking      which of them best
//! wanted_terms what is wanted, for a store that keeps the terms itself
//! ```
//!
//! It is derived from the log and lies in a file of its own beside the store
//! (`<store>-index`), which may be deleted at any time. Nobody opens it but a search,
//! and nobody writes into it but the search that finds it behind the log: to say
//! something costs the same with it and without.
//!
//! It narrows, and knows nothing for sure: what it names has to be looked at in the
//! log. What it does not name does not suit, for as long as its file is as it was
//! written. It knows which messages could not be read, so that every search tells
//! them. A file that is damaged, of another version, of another log or no index at
//! all is made anew.

mod blocks;
mod connection;
mod entry;
mod expression;
mod fill;
mod find;
mod page;
mod place;
mod ranking;
mod tables;
#[cfg(test)]
mod tests;
#[cfg(feature = "postgres")]
mod wanted_terms;

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::Result;
use super::sqlite::{is_damage, problem};
use crate::domain::{MessageId, Problem, ProblemKind};
use place::Identity;

pub(crate) use expression::IndexQuery;
pub(crate) use page::{Order, Page};
pub(crate) use ranking::Ranked;
#[cfg(feature = "postgres")]
pub(super) use wanted_terms::{WantedTerms, terms_of_message};

/// An index of the messages of a log.
///
/// Each of its failures is one sentence, after which the log can be searched
/// without it. One that turns out to be damaged is emptied at once, so that the
/// next [`catch_up`](Index::catch_up) makes it anew.
pub(crate) struct Index {
    connection: Connection,
    path: PathBuf,
    /// The file that is open: another one may have been put in its place.
    identity: Identity,
    /// It was damaged, and has been emptied.
    is_emptied: bool,
    /// How many messages it takes in one transaction.
    rows_at_once: i64,
}

impl Index {
    /// Opens the index of the store in this file, and makes it if need be.
    ///
    /// # Errors
    /// A sentence about an index that cannot be made, opened or written.
    pub(crate) fn open(store: &Path) -> Result<Self> {
        Self::open_at(place::place(store)?)
    }

    /// The same, in a file of its own.
    fn open_at(path: PathBuf) -> Result<Self> {
        let identity = place::prepare(&path)?;
        let opened = connection::connect(&path);
        let connection = opened.map_err(|error| unusable(&path, &error))?;
        let mut index = Self {
            connection,
            path,
            identity,
            is_emptied: false,
            rows_at_once: fill::ROWS,
        };
        if !index.checked(tables::are_ours)? {
            index.make_anew(&mut tables::are_ours)?;
        }
        index.checked(connection::configure)?;
        Ok(index)
    }

    /// The newest message that it knows of; 0 if it knows none.
    pub(crate) fn upto(&mut self) -> Result<MessageId> {
        self.checked(|connection| Ok(tables::known(connection)?.upto))
    }

    /// Takes everything out of the file, whatever it holds, and makes an empty index
    /// of it: in its place, so that others who have it open notice. Once it is this
    /// process's turn, `is_made` says whether another one has done so meanwhile.
    fn make_anew(
        &mut self,
        is_made: &mut dyn FnMut(&Connection) -> rusqlite::Result<bool>,
    ) -> Result<()> {
        let made = connection::make_anew(&self.connection, &self.path, is_made);
        made.map_err(|error| unusable(&self.path, &error))
    }

    /// Works with the tables; what fails is told in words of our own. Once they turn
    /// out to be damaged, they are emptied.
    fn checked<T>(&mut self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T> {
        work(&self.connection).map_err(|error| self.failure(&error))
    }

    /// The sentence about a failure.
    fn failure(&mut self, error: &rusqlite::Error) -> Problem {
        if !tables::is_useless(error) {
            return unusable(&self.path, error);
        }
        let what = format!(
            "the index `{}` is damaged; the next search makes it anew",
            self.path.display()
        );
        match self.make_anew(&mut |_| Ok(false)) {
            Ok(()) => {
                self.is_emptied = true;
                Problem::new(ProblemKind::Damaged, what)
            }
            Err(problem) => problem,
        }
    }
}

impl Drop for Index {
    /// Closing removes the write-ahead log by its name, and where the file was
    /// replaced that is another's: it is left to the end of the process.
    fn drop(&mut self) {
        if !self.identity.is_at(&self.path)
            && let Ok(nothing) = Connection::open_in_memory()
        {
            std::mem::forget(std::mem::replace(&mut self.connection, nothing));
        }
    }
}

/// Why an index is of no use.
fn unusable(path: &Path, error: &rusqlite::Error) -> Problem {
    let Problem { kind, what, .. } = problem(error);
    let reason = match kind {
        ProblemKind::Busy => "another process keeps it to itself".into(),
        _ if is_damage(error) => "it is damaged".into(),
        _ => what,
    };
    let what = format!("the index `{}` cannot be used: {reason}", path.display());
    Problem::new(kind, what)
}
