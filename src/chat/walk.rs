//! A context from its end back.

use super::Chat;
use crate::domain::{MessageId, Result, Role};

/// How many messages a receipt names: the newest of those that were moved.
const NAMED: usize = 32;

/// The messages from the end of a context back.
#[derive(Default)]
pub(super) struct Walk {
    /// The newest of them, newest first.
    pub(super) ids: Vec<MessageId>,
    pub(super) count: i64,
    pub(super) turns: u64,
    /// What stands before them.
    pub(super) before: Option<MessageId>,
}

impl Walk {
    /// The ids, oldest first.
    pub(super) fn ids(&self) -> Vec<MessageId> {
        self.ids.iter().rev().copied().collect()
    }
}

impl Chat {
    /// Walks a context back from `head` for as long as `more` says so.
    pub(super) fn walk(
        &mut self,
        head: MessageId,
        more: &mut dyn FnMut(&Walk) -> bool,
    ) -> Result<Walk> {
        let mut walk = Walk {
            before: Some(head),
            ..Walk::default()
        };
        while more(&walk)
            && let Some(id) = walk.before
        {
            let Some(link) = self.store.link(id)? else {
                break;
            };
            walk.count += 1;
            // What stands at the beginning without a question counts as a turn.
            walk.turns += u64::from(link.role == Role::User || link.parent.is_none());
            walk.before = link.parent;
            if walk.ids.len() < NAMED {
                walk.ids.push(id);
            }
        }
        Ok(walk)
    }

    /// The newest of the last `count` messages that end with `head`.
    pub(super) fn newest(&mut self, head: Option<MessageId>, count: i64) -> Result<Walk> {
        let newest = NAMED.try_into().unwrap_or(i64::MAX).min(count);
        match head {
            Some(head) => self.walk(head, &mut |walk| walk.count < newest),
            None => Ok(Walk::default()),
        }
    }

    pub(super) fn depth(&mut self, head: Option<MessageId>) -> Result<i64> {
        Ok(self.store.depth(head)?)
    }
}
