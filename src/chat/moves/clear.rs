//! `/clear`: an empty context.

use super::step::{Counts, relocate};
use super::walk::Walk;
use crate::chat::Chat;
use crate::domain::{ContextClear, Event, Inverse, MoveKind, Moved, Result, Sink};
use crate::store::Place;

/// Empties the context of the current session.
pub(crate) fn clear(chat: &mut Chat, sink: &mut dyn Sink) -> Result<()> {
    let session = chat.speakers.current()?;
    let end = chat.log.end_for_update(session.key)?;
    let mut moved = None;
    if let Some(head) = end.place.head {
        // The walk is only for the receipt: a context in which another program
        // has made a loop can be cleared like any other.
        let walk = Walk::named(end.place, end.depth, &mut chat.log);
        let (gone, back) = (end.depth, 0);
        let counts = Counts { gone, back };
        let to = Place::default();
        relocate(chat, &session, MoveKind::Clear, to, counts)?;
        moved = Some(Moved {
            kind: MoveKind::Clear,
            from: Some(head),
            to: None,
            gone,
            back,
            ids: walk.unwrap_or_default().ids(),
            inverse: Some(Inverse::Undo(1)),
        });
    }
    sink.emit(&Event::Clear(ContextClear {
        user: chat.user(),
        session: session.id,
        count: end.count,
        moved: moved.as_ref(),
    }));
    Ok(())
}
