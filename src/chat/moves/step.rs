//! A move: made, written down, and told.

use super::walk::Walk;
use crate::chat::Chat;
use crate::chat::speakers::CurrentSession;
use crate::domain::{Event, Moved, Result, Return, SessionMove, Sink, Why};
use crate::store::{End, Place, Step};

/// How many messages leave the context with a move, and how many come back.
#[derive(Clone, Copy)]
pub(super) struct Counts {
    pub(super) gone: i64,
    pub(super) back: i64,
}

/// Makes a move and writes it down.
pub(super) fn relocate(
    chat: &mut Chat,
    session: &CurrentSession,
    why: Why,
    to: Place,
    counts: Counts,
) -> Result<()> {
    let step = Step {
        why,
        to,
        gone: counts.gone,
        back: counts.back,
        at: chat.settings.now(),
    };
    chat.log.relocate(session.key, &step)?;
    Ok(())
}

/// Tells a move that was made in a session of the current user.
pub(super) fn tell(chat: &Chat, session: &CurrentSession, moved: &Moved, sink: &mut dyn Sink) {
    sink.tell(&Event::Move(SessionMove {
        user: chat.user(),
        session: session.id,
        moved,
    }));
}

/// What a move did that took the messages of a walk out.
pub(super) fn taken_out(why: Why, from: &End, to: Place, walk: &Walk, way: Return) -> Moved {
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
    from: &End,
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
