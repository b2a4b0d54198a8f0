//! The index that a search asks: a file beside the store, or terms in the store itself.

use std::ops::ControlFlow;

use super::group::unreadable;
use super::index::{Index, IndexQuery, Page, Ranked};
use super::{Log, Result};
use crate::domain::{MessageId, Problem, ProblemKind};

/// The index of a log.
pub(crate) enum SearchIndex {
    /// In a file of its own.
    File(Box<Index>),
    /// In the store.
    Store,
}

impl SearchIndex {
    /// The index of this log; none if it has none.
    ///
    /// # Errors
    /// A sentence about one that cannot be made or opened.
    pub(crate) fn open(log: &mut Log) -> Result<Option<Self>> {
        if let Some(file) = log.file() {
            let file = file.to_owned();
            return Index::open(&file).map(|index| Some(Self::File(Box::new(index))));
        }
        let backend = log.group.committed()?;
        let index = backend.term_index().map_err(unreadable)?;
        Ok(index.map(|_| Self::Store))
    }

    /// Takes in what the log has and it has not, in steps. Before each `progress` is told
    /// how many messages are done, of how many, and may stop it. Says whether the end was
    /// reached.
    ///
    /// # Errors
    /// A sentence about an index that cannot be written, or a log that cannot be read.
    pub(crate) fn catch_up(
        &mut self,
        log: &mut Log,
        progress: &mut dyn FnMut(u64, u64) -> ControlFlow<()>,
    ) -> Result<bool> {
        let index = match self {
            Self::File(index) => return index.catch_up(log, progress),
            Self::Store => log.group.committed()?,
        };
        let upto = index.horizon().map_err(unreadable)?;
        let index = index.term_index().map_err(unreadable)?.ok_or_else(gone)?;
        let first = index.known().map_err(unusable)?;
        let count = |from: MessageId, to: MessageId| u64::try_from(to.0 - from.0).unwrap_or(0);
        let mut known = first;
        while known < upto {
            if progress(count(first, known), count(first, upto)).is_break() {
                return Ok(false);
            }
            known = index.add_next(upto).map_err(unusable)?;
        }
        Ok(true)
    }

    /// The ids of messages that may suit. Those that do suit are among them.
    ///
    /// # Errors
    /// A sentence about an index that cannot be read.
    pub(crate) fn candidates(
        &mut self,
        log: &mut Log,
        query: &IndexQuery,
        page: &Page,
    ) -> Result<Vec<MessageId>> {
        match self {
            Self::File(index) => index.candidates(query, page),
            Self::Store => {
                let index = log.group.committed()?.term_index().map_err(unreadable)?;
                let index = index.ok_or_else(gone)?;
                index.candidates(query, page).map_err(unusable)
            }
        }
    }

    /// The best of the newest messages that may suit, newer ones before older ones that
    /// are as good.
    ///
    /// # Errors
    /// A sentence about an index that cannot be read.
    pub(crate) fn ranked(
        &mut self,
        log: &mut Log,
        query: &IndexQuery,
        limit: usize,
    ) -> Result<Ranked> {
        match self {
            Self::File(index) => index.ranked(query, limit),
            Self::Store => {
                let index = log.group.committed()?.term_index().map_err(unreadable)?;
                let index = index.ok_or_else(gone)?;
                index.ranked(query, limit).map_err(unusable)
            }
        }
    }
}

fn unusable(problem: Problem) -> Problem {
    problem.preventing("the index cannot be used")
}

fn gone() -> Problem {
    Problem::new(ProblemKind::Gone, "the index is gone")
}
