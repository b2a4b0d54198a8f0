//! `/undo`: turns out of the context again.

use super::step::{Counts, brought_back, emit_move, relocate, taken_out};
use super::summary::summary_moved;
use super::walk::Walk;
use crate::chat::Chat;
use crate::chat::speakers::CurrentSession;
use crate::domain::{Error, Inverse, MessageId, MoveKind, Result, Sink};
use crate::store::{End, Place};

/// Takes the last turns out of the context; with nothing in it, brings back
/// what was cleared.
pub(crate) fn undo(chat: &mut Chat, turns: u64, sink: &mut dyn Sink) -> Result<()> {
    let session = chat.speakers.current()?;
    let end = chat.log.end_for_update(session.key)?;
    if end.place.head.is_none() {
        return undo_clear(chat, &session, &end, turns, sink);
    }
    // What was done last is taken back first.
    if turns == 1
        && let Some(floor) = end
            .place
            .floor
            .filter(|floor| end.place.head < Some(*floor))
    {
        return undo_summary(chat, &session, &end, floor, sink);
    }
    let walk = Walk::back_from(end.place, &mut chat.log, &mut |walk| walk.turns < turns)?;
    if walk.turns < turns {
        return Err(match too_many(walk.turns, turns) {
            Error::BadArgument { command, why, .. } if end.place.head < end.place.floor => {
                Error::BadArgument {
                    command,
                    why,
                    hint: "`/undo` alone takes the summary back first".into(),
                }
            }
            error => error,
        });
    }
    let to = Place {
        head: walk.before,
        ..end.place
    };
    let (gone, back) = (walk.count, 0);
    let counts = Counts { gone, back };
    relocate(chat, &session, MoveKind::Undo, to, counts)?;
    let moved = taken_out(MoveKind::Undo, &end, to, &walk, Some(Inverse::Redo));
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
    let (gone, back) = (0, chat.log.depth(to)?);
    let counts = Counts { gone, back };
    relocate(chat, session, MoveKind::Undo, to, counts)?;
    let walk = Walk::named(to, back, &mut chat.log)?;
    let inverse = Some(Inverse::Redo);
    let moved = brought_back(MoveKind::Undo, end, to, &walk, back, inverse);
    emit_move(chat, session, &moved, sink);
    Ok(())
}

/// Brings back what a summary stands for.
fn undo_summary(
    chat: &mut Chat,
    session: &CurrentSession,
    end: &End,
    floor: MessageId,
    sink: &mut dyn Sink,
) -> Result<()> {
    let before = chat.log.link(floor)?.and_then(|link| link.floor);
    let to = Place {
        floor: before,
        ..end.place
    };
    // The summary goes, and all that it stands for comes.
    let (gone, back) = (1, chat.log.depth(to)? - end.depth + 1);
    relocate(chat, session, MoveKind::Undo, to, Counts { gone, back })?;
    let moved = summary_moved(chat, MoveKind::Undo, to, floor, back)?;
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
