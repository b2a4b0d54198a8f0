//! A walk over the whole log in pages, from either end.

use super::backend::MessageQuery;
use super::group::unreadable;
use super::{Log, Result};
use crate::domain::{Flow, Message, MessageId};

/// Where such a walk stands. It goes over the log as it was when it began.
#[derive(Clone, Copy, Debug)]
pub(crate) enum LogWalk {
    /// From the newest message back: this one is next, and those before it.
    Back(MessageId),
    /// On from behind the first message up to the second.
    On(MessageId, MessageId),
}

impl Log {
    /// Begins a walk from the newest message back, or else on from behind a message.
    pub(crate) fn look_through(&mut self, behind: Option<MessageId>) -> Result<LogWalk> {
        let upto = self.group.committed()?.horizon().map_err(unreadable)?;
        Ok(match behind {
            Some(behind) => LogWalk::On(behind, upto),
            None => LogWalk::Back(upto),
        })
    }

    /// Visits the next `count` messages of a walk, in the order of the log; says
    /// whether there may be more. Those that cannot be read are passed over.
    pub(crate) fn look_further(
        &mut self,
        walk: &mut LogWalk,
        count: u64,
        visit: &mut dyn FnMut(&Message<'_>),
    ) -> Result<bool> {
        let backend = self.group.rows()?;
        match walk {
            LogWalk::Back(upto) => {
                let behind = backend.behind_newest(*upto, count).map_err(unreadable)?;
                let after = behind.unwrap_or(MessageId(0));
                let page = MessageQuery::Range { after, upto: *upto };
                let visited = backend.messages(&page, &mut |message| {
                    visit(message);
                    Flow::More
                });
                visited.map_err(unreadable)?;
                *upto = after;
                Ok(behind.is_some())
            }
            LogWalk::On(after, upto) => {
                let page = MessageQuery::Range {
                    after: *after,
                    upto: *upto,
                };
                let mut seen = 0;
                let visited = backend.messages(&page, &mut |message| {
                    *after = message.id;
                    visit(message);
                    seen += 1;
                    if seen < count { Flow::More } else { Flow::Full }
                });
                visited.map_err(unreadable)?;
                Ok(seen >= count)
            }
        }
    }
}
