//! A context, walked from its end back.

use crate::domain::{Flow, MessageId, Result, Role};
use crate::store::Log;

/// How many messages a receipt names: the newest of those that were moved.
const NAMED_MESSAGES: usize = 32;

/// The last messages of a context.
#[derive(Default)]
pub(super) struct Walk {
    /// The newest of them, newest first.
    newest: Vec<MessageId>,
    pub(super) count: i64,
    pub(super) turns: u64,
    /// The message before them.
    pub(super) before: Option<MessageId>,
}

impl Walk {
    /// Walks a context back from `head` for as long as `more` says so.
    pub(super) fn back_from(
        head: MessageId,
        log: &mut Log,
        more: &mut dyn FnMut(&Walk) -> bool,
    ) -> Result<Self> {
        let mut walk = Self {
            before: Some(head),
            ..Self::default()
        };
        if !more(&walk) {
            return Ok(walk);
        }
        log.walk(head, &mut |link| {
            walk.count += 1;
            // A reply without a question, at the beginning, counts as a turn.
            walk.turns += u64::from(link.role == Role::User || link.parent.is_none());
            walk.before = link.parent;
            if walk.newest.len() < NAMED_MESSAGES {
                walk.newest.push(link.id);
            }
            if more(&walk) { Flow::More } else { Flow::Full }
        })?;
        Ok(walk)
    }

    /// Walks over the last `count` messages that end with `head`, as far as a
    /// receipt names them.
    pub(super) fn named(head: Option<MessageId>, count: i64, log: &mut Log) -> Result<Self> {
        let named = NAMED_MESSAGES.try_into().unwrap_or(i64::MAX).min(count);
        match head {
            Some(head) => Self::back_from(head, log, &mut |walk| walk.count < named),
            None => Ok(Self::default()),
        }
    }

    /// The ids of the newest messages, oldest first.
    pub(super) fn ids(&self) -> Vec<MessageId> {
        self.newest.iter().rev().copied().collect()
    }
}
