//! What `/edit` and `/retry` take out of the context, so that something else
//! can be said in its place.

use super::step::{Counts, emit_move, relocate, taken_out};
use super::walk::Walk;
use crate::chat::Chat;
use crate::chat::speakers::CurrentSession;
use crate::domain::{Error, Inverse, MessageId, MoveKind, Result, Role, Sink};
use crate::store::Place;

/// The last thing that the current user said in the current context.
pub(crate) fn last_said(chat: &mut Chat) -> Result<String> {
    let session = chat.speakers.current()?;
    let place = chat.log.end(session.key)?.place;
    let walk = Walk::back_from(place, &mut chat.log, &mut |walk| walk.turns < 1)?;
    let question = walk.oldest.ok_or(Error::NothingToEdit)?;
    let mut said = None;
    chat.own_message(question, &mut |message| {
        said = (message.role == Role::User).then(|| message.content.to_owned());
    })?;
    said.ok_or(Error::NothingToEdit)
}

/// Takes the last turn out of the context, to be said differently.
pub(crate) fn edit(chat: &mut Chat, sink: &mut dyn Sink) -> Result<()> {
    take_turn_out(chat, |_| Inverse::Redo, sink)
}

/// Takes the last turn out of the context. `inverse` says how to get back to the
/// message with which it ended.
pub(in crate::chat) fn take_turn_out(
    chat: &mut Chat,
    inverse: impl FnOnce(MessageId) -> Inverse,
    sink: &mut dyn Sink,
) -> Result<()> {
    let session = chat.speakers.current()?;
    let end = chat.log.end_for_update(session.key)?;
    let point = end.place.fork_point().ok_or(Error::NothingToEdit)?;
    let walk = Walk::back_from(end.place, &mut chat.log, &mut |walk| walk.turns < 1)?;
    if walk.turns < 1 {
        return Err(Error::NothingToEdit);
    }
    let to = Place {
        head: walk.before,
        ..end.place
    };
    let (gone, back) = (walk.count, 0);
    let counts = Counts { gone, back };
    relocate(chat, &session, MoveKind::Edit, to, counts)?;
    let moved = taken_out(MoveKind::Edit, &end, to, &walk, inverse(point));
    emit_move(chat, &session, &moved, sink);
    Ok(())
}

/// Takes the last reply out of the context, if it ends with one, and with it
/// what continues it; gives the question that is to be answered again.
pub(in crate::chat) fn take_reply_out(
    chat: &mut Chat,
    session: &CurrentSession,
    sink: &mut dyn Sink,
) -> Result<MessageId> {
    let end = chat.log.end_for_update(session.key)?;
    let head = end.place.head.ok_or(Error::NothingToRetry)?;
    let point = end.place.fork_point().unwrap_or(head);
    let walk = Walk::back_from(end.place, &mut chat.log, &mut |walk| walk.turns < 1)?;
    let question = walk.oldest.ok_or(Error::NothingToRetry)?;
    let link = chat.log.link(question)?;
    if link.is_none_or(|link| link.role != Role::User) {
        return Err(Error::NothingToRetry);
    }
    if question == head {
        return Ok(head);
    }
    let walk = walk.without_oldest();
    let was_answered = !chat.is_unanswered(head)? || walk.count > 1;
    let to = Place {
        head: Some(question),
        ..end.place
    };
    let counts = Counts {
        gone: walk.count,
        back: 0,
    };
    relocate(chat, session, MoveKind::Retry, to, counts)?;
    // That there was no answer has been told, and is nothing to come back to.
    if was_answered {
        let moved = taken_out(MoveKind::Retry, &end, to, &walk, Inverse::Fork(point));
        emit_move(chat, session, &moved, sink);
    }
    Ok(question)
}
