//! Messages that get their ids at the commit.
//!
//! They wait in the group until then and are added all at once: under the locks
//! of all their sessions, and again if others were in the way.

use super::super::Result;
use super::super::backend::{Commit, Numbering, Plan};
use super::waiting_message::WaitingMessage;
use super::{Group, TRIES, in_the_way};
use crate::domain::{Appended, Draft, Problem, ProblemKind, Receipt, SessionKey, Ticket};

impl Group {
    /// The ids of messages that got them at a commit since this was asked last.
    pub(in crate::store) fn take_receipts(&mut self) -> Vec<(Ticket, Receipt)> {
        std::mem::take(&mut self.receipts)
    }

    /// The receipt of a message that was committed just now.
    pub(in crate::store) fn receipt(&self, ticket: Ticket) -> Result<Receipt> {
        let found = self.receipts.iter().rev().find(|(of, _)| *of == ticket);
        found.map(|(_, receipt)| *receipt).ok_or_else(|| {
            Problem::new(
                ProblemKind::Other,
                "a message was committed without a place",
            )
        })
    }

    /// Appends a message to a session's context.
    pub(in crate::store) fn append(
        &mut self,
        session: SessionKey,
        draft: &Draft<'_>,
    ) -> Result<Appended> {
        if self.numbering == Numbering::AtOnce {
            self.begin(&Plan::default())?;
            let added = self.add(session, draft);
            return self.judge(added).map(Appended::Now);
        }
        if let Some(stopped) = &self.stopped {
            return Err(stopped.clone());
        }
        self.next_ticket += 1;
        let ticket = Ticket(self.next_ticket);
        let message = WaitingMessage::new(ticket, session, draft);
        self.waiting.push(message);
        self.pending += 1;
        Ok(Appended::AtCommit(ticket))
    }

    /// Forgets the messages that wait; whether there were any.
    pub(in crate::store) fn forget_waiting(&mut self) -> bool {
        let were_any = !self.waiting.is_empty();
        self.pending -= std::mem::take(&mut self.waiting).len().min(self.pending);
        were_any
    }

    pub(super) fn commit_waiting(&mut self, waiting: &[WaitingMessage]) -> Result<()> {
        let mut sessions: Vec<SessionKey> = waiting.iter().map(|one| one.session).collect();
        sessions.sort_unstable();
        sessions.dedup();
        let plan = Plan {
            sessions: &sessions,
            messages: waiting.len(),
        };
        'tries: for _ in 0..TRIES {
            self.begin(&plan)?;
            let mut receipts = Vec::with_capacity(waiting.len());
            for one in waiting {
                let added = self.add(one.session, &one.draft());
                if added.is_err() && self.backend.wants_again() {
                    self.give_up_group();
                    continue 'tries;
                }
                receipts.push((one.ticket, self.judge(added)?));
            }
            if self.commit_open()? == Commit::Done {
                self.receipts.append(&mut receipts);
                return Ok(());
            }
        }
        Err(in_the_way())
    }
}
