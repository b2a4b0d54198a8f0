//! `/redo`: an undo taken back.

use super::step::{Counts, brought_back, redoable, step, taken_out, tell};
use super::walk::{Walk, depth};
use crate::chat::Chat;
use crate::domain::{Error, Moved, Result, Return, Sink, Why};
use crate::store::Redo;

/// Takes the last undo back, unless something was said since.
pub fn redo(chat: &mut Chat, sink: &mut dyn Sink) -> Result<()> {
    let session = chat.speakers.current()?;
    let pointer = chat.store.pointer(session.key)?;
    let undone = redoable(chat, &pointer)?.ok_or(Error::NothingToRedo)?;
    let undone = chat.store.move_made(undone)?;
    let to = undone.from;
    let counts = Counts {
        gone: undone.back,
        back: undone.gone,
    };
    let step = step(chat, Why::Redo, &pointer, to, counts)?;
    let depth = depth(to.head, chat.store.as_mut())?;
    chat.store
        .relocate(session.key, &step, depth, Redo::Earlier(undone.redo))?;
    let moved = match to.head {
        Some(head) if undone.gone > 0 => {
            let walk = Walk::back_from(head, chat.store.as_mut(), &mut |walk| {
                walk.count < undone.gone
            })?;
            // A reply alone is no turn that could be taken out again.
            let is_turns = walk.turns > 0 && undone.why != Why::Retry;
            let way = is_turns.then_some(Return::Undo(walk.turns));
            brought_back(Why::Redo, &pointer, to, &walk, undone.gone, way)
        }
        _ => {
            let walk = Walk::named(pointer.place.head, undone.back, chat.store.as_mut())?;
            Moved {
                gone: undone.back,
                ..taken_out(Why::Redo, &pointer, to, &walk, Return::Undo(1))
            }
        }
    };
    tell(chat, &session, &moved, sink);
    Ok(())
}
