//! `/moves`: the moves that were made in the current session.

use crate::chat::Chat;
use crate::chat::listing;
use crate::domain::{Event, Flow, Inverse, Moved, Result, Scope, Sink};

/// Tells every move of the current session, in order.
pub(crate) fn list(chat: &mut Chat, sink: &mut dyn Sink) -> Result<()> {
    let session = chat.speakers.current()?;
    let mut after = None;
    listing::list(chat, Some(Scope::Session), sink, &mut |chat, rows| {
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
            let (number, at) = (rows.count() + 1, row.at);
            flow = rows.emit(&Event::MoveRow { number, moved, at });
            flow
        })?;
        Ok(flow == Flow::Full)
    })
}
