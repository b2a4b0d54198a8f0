//! A move: made, written down, and told.

use super::walk::Walk;
use crate::chat::Chat;
use crate::chat::speakers::CurrentSession;
use crate::domain::{Draft, Event, Inverse, MessageId, MoveKind, Moved, Result, SessionMove, Sink};
use crate::store::{End, Move, Place};

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
    kind: MoveKind,
    to: Place,
    counts: Counts,
) -> Result<()> {
    let step = Move {
        kind,
        to,
        gone: counts.gone,
        back: counts.back,
        at: chat.settings.now(),
    };
    chat.log.relocate(session.key, &step)?;
    Ok(())
}

/// Appends a summary and puts it below a context; gives its id.
pub(super) fn relocate_to_summary(
    chat: &mut Chat,
    session: &CurrentSession,
    to: Place,
    summary: &Draft<'_>,
    counts: Counts,
) -> Result<MessageId> {
    let step = Move {
        kind: MoveKind::Compact,
        to,
        gone: counts.gone,
        back: counts.back,
        at: summary.at,
    };
    Ok(chat.log.compact(session.key, summary, &step)?)
}

/// Tells a move that was made in a session of the current user.
pub(super) fn emit_move(chat: &Chat, session: &CurrentSession, moved: &Moved, sink: &mut dyn Sink) {
    sink.emit(&Event::Move(SessionMove {
        user: chat.user(),
        session: session.id,
        moved,
        unasked: false,
        whose: None,
    }));
}

/// What a move did that took the messages of a walk out.
pub(super) fn taken_out(
    kind: MoveKind,
    from: &End,
    to: Place,
    walk: &Walk,
    inverse: Option<Inverse>,
) -> Moved {
    Moved {
        kind,
        from: from.place.head,
        to: to.head,
        gone: walk.count,
        back: 0,
        ids: walk.ids(),
        inverse,
    }
}

/// What a move did that brought `count` messages back; the walk names the
/// newest of them.
pub(super) fn brought_back(
    kind: MoveKind,
    from: &End,
    to: Place,
    walk: &Walk,
    count: i64,
    inverse: Option<Inverse>,
) -> Moved {
    Moved {
        kind,
        from: from.place.head,
        to: to.head,
        gone: 0,
        back: count,
        ids: walk.ids(),
        inverse,
    }
}
