//! Where a listing begins that shows only the newest messages.
//!
//! It is found by walking back over as many messages as are wanted, so that the
//! first one is shown at once however long the log is; nothing is kept of those
//! that are walked over.

use std::collections::BinaryHeap;

use super::cursor::{Listing, Selection};
use super::group::unreadable;
use super::walk::first_kept;
use super::{Log, Result};
use crate::domain::{Flow, MessageId, ProblemKind};

/// A context or session, walked back to here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Stop {
    /// The next message to look at.
    next: MessageId,
    /// The first message that the summary of the context leaves in it.
    first: Option<MessageId>,
    /// The next message is that summary, behind which nothing is to be walked.
    is_summary: bool,
}

impl Log {
    /// Begins a listing of the newest `count` messages of a selection, which are
    /// shown in the order of the log.
    pub(crate) fn list_newest(&mut self, selection: Selection, count: u64) -> Result<Listing> {
        let mut listing = self.list(selection)?;
        let behind = if listing.is_global() {
            let behind = self.group.rows()?.behind_newest(listing.upto, count);
            behind.map_err(unreadable)?
        } else {
            self.behind_newest_of_chains(&listing, count)?
        };
        if let Some(behind) = behind {
            (listing.after, listing.leaves_out_older) = (behind, true);
        }
        Ok(listing)
    }

    /// The message of a listing behind which it has exactly so many.
    fn behind_newest_of_chains(
        &mut self,
        listing: &Listing,
        count: u64,
    ) -> Result<Option<MessageId>> {
        let mut stops = self.stops_of(listing)?;
        let (along, backend) = (listing.along(), self.group.rows()?);
        let (mut counted, mut last, mut behind) = (0, None, None);
        while let Some(stop) = stops.pop() {
            // Forks have their past in common, and one of them is enough to walk it.
            if last == Some((stop.next, stop.first)) {
                continue;
            }
            if stop.is_summary {
                last = Some((stop.next, stop.first));
                if stop.next <= listing.upto {
                    if counted == count {
                        return Ok(Some(stop.next));
                    }
                    counted += 1;
                }
                continue;
            }
            let walked = backend.chain(stop.next, along, &mut |link| {
                let is_new = last.is_none_or(|(last, _)| last != link.id);
                last = Some((link.id, stop.first));
                if is_new && link.id <= listing.upto {
                    if counted == count {
                        behind = Some(link.id);
                        return Flow::Full;
                    }
                    counted += 1;
                }
                let before = along.before(link);
                let Some(next) = before.filter(|id| stop.first.is_none_or(|first| *id >= first))
                else {
                    return Flow::Full;
                };
                if stops.peek().is_none_or(|other| next > other.next) {
                    return Flow::More;
                }
                stops.push(Stop { next, ..stop });
                Flow::Full
            });
            match walked {
                // It ends there, which the listing tells if it comes so far.
                Err(problem) if problem.kind == ProblemKind::Damaged => {}
                walked => walked.map_err(unreadable)?,
            }
            if behind.is_some() {
                break;
            }
        }
        Ok(behind)
    }

    /// The ends of the contexts or sessions of a listing, and their summaries.
    fn stops_of(&mut self, listing: &Listing) -> Result<BinaryHeap<Stop>> {
        let ends = self.chains_of(listing)?;
        let backend = self.group.rows()?;
        let mut stops = BinaryHeap::with_capacity(ends.len());
        for (next, floor) in ends {
            let first = match first_kept(backend, floor) {
                Err(problem) if problem.kind == ProblemKind::Damaged => continue,
                first => first.map_err(unreadable)?,
            };
            let is_kept = first.is_none_or(|first| next >= first);
            let is_summary = false;
            stops.extend(is_kept.then_some(Stop {
                next,
                first,
                is_summary,
            }));
            stops.extend(floor.map(|next| Stop {
                next,
                first,
                is_summary: true,
            }));
        }
        Ok(stops)
    }
}
