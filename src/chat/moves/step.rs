//! A move: made, written down, and told.

use super::walk::Walk;
use crate::chat::Chat;
use crate::chat::speakers::CurrentSession;
use crate::domain::{Event, MoveId, Moved, Result, Return, Sink, Why};
use crate::store::{Move, Place, Pointer, Redo};

/// How many messages leave the context with a move, and how many come back.
#[derive(Clone, Copy)]
pub(super) struct Counts {
    pub(super) gone: i64,
    pub(super) back: i64,
}

/// Makes a move that can be redone, or a clear, and writes it down.
pub(super) fn relocate(
    chat: &mut Chat,
    session: &CurrentSession,
    pointer: &Pointer,
    why: Why,
    to: Place,
    counts: Counts,
) -> Result<()> {
    let step = step(chat, why, pointer, to, counts)?;
    let redo = match why {
        Why::Clear => Redo::Earlier(None),
        _ => Redo::Itself,
    };
    let depth = pointer.depth - step.gone + step.back;
    chat.store.relocate(session.key, &step, depth, redo)?;
    Ok(())
}

/// A move from where a session stands, before it is made.
pub(super) fn step(
    chat: &mut Chat,
    why: Why,
    pointer: &Pointer,
    to: Place,
    counts: Counts,
) -> Result<Move> {
    Ok(Move {
        why,
        from: pointer.place,
        to,
        redo: redoable(chat, pointer)?,
        gone: counts.gone,
        back: counts.back,
        at: chat.settings.now(),
    })
}

/// The move that can be redone: the last undo, if the session still stands
/// where that left it.
pub(super) fn redoable(chat: &mut Chat, pointer: &Pointer) -> Result<Option<MoveId>> {
    let Some(id) = pointer.redo else {
        return Ok(None);
    };
    let stands = chat.store.move_made(id)?.to == pointer.place;
    Ok(stands.then_some(id))
}

/// Tells a move that was made in a session of the current user.
pub(super) fn tell(chat: &Chat, session: &CurrentSession, moved: &Moved, sink: &mut dyn Sink) {
    sink.tell(&Event::Move {
        user: chat.user(),
        session: session.id,
        moved,
    });
}

/// What a move did that took the messages of a walk out.
pub(super) fn taken_out(why: Why, from: &Pointer, to: Place, walk: &Walk, way: Return) -> Moved {
    Moved {
        why,
        from: from.place.head,
        to: to.head,
        gone: walk.count,
        back: 0,
        ids: walk.ids(),
        way: Some(way),
    }
}

/// What a move did that brought `count` messages back; the walk names the
/// newest of them.
pub(super) fn brought_back(
    why: Why,
    from: &Pointer,
    to: Place,
    walk: &Walk,
    count: i64,
    way: Option<Return>,
) -> Moved {
    Moved {
        why,
        from: from.place.head,
        to: to.head,
        gone: 0,
        back: count,
        ids: walk.ids(),
        way,
    }
}
