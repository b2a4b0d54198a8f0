//! A walk over the whole log in pages, from either end.

use super::backend::{MessageQuery, TextRange};
use super::group::unreadable;
use super::{Log, Result};
use crate::domain::{Flow, Message, MessageId};

/// What was looked at of a walk's texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Looked {
    /// The messages whose texts suit, in the order of the log.
    pub suiting: Vec<MessageId>,
    /// There may be more behind them.
    pub has_more: bool,
}

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

    /// Looks at the texts of the next `count` messages of a walk, or at what models
    /// thought, and only at these: it is faster than [`Log::look_further`] where few suit.
    pub(crate) fn look_at_texts(
        &mut self,
        walk: &mut LogWalk,
        count: u64,
        of_reasoning: bool,
        suits: &mut dyn FnMut(&str) -> bool,
    ) -> Result<Looked> {
        let backend = self.group.rows()?;
        let (mut suiting, mut seen) = (Vec::new(), 0);
        let (after, upto) = match *walk {
            LogWalk::Back(upto) => {
                let behind = backend.behind_newest(upto, count).map_err(unreadable)?;
                (behind.unwrap_or(MessageId(0)), upto)
            }
            LogWalk::On(after, upto) => (after, upto),
        };
        let range = TextRange {
            after,
            upto,
            of_reasoning,
        };
        let mut last = after;
        let is_back = matches!(walk, LogWalk::Back(_));
        let visited = backend.texts(&range, &mut |id, text| {
            if suits(text) {
                suiting.push(id);
            }
            last = id;
            seen += 1;
            if is_back || seen < count {
                Flow::More
            } else {
                Flow::Full
            }
        });
        visited.map_err(unreadable)?;
        let has_more = match walk {
            LogWalk::Back(next) => {
                *next = after;
                after > MessageId(0)
            }
            LogWalk::On(behind, _) => {
                *behind = last;
                seen >= count
            }
        };
        Ok(Looked { suiting, has_more })
    }
}
