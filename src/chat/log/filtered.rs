//! `/log` with filters: the messages of the log that suit, in its order.

use super::candidates::{Candidates, Wanted};
use super::search::read;
use super::suits::Suits;
use crate::chat::Chat;
use crate::chat::empty::nothing_found;
use crate::chat::listing;
use crate::domain::{Event, MessageId, Result, Scope, Sink, Zone};
use crate::query::Query;

/// Tells the messages that a query finds, of everybody unless it asks for another
/// scope, in the order of the log: all, or the newest so many; with `after:` the first.
/// Its dates are in another zone than usual if one is named.
///
/// # Errors
/// If it cannot be read, or asks for somebody else's messages within one's own.
pub(crate) fn list_suiting(
    chat: &mut Chat,
    text: &str,
    zone: Option<Zone>,
    sink: &mut dyn Sink,
) -> Result<()> {
    chat.commit(sink)?;
    let query = read(chat, "/log", text, zone)?;
    let suits = Suits::new(chat, "/log", Scope::Global, &query.filter)?;
    let limit = query.filter.limit.unwrap_or(u64::MAX);
    let begin = begin_of(chat, &query, &suits, sink)?;
    let wanted = Wanted::Behind(begin.behind);
    listing::begin(chat, sink)?;
    let mut candidates = Candidates::begin(chat, &query, &suits, wanted, sink)?;
    let mut marks = Vec::new();
    let (scope, hint) = (
        Some(suits.scope()),
        Some(nothing_found(&query, suits.scope())),
    );
    listing::list_begun(chat, scope, hint, sink, &mut |chat, rows| {
        if begin.leaves_out {
            rows.leave_out_older();
        }
        let mut is_over = false;
        let has_more = candidates.next(chat, &query, &mut |message| {
            if is_over || suits.found_in(&query, message, &mut marks).is_none() {
                return;
            }
            if rows.count() == limit {
                is_over = true;
                rows.leave_out_older();
                return;
            }
            rows.emit(&Event::Message(message));
        })?;
        rows.work(candidates.work().filter(|_| has_more && !is_over))?;
        Ok(has_more && !is_over)
    })
}

/// Where a listing begins.
pub(super) struct Begin {
    /// The last message before it.
    pub behind: MessageId,
    /// Older ones than are listed suit, too.
    pub leaves_out: bool,
}

/// Where the messages begin that a query wants: behind the one that it names, or where the
/// newest so many begin.
pub(super) fn begin_of(
    chat: &mut Chat,
    query: &Query,
    suits: &Suits,
    sink: &mut dyn Sink,
) -> Result<Begin> {
    match suits.after() {
        Some(behind) => Ok(Begin {
            behind,
            leaves_out: false,
        }),
        None => newest(chat, query, suits, sink),
    }
}

/// Where the newest ones begin that are wanted: found by walking back over so many.
fn newest(chat: &mut Chat, query: &Query, suits: &Suits, sink: &mut dyn Sink) -> Result<Begin> {
    let all = Begin {
        behind: MessageId(0),
        leaves_out: false,
    };
    let Some(limit) = query.filter.limit else {
        return Ok(all);
    };
    let mut candidates = Candidates::begin(chat, query, suits, Wanted::Newest, sink)?;
    let begin = walk_back(chat, query, suits, limit, &mut candidates, sink);
    if candidates.work().is_some() {
        // What was told of it is no more to be seen.
        let _ = sink.work(None);
    }
    begin.map(|begin| begin.unwrap_or(all))
}

/// Walks back until `limit` messages were found; if there are more, this is where they
/// begin.
fn walk_back(
    chat: &mut Chat,
    query: &Query,
    suits: &Suits,
    limit: u64,
    candidates: &mut Candidates,
    sink: &mut dyn Sink,
) -> Result<Option<Begin>> {
    let (mut marks, mut count) = (Vec::new(), 0);
    loop {
        listing::go_on(candidates.work(), sink)?;
        let mut page = Vec::new();
        let has_more = candidates.next(chat, query, &mut |message| {
            if suits.found_in(query, message, &mut marks).is_some() {
                page.push(message.id);
            }
        })?;
        // Of all messages a page comes in the order of the log.
        if !candidates.are_in_order() {
            page.reverse();
        }
        for behind in page {
            if count == limit {
                let leaves_out = true;
                return Ok(Some(Begin { behind, leaves_out }));
            }
            count += 1;
        }
        if !has_more {
            return Ok(None);
        }
    }
}
