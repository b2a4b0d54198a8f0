//! The messages that a search has to look at: those that the index names, or all.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use super::suits::Suits;
use crate::chat::Chat;
use crate::domain::{Error, Event, Flow, Message, MessageId, Result, Sink, Work};
use crate::query::Query;
use crate::store::{IndexQuery, Log, LogWalk, Order, Page, SearchIndex};

/// How many messages are looked at before the store is let go, at first and at the most:
/// most searches have enough with the first ones.
const FEWEST: usize = 64;
const MOST: usize = 8 * 1024;

/// So many are looked at before an index is asked for what begins so: what is said often
/// is among them, and what is not the index names soon.
const LOOKED_AT_FIRST: i64 = 4 * 1024;

/// To read all between the first and the last of some messages is faster than to look
/// each up if there are not this many times as many.
const DENSE: i64 = 4;

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

/// The messages that a search has to look at, page by page.
pub(super) struct Candidates {
    way: Way,
    /// What is looked at before the index is asked.
    first: Option<LogWalk>,
    /// How many are looked at next.
    limit: usize,
    /// The pages come in the order in which they are wanted, but the messages of the last
    /// one in that of the log.
    is_turned: bool,
    /// The whole way, and when it was begun.
    behind: MessageId,
    upto: MessageId,
    begun: Instant,
}

/// Where a search stands.
enum Way {
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
        let way = Self::way(chat, query, suits, wanted, sink)?;
        Self::of(chat, way)
    }

    /// Begins to go through everything behind a message, which no index makes shorter.
    ///
    /// # Errors
    /// If the log cannot be read.
    pub(super) fn everything(chat: &mut Chat, behind: MessageId) -> Result<Self> {
        let way = Way::All(chat.log.look_through(Some(behind))?);
        Self::of(chat, way)
    }

    fn of(chat: &mut Chat, way: Way) -> Result<Self> {
        let (behind, upto) = match way {
            Way::All(LogWalk::On(behind, upto)) => (behind, upto),
            Way::Named(_, page) => (page.after.unwrap_or(MessageId(0)), chat.log.newest()?),
            Way::All(LogWalk::Back(upto)) => (MessageId(0), upto),
            Way::Ranked(_) => (MessageId(0), MessageId(0)),
        };
        let first = match &way {
            Way::Named(query, page) if asks_late(query) => Some(match page.order {
                Order::NewestFirst => LogWalk::Back(upto),
                Order::OldestFirst => LogWalk::On(behind, upto),
            }),
            _ => None,
        };
        Ok(Self {
            way,
            first,
            limit: FEWEST,
            is_turned: false,
            behind,
            upto,
            begun: Instant::now(),
        })
    }

    fn way(
        chat: &mut Chat,
        query: &Query,
        suits: &Suits,
        wanted: Wanted,
        sink: &mut dyn Sink,
    ) -> Result<Way> {
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
                    ..Page::newest(FEWEST)
                };
                return Ok(Way::Named(Box::new(suits.narrowed(query)), page));
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
        Ok(Way::All(chat.log.look_through(behind)?))
    }

    /// Visits the next messages that may suit the query; says whether there may be more.
    ///
    /// # Errors
    /// If they cannot be read.
    pub(super) fn next(
        &mut self,
        chat: &mut Chat,
        query: &Query,
        visit: &mut dyn FnMut(&Message<'_>),
    ) -> Result<bool> {
        let limit = self.limit;
        self.limit = (limit * 2).min(MOST);
        if let Some(walk) = &mut self.first {
            self.is_turned = matches!(walk, LogWalk::Back(_));
            let has_more = look(chat, walk, limit as u64, query, visit)?;
            self.begin_named();
            return Ok(has_more);
        }
        let (narrowed, page) = match &mut self.way {
            Way::All(walk) => {
                self.is_turned = matches!(walk, LogWalk::Back(_));
                return look(chat, walk, limit as u64, query, visit);
            }
            Way::Named(narrowed, page) => (narrowed, page),
            Way::Ranked(ids) => {
                let rest = ids.split_off(ids.len().min(limit));
                let page = std::mem::replace(ids, rest);
                look_up(chat, &page, visit)?;
                return Ok(!ids.is_empty());
            }
        };
        let Some(index) = &mut chat.index else {
            return Ok(false);
        };
        page.limit = limit;
        let ids: Vec<MessageId> = match index.candidates(&mut chat.log, narrowed, page) {
            Ok(ids) => ids,
            Err(_) => {
                mend(index, &mut chat.log)?;
                index.candidates(&mut chat.log, narrowed, page)?
            }
        };
        let Some((first, last)) = ids.first().copied().zip(ids.last().copied()) else {
            return Ok(false);
        };
        let (low, high) = match page.order {
            Order::NewestFirst => {
                page.before = Some(last);
                (last, first)
            }
            Order::OldestFirst => {
                page.after = Some(last);
                (first, last)
            }
        };
        let count = i64::try_from(ids.len()).unwrap_or(i64::MAX);
        let is_dense = high.0 - low.0 < count.saturating_mul(DENSE);
        self.is_turned = is_dense && page.order == Order::NewestFirst;
        if is_dense {
            let mut walk = LogWalk::On(MessageId(low.0 - 1), high);
            look(chat, &mut walk, u64::MAX, query, visit)?;
        } else {
            look_up(chat, &ids, visit)?;
        }
        Ok(ids.len() == page.limit)
    }

    /// Goes on with what the index names, once enough was looked at without it.
    fn begin_named(&mut self) {
        let (Way::Named(_, page), Some(walk)) = (&mut self.way, &self.first) else {
            return;
        };
        let seen = match *walk {
            LogWalk::Back(next) => {
                page.before = Some(MessageId(next.0 + 1));
                self.upto.0 - next.0
            }
            LogWalk::On(last, _) => {
                page.after = Some(last);
                last.0 - self.behind.0
            }
        };
        if seen >= LOOKED_AT_FIRST {
            self.first = None;
        }
    }

    /// Whether the messages of the last page came in the order in which they are wanted.
    pub(super) fn are_in_order(&self) -> bool {
        !self.is_turned
    }

    /// How far the search is, if it takes long.
    pub(super) fn work(&self) -> Option<Work<'static>> {
        if self.begun.elapsed() < QUIET {
            return None;
        }
        let done = match &self.way {
            Way::All(LogWalk::Back(next)) => self.upto.0 - next.0,
            Way::All(LogWalk::On(last, _)) => last.0 - self.behind.0,
            Way::Named(_, page) => match (page.before, page.after) {
                (Some(last), _) => self.upto.0 - last.0,
                (None, Some(last)) => last.0 - self.behind.0,
                (None, None) => 0,
            },
            Way::Ranked(_) => return None,
        };
        let count = |ids: i64| u64::try_from(ids).unwrap_or(0);
        Some(Work {
            what: "the search",
            unit: "messages",
            done: count(done),
            total: count(self.upto.0 - self.behind.0),
        })
    }
}

/// Visits the next messages of a walk; where words are looked for, those that have them:
/// to look at the texts alone first is twice as fast.
fn look(
    chat: &mut Chat,
    walk: &mut LogWalk,
    count: u64,
    query: &Query,
    visit: &mut dyn FnMut(&Message<'_>),
) -> Result<bool> {
    if query.words.is_empty() {
        return Ok(chat.log.look_further(walk, count, visit)?);
    }
    let of_reasoning = query.filter.in_reasoning;
    let mut suits = |text: &str| query.suits(text);
    let looked = (chat.log).look_at_texts(walk, count, of_reasoning, &mut suits)?;
    look_up(chat, &looked.suiting, visit)?;
    Ok(looked.has_more)
}

/// Whether an index needs long to name the first messages.
fn asks_late(query: &IndexQuery) -> bool {
    query.words.has_prefix() && query.since.is_none() && query.before.is_none()
}

/// Visits messages by their ids, in this order.
fn look_up(chat: &mut Chat, ids: &[MessageId], visit: &mut dyn FnMut(&Message<'_>)) -> Result<()> {
    chat.log.messages(ids, &mut |message| {
        visit(message);
        Flow::More
    })?;
    Ok(())
}

/// Makes an index anew that has turned out to be damaged, and was emptied.
fn mend(index: &mut SearchIndex, log: &mut Log) -> Result<()> {
    index.catch_up(log, &mut |_, _| ControlFlow::Continue(()))?;
    Ok(())
}

/// The messages that may suit best.
fn best(chat: &mut Chat, query: &IndexQuery, sink: &mut dyn Sink) -> Result<Way> {
    let Some(index) = &mut chat.index else {
        return Ok(Way::Ranked(Vec::new()));
    };
    let ranked = match index.ranked(&mut chat.log, query, RANKED) {
        Ok(ranked) => ranked,
        Err(_) => {
            mend(index, &mut chat.log)?;
            index.ranked(&mut chat.log, query, RANKED)?
        }
    };
    if ranked.is_cut {
        let told = "only the newest 200,000 that may suit are ranked";
        sink.emit(&Event::Notice(told));
    }
    Ok(Way::Ranked(ranked.ids))
}

/// Writes into the index what was said since it was used last; false if the store
/// has none.
fn catch_up(chat: &mut Chat, sink: &mut dyn Sink) -> Result<bool> {
    let known = match chat.index.take() {
        Some(index) => Some(index),
        None => SearchIndex::open(&mut chat.log)?,
    };
    let Some(mut index) = known else {
        return Ok(false);
    };
    let (begun, mut is_told) = (Instant::now(), false);
    let reached = index.catch_up(&mut chat.log, &mut |done, total| {
        if begun.elapsed() < QUIET {
            return ControlFlow::Continue(());
        }
        is_told = true;
        sink.work(Some(Work {
            what: "the index",
            unit: "messages",
            done,
            total,
        }))
    });
    if is_told {
        // Whether to go on is asked before the next thing that takes long.
        let _ = sink.work(None);
    }
    let is_whole = reached?;
    chat.index = Some(index);
    if is_whole {
        Ok(true)
    } else {
        Err(Error::Interrupted)
    }
}
