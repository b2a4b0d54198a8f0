//! `/moves`: the moves that were made in the current session.

use super::ways_back::WaysBack;
use crate::chat::listing::list_or_hint;
use crate::chat::{Chat, empty};
use crate::domain::{Event, Flow, Inverse, ListedMove, Moved, Result, Scope, Sink};

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
            let mut flow = Flow::More;
            chat.log.moves(session.key, after, &mut |row| {
                after = Some(row.id);
                let moved = &Moved {
                    kind: row.kind,
                    from: row.from.head,
                    to: row.to.head,
                    gone: row.gone,
                    back: row.back,
                    ids: Vec::new(),
                    inverse: row.from.fork_point().map(Inverse::Fork),
                };
                flow = rows.emit(&Event::MoveRow(&ListedMove {
                    number: rows.count() + 1,
                    moved,
                    at: row.at,
                    way_now: ways.to(row.from),
                    is_undone: ways.is_here(row.from),
                }));
                flow
            })?;
            Ok(flow == Flow::Full)
        },
    )
}
