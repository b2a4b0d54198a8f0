//! `/redo`: an undo taken back.

use super::step::{brought_back, emit_move, taken_out};
use super::summary::summary_moved;
use super::walk::Walk;
use crate::chat::Chat;
use crate::domain::{Error, Inverse, MoveKind, Moved, Result, Sink};
use crate::store::{End, redo_of};

/// Takes the last undo back, unless something was said since.
pub(crate) fn redo(chat: &mut Chat, sink: &mut dyn Sink) -> Result<()> {
    let session = chat.speakers.current()?;
    let end = chat.log.end_for_update(session.key)?;
    let (stands, failures) = before_failures(chat, &end)?;
    let undone = chat.log.redoable(&stands)?.ok_or(Error::NothingToRedo)?;
    let (to, now) = (undone.from, chat.settings.now());
    let mut step = redo_of(&undone, now);
    step.gone += failures;
    chat.log.relocate(session.key, &step)?;
    if let Some(floor) = to.floor.filter(|_| to.floor != undone.to.floor) {
        let moved = summary_moved(chat, MoveKind::Redo, end.place, floor, undone.back)?;
        emit_move(chat, &session, &moved, sink);
        return Ok(());
    }
    let moved = match to.head {
        Some(_) if undone.gone > 0 => {
            let walk = Walk::back_from(to, &mut chat.log, &mut |walk| walk.count < undone.gone)?;
            // A reply alone is no turn that could be taken out again.
            let is_turns = walk.turns > 0 && undone.kind != MoveKind::Retry;
            let inverse = is_turns.then_some(Inverse::Undo(walk.turns));
            brought_back(MoveKind::Redo, &end, to, &walk, undone.gone, inverse)
        }
        _ => {
            let walk = Walk::named(end.place, undone.back, &mut chat.log)?;
            Moved {
                gone: undone.back,
                ..taken_out(MoveKind::Redo, &end, to, &walk, Some(Inverse::Undo(1)))
            }
        }
    };
    emit_move(chat, &session, &moved, sink);
    Ok(())
}

/// Where a session stood before it was told that a question got no answer, and
/// how often it was: nothing has been said since.
pub(super) fn before_failures(chat: &mut Chat, end: &End) -> Result<(End, i64)> {
    let (mut stands, mut failures) = (*end, 0);
    while let Some(head) = stands.place.head
        && chat.is_unanswered(head)?
    {
        stands.place.head = chat.log.link(head)?.and_then(|link| link.parent);
        failures += 1;
    }
    Ok((stands, failures))
}
