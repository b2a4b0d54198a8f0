//! Several pieces of writing that are committed together.
//!
//! Where messages get their ids at the commit, each piece is committed on the spot. To carry
//! in a whole log that way would take a commit for each of its messages, so these are one
//! group, which is run again as a whole if others were in the way.

use super::super::backend::{Commit, Numbering, Plan};
use super::super::{Log, Result};
use super::{Group, TRIES, in_the_way};
use crate::domain::Problem;

impl Log {
    /// Whether what is written together may be done several times before it lasts.
    pub(crate) fn may_run_again(&self) -> bool {
        self.group.numbering == Numbering::AtCommit
    }

    /// Does pieces of writing, and commits them together before this returns, if each would
    /// be committed by itself otherwise. They may be done several times before they last.
    ///
    /// # Errors
    /// What the work fails with, or why it could not be committed: nothing of it is there
    /// then, unless it belongs to an open group.
    pub(crate) fn together<E: From<Problem>>(
        &mut self,
        work: &mut dyn FnMut(&mut Self) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        if !self.may_run_again() {
            return work(self);
        }
        self.group.commit()?;
        for _ in 0..TRIES {
            self.group.begin_together()?;
            let done = work(self);
            if self.group.end_together(done)? == Commit::Done {
                return Ok(());
            }
        }
        Err(in_the_way().into())
    }
}

impl Group {
    /// From now on what is written is not committed on the spot.
    fn begin_together(&mut self) -> Result<()> {
        // Which sessions it touches is not known: each is locked when that is.
        self.begin(&Plan::default())?;
        self.is_together = true;
        Ok(())
    }

    /// Commits what was written, or forgets it if something has failed.
    fn end_together<E: From<Problem>>(
        &mut self,
        done: std::result::Result<(), E>,
    ) -> std::result::Result<Commit, E> {
        self.is_together = false;
        if self.backend.wants_again() {
            self.give_up_group();
            return Ok(Commit::Again);
        }
        if let Err(error) = done {
            self.give_up_group();
            return Err(error);
        }
        if !self.is_open {
            return Ok(Commit::Done);
        }
        Ok(self.commit_open()?)
    }
}
