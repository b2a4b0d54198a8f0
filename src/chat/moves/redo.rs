//! `/redo`: an undo taken back.

use super::step::{brought_back, emit_move, taken_out};
use super::walk::Walk;
use crate::chat::Chat;
use crate::domain::{Error, Inverse, MoveKind, Moved, Result, Sink};
use crate::store::redo_of;

/// Takes the last undo back, unless something was said since.
pub(crate) fn redo(chat: &mut Chat, sink: &mut dyn Sink) -> Result<()> {
    let session = chat.speakers.current()?;
    let end = chat.log.end_for_update(session.key)?;
    let undone = chat.log.redoable(&end)?.ok_or(Error::NothingToRedo)?;
    let (to, now) = (undone.from, chat.settings.now());
    chat.log.relocate(session.key, &redo_of(&undone, now))?;
    let moved = match to.head {
        Some(head) if undone.gone > 0 => {
            let walk = Walk::back_from(head, &mut chat.log, &mut |walk| walk.count < undone.gone)?;
            // A reply alone is no turn that could be taken out again.
            let is_turns = walk.turns > 0 && undone.kind != MoveKind::Retry;
            let inverse = is_turns.then_some(Inverse::Undo(walk.turns));
            brought_back(MoveKind::Redo, &end, to, &walk, undone.gone, inverse)
        }
        _ => {
            let walk = Walk::named(end.place.head, undone.back, &mut chat.log)?;
            Moved {
                gone: undone.back,
                ..taken_out(MoveKind::Redo, &end, to, &walk, Inverse::Undo(1))
            }
        }
    };
    emit_move(chat, &session, &moved, sink);
    Ok(())
}
