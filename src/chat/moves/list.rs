//! `/moves`: the moves that were made in the current session.

use super::ways_back::{WaysBack, fork_to};
use crate::chat::listing::list_or_hint;
use crate::chat::{Chat, empty};
use crate::domain::{Event, Flow, ListedMove, Moved, Result, Scope, Sink};

/// How many moves are read at once.
const PAGE: usize = 256;

/// Tells every move of the current session, in order.
pub(crate) fn list(chat: &mut Chat, sink: &mut dyn Sink) -> Result<()> {
    let session = chat.speakers.current()?;
    // Those of one listing are told as things are when it begins.
    let ways = WaysBack::from_now(chat, &session)?;
    let mut after = None;
    list_or_hint(
        chat,
        Some(Scope::Session),
        empty::NOTHING_MOVED,
        sink,
        &mut |chat, rows| {
            // Where they lead is looked up between the pages.
            let mut page = Vec::new();
            chat.log.moves(session.key, after, &mut |row| {
                page.push(*row);
                if page.len() < PAGE {
                    Flow::More
                } else {
                    Flow::Full
                }
            })?;
            for row in &page {
                after = Some(row.id);
                let fork = fork_to(chat, row.from)?;
                let moved = &Moved {
                    kind: row.kind,
                    from: row.from.head,
                    to: row.to.head,
                    gone: row.gone,
                    back: row.back,
                    ids: Vec::new(),
                    inverse: fork,
                };
                let flow = rows.emit(&Event::MoveRow(&ListedMove {
                    number: rows.count() + 1,
                    moved,
                    at: row.at,
                    way_now: ways.to(row.from, fork),
                    is_undone: ways.is_here(row.from),
                }));
                if flow == Flow::Full {
                    return Ok(true);
                }
            }
            Ok(page.len() == PAGE)
        },
    )
}
