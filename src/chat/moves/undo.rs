//! `/undo`: turns out of the context again.

use super::step::{Counts, brought_back, emit_move, relocate, taken_out};
use super::walk::Walk;
use crate::chat::Chat;
use crate::chat::speakers::CurrentSession;
use crate::domain::{Error, Inverse, MoveKind, Result, Sink};
use crate::store::{End, Place};

/// Takes the last turns out of the context; with nothing in it, brings back
/// what was cleared.
pub(crate) fn undo(chat: &mut Chat, turns: u64, sink: &mut dyn Sink) -> Result<()> {
    let session = chat.speakers.current()?;
    let end = chat.log.end_for_update(session.key)?;
    let Some(head) = end.place.head else {
        return undo_clear(chat, &session, &end, turns, sink);
    };
    let walk = Walk::back_from(head, &mut chat.log, &mut |walk| walk.turns < turns)?;
    if walk.turns < turns {
        return Err(too_many(walk.turns, turns));
    }
    let to = Place {
        head: walk.before,
        ..end.place
    };
    let (gone, back) = (walk.count, 0);
    let counts = Counts { gone, back };
    relocate(chat, &session, MoveKind::Undo, to, counts)?;
    let moved = taken_out(MoveKind::Undo, &end, to, &walk, Inverse::Redo);
    emit_move(chat, &session, &moved, sink);
    Ok(())
}

fn undo_clear(
    chat: &mut Chat,
    session: &CurrentSession,
    end: &End,
    turns: u64,
    sink: &mut dyn Sink,
) -> Result<()> {
    let base = end.place.base.ok_or(Error::NothingToUndo)?;
    if turns > 1 {
        return Err(too_many(0, turns));
    }
    let made = chat.log.move_made(base)?.ok_or(Error::NothingToUndo)?;
    let to = made.from;
    let (gone, back) = (0, chat.log.depth(to.head)?);
    let counts = Counts { gone, back };
    relocate(chat, session, MoveKind::Undo, to, counts)?;
    let walk = Walk::named(to.head, back, &mut chat.log)?;
    let inverse = Some(Inverse::Redo);
    let moved = brought_back(MoveKind::Undo, end, to, &walk, back, inverse);
    emit_move(chat, session, &moved, sink);
    Ok(())
}

fn too_many(there: u64, asked: u64) -> Error {
    let turns = |count| if count == 1 { "turn" } else { "turns" };
    Error::BadArgument {
        command: "/undo".into(),
        why: format!(
            "cannot take {asked} {} out: the context has {there} {}",
            turns(asked),
            turns(there)
        ),
        hint: match there {
            0 => "`/undo` alone brings back what was cleared".into(),
            _ => format!("`/undo {there}` takes all of it out"),
        },
    }
}
