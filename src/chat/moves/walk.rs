//! A context, walked from its end back.

use crate::domain::{Flow, MessageId, Result, Role};
use crate::store::{Log, Place};

/// How many messages a receipt names: the newest of those that were moved.
const NAMED_MESSAGES: usize = 32;

/// The last messages of a context.
#[derive(Default)]
pub(super) struct Walk {
    /// The newest of them, newest first.
    newest: Vec<MessageId>,
    pub(super) count: i64,
    pub(super) turns: u64,
    /// The oldest of them.
    pub(super) oldest: Option<MessageId>,
    /// The message before them, in the context or below its summary.
    pub(super) before: Option<MessageId>,
}

impl Walk {
    /// Walks a context back from its end, down to its summary if it has one,
    /// for as long as `more` says so.
    pub(super) fn back_from(
        place: Place,
        log: &mut Log,
        more: &mut dyn FnMut(&Walk) -> bool,
    ) -> Result<Self> {
        let mut walk = Self {
            before: place.head,
            ..Self::default()
        };
        let Some(head) = place.head.filter(|_| more(&walk)) else {
            return Ok(walk);
        };
        let first = log.first_kept(place.floor)?;
        log.walk(head, &mut |link| {
            if first.is_some_and(|first| link.id < first) {
                return Flow::Full;
            }
            walk.count += 1;
            // A reply without a question, at the beginning, counts as a turn.
            walk.turns += u64::from(link.role == Role::User || link.parent.is_none());
            walk.oldest = Some(link.id);
            walk.before = link.parent;
            if walk.newest.len() < NAMED_MESSAGES {
                walk.newest.push(link.id);
            }
            if more(&walk) { Flow::More } else { Flow::Full }
        })?;
        Ok(walk)
    }

    /// Walks over the last `count` messages of a context, as far as a receipt
    /// names them.
    pub(super) fn named(place: Place, count: i64, log: &mut Log) -> Result<Self> {
        let named = NAMED_MESSAGES.try_into().unwrap_or(i64::MAX).min(count);
        Self::back_from(place, log, &mut |walk| walk.count < named)
    }

    /// The same without the oldest of them.
    pub(super) fn without_oldest(mut self) -> Self {
        if self.newest.last().copied() == self.oldest {
            self.newest.pop();
        }
        self.count -= 1;
        (self.before, self.oldest) = (self.oldest, None);
        self
    }

    /// The ids of the newest messages, oldest first.
    pub(super) fn ids(&self) -> Vec<MessageId> {
        self.newest.iter().rev().copied().collect()
    }
}
