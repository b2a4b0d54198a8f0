//! The messages that a search has to look at: those that the index names, or all.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use super::suits::Suits;
use crate::chat::Chat;
use crate::domain::{Error, Event, Flow, Message, MessageId, Result, Sink, Work};
use crate::query::Query;
use crate::store::{Index, IndexQuery, Log, LogWalk, Order, Page};

/// How many messages are looked at before the store is let go.
const PAGE: u64 = 1024;

/// The same of those that an index names.
const NAMED: usize = 256;

/// How many messages are ranked.
const RANKED: usize = 200_000;

/// The index may be this far behind before it is said that it catches up.
const QUIET: Duration = Duration::from_millis(500);

/// In which order messages are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// The newest first.
    Newest,
    /// Those behind this one, in the order of the log.
    Behind(MessageId),
    /// The best first, or the newest where nobody can say which those are.
    Best,
}

/// Where a search stands.
pub(super) enum Candidates {
    All(LogWalk),
    Named(Box<IndexQuery>, Page),
    /// The best first, as far as they were ranked.
    Ranked(Vec<MessageId>),
}

impl Candidates {
    /// Begins a search. Where there is no index, or it cannot be used, everything is
    /// looked at; the latter is told.
    ///
    /// # Errors
    /// If the person stops what has to be done first.
    pub(super) fn begin(
        chat: &mut Chat,
        query: &Query,
        suits: &Suits,
        wanted: Wanted,
        sink: &mut dyn Sink,
    ) -> Result<Self> {
        let behind = match wanted {
            Wanted::Behind(id) => Some(id),
            Wanted::Newest | Wanted::Best => None,
        };
        match catch_up(chat, sink) {
            Ok(true) => {
                if wanted == Wanted::Best {
                    return best(chat, &suits.narrowed(query), sink);
                }
                let (after, order) = match behind {
                    Some(id) => (Some(id), Order::OldestFirst),
                    None => (None, Order::NewestFirst),
                };
                let page = Page {
                    after,
                    order,
                    ..Page::newest(NAMED)
                };
                return Ok(Self::Named(Box::new(suits.narrowed(query)), page));
            }
            Ok(false) => {
                if wanted == Wanted::Best {
                    let told = "what is not kept has no index: the newest come first";
                    sink.emit(&Event::Notice(told));
                }
            }
            Err(Error::Store(problem)) => {
                let told = format!("{}; the log itself is looked through", problem.what);
                sink.emit(&Event::Notice(&told));
            }
            Err(error) => return Err(error),
        }
        Ok(Self::All(chat.log.look_through(behind)?))
    }

    /// Visits the next messages, in the order in which they are wanted or, of all,
    /// in that of the log; says whether there may be more.
    ///
    /// # Errors
    /// If they cannot be read.
    pub(super) fn next(
        &mut self,
        chat: &mut Chat,
        visit: &mut dyn FnMut(&Message<'_>),
    ) -> Result<bool> {
        let (query, page) = match self {
            Self::All(walk) => return Ok(chat.log.look_further(walk, PAGE, visit)?),
            Self::Named(query, page) => (query, page),
            Self::Ranked(ids) => {
                let rest = ids.split_off(ids.len().min(NAMED));
                let page = std::mem::replace(ids, rest);
                chat.log.messages(&page, &mut |message| {
                    visit(message);
                    Flow::More
                })?;
                return Ok(!ids.is_empty());
            }
        };
        let Some(index) = &mut chat.index else {
            return Ok(false);
        };
        let ids: Vec<MessageId> = match index.candidates(query, page) {
            Ok(ids) => ids,
            Err(_) => {
                mend(index, &mut chat.log)?;
                index.candidates(query, page)?
            }
        };
        let Some(last) = ids.last().copied() else {
            return Ok(false);
        };
        match page.order {
            Order::NewestFirst => page.before = Some(last),
            Order::OldestFirst => page.after = Some(last),
        }
        chat.log.messages(&ids, &mut |message| {
            visit(message);
            Flow::More
        })?;
        Ok(ids.len() == page.limit)
    }

    /// Whether the messages of a page come in the order in which they are wanted.
    pub(super) fn are_in_order(&self) -> bool {
        match self {
            Self::All(LogWalk::Back(_)) => false,
            Self::All(LogWalk::On(..)) | Self::Named(..) | Self::Ranked(_) => true,
        }
    }
}

/// Makes an index anew that has turned out to be damaged, and was emptied.
fn mend(index: &mut Index, log: &mut Log) -> Result<()> {
    index.catch_up(log, &mut |_, _| ControlFlow::Continue(()))?;
    Ok(())
}

/// The messages that may suit best.
fn best(chat: &mut Chat, query: &IndexQuery, sink: &mut dyn Sink) -> Result<Candidates> {
    let Some(index) = &mut chat.index else {
        return Ok(Candidates::Ranked(Vec::new()));
    };
    let ranked = match index.ranked(query, RANKED) {
        Ok(ranked) => ranked,
        Err(_) => {
            mend(index, &mut chat.log)?;
            index.ranked(query, RANKED)?
        }
    };
    if ranked.is_cut {
        let told = "only the newest 200,000 that may suit are ranked";
        sink.emit(&Event::Notice(told));
    }
    Ok(Candidates::Ranked(ranked.ids))
}

/// Writes into the index what was said since it was used last; false if the store
/// has none.
fn catch_up(chat: &mut Chat, sink: &mut dyn Sink) -> Result<bool> {
    let Some(file) = chat.log.file().map(std::path::Path::to_owned) else {
        return Ok(false);
    };
    let mut index = match chat.index.take() {
        Some(index) => index,
        None => Index::open(&file)?,
    };
    let begun = Instant::now();
    let is_whole = index.catch_up(&mut chat.log, &mut |done, total| {
        if begun.elapsed() < QUIET {
            return ControlFlow::Continue(());
        }
        sink.work(Work {
            what: "the index",
            unit: "messages",
            done,
            total,
        })
    })?;
    chat.index = Some(index);
    if is_whole {
        Ok(true)
    } else {
        Err(Error::Interrupted)
    }
}
