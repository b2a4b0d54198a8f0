//! Messages of a session by their numbers.
//!
//! The log is not indexed by session: a message of a session is found by walking back
//! from its end. Of long sessions every 64th message is remembered, so that each walk is
//! short, and what was found last.

use std::collections::HashMap;

use super::super::backend::{Along, Backend};
use super::super::rows::End;
use super::super::{Result, group::unreadable};
use crate::domain::{Flow, MessageId, SessionKey};

/// So many messages lie between two that are remembered.
const BLOCK: i64 = 64;

/// How many blocks are remembered, at 512 bytes each.
const BLOCKS: usize = 2 * 1024;

/// How many marks are remembered, at 8 bytes each.
const MARKS: usize = 1024 * 1024;

/// What is remembered of where messages are.
#[derive(Clone, Default)]
pub(super) struct Places {
    /// Ids of messages whose numbers lie in a block.
    blocks: HashMap<(SessionKey, i64), Box<[Option<MessageId>]>>,
    /// For a long session the messages with the numbers 64, 128, …
    marks: HashMap<SessionKey, Vec<MessageId>>,
    marked: usize,
}

impl Places {
    /// The message of a session with a number; none if it is not there.
    ///
    /// # Errors
    /// If it cannot be read.
    pub(super) fn find(
        &mut self,
        backend: &mut dyn Backend,
        session: SessionKey,
        end: &End,
        seq: i64,
    ) -> Result<Option<MessageId>> {
        if seq < 1 || seq > end.count {
            return Ok(None);
        }
        if seq == end.count {
            return Ok(end.last);
        }
        let block = seq / BLOCK;
        let within = usize::try_from(seq % BLOCK).unwrap_or(0);
        if let Some(ids) = self.blocks.get(&(session, block))
            && let Some(id) = ids[within]
        {
            return Ok(Some(id));
        }
        let from = if block == end.count / BLOCK {
            end.last
        } else {
            self.mark(backend, session, end, block + 1)?
        };
        let Some(from) = from else { return Ok(None) };
        let first = block * BLOCK;
        let mut ids = vec![None; usize::try_from(BLOCK).unwrap_or(64)].into_boxed_slice();
        let walked = backend.chain(from, Along::Session, &mut |link| {
            if link.session != session || link.seq < first {
                return Flow::Full;
            }
            let at = usize::try_from(link.seq - first).ok();
            if let Some(id) = at.and_then(|at| ids.get_mut(at)) {
                *id = Some(link.id);
            }
            if link.seq == first {
                Flow::Full
            } else {
                Flow::More
            }
        });
        walked.map_err(unreadable)?;
        let found = ids[within];
        if self.blocks.len() >= BLOCKS {
            self.blocks.clear();
        }
        self.blocks.insert((session, block), ids);
        Ok(found)
    }

    /// The message with the number that a block begins with.
    fn mark(
        &mut self,
        backend: &mut dyn Backend,
        session: SessionKey,
        end: &End,
        block: i64,
    ) -> Result<Option<MessageId>> {
        let at = usize::try_from(block - 1).unwrap_or(usize::MAX);
        let is_known = self
            .marks
            .get(&session)
            .is_some_and(|marks| at < marks.len());
        if !is_known {
            let mut marks = Vec::new();
            if let Some(last) = end.last {
                let walked = backend.chain(last, Along::Session, &mut |link| {
                    if link.session != session {
                        return Flow::Full;
                    }
                    if link.seq % BLOCK == 0 {
                        marks.push(link.id);
                    }
                    Flow::More
                });
                walked.map_err(unreadable)?;
            }
            marks.reverse();
            if self.marked + marks.len() > MARKS {
                self.marks.clear();
                self.marked = 0;
            }
            self.marked += marks.len();
            self.marks.insert(session, marks);
        }
        let marks = self.marks.get(&session);
        Ok(marks.and_then(|marks| marks.get(at)).copied())
    }
}
