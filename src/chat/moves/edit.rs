//! What `/edit` and `/retry` take out of the context, so that something else
//! can be said in its place.

use super::step::{Counts, emit_move, relocate, taken_out};
use super::walk::Walk;
use super::ways_back::fork_to;
use crate::chat::Chat;
use crate::chat::log::is_quotation;
use crate::chat::speakers::CurrentSession;
use crate::domain::{Error, MessageId, MoveKind, Result, Role, SessionKey, Sink};
use crate::store::Place;

/// A turn of the current session whose question is to be said differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EditedTurn {
    /// The question.
    pub(crate) question: MessageId,
    /// What was said.
    pub(crate) said: String,
    session: SessionKey,
    /// Where the session stood.
    place: Place,
}

/// What a context ends with, from the last thing on that was said in it.
struct LastSaid {
    question: MessageId,
    said: String,
    /// How many turns that is: quotations behind it count as such.
    turns: u64,
}

/// The turn that begins with the last thing that the current user said in the
/// current context. Nothing is moved.
///
/// # Errors
/// Nothing was said there, or nothing but quotations is.
pub(crate) fn last_turn(chat: &mut Chat) -> Result<EditedTurn> {
    let session = chat.speakers.current()?.key;
    let place = chat.log.end(session)?.place;
    let last = last_said(chat, place)?;
    Ok(EditedTurn {
        question: last.question,
        said: last.said,
        session,
        place,
    })
}

/// The last thing that the current user said in a context. What `/quote` puts there
/// are other people's words, too, and nothing that they would say differently.
fn last_said(chat: &mut Chat, place: Place) -> Result<LastSaid> {
    let (mut rest, mut turns) = (place, 0);
    loop {
        let walk = Walk::back_from(rest, &mut chat.log, &mut |walk| walk.turns < 1)?;
        let mut said = None;
        let question = walk.oldest.filter(|_| walk.turns == 1);
        if let Some(question) = question {
            chat.own_message(question, &mut |message| {
                said = (message.role == Role::User).then(|| message.content.to_owned());
            })?;
        }
        let (Some(question), Some(said)) = (question, said) else {
            return Err(match turns {
                0 => Error::NothingToEdit,
                _ => Error::OnlyQuotations,
            });
        };
        turns += 1;
        if !is_quotation(&said) {
            return Ok(LastSaid {
                question,
                said,
                turns,
            });
        }
        rest.head = walk.before;
    }
}

/// Takes out of the context what was said last, and all behind it. If a turn is
/// named, the session has to stand where it stood when that was looked up.
///
/// # Errors
/// Those of [`last_turn`], and [`Error::MovedMeanwhile`].
pub(in crate::chat) fn take_turn_out(
    chat: &mut Chat,
    turn: Option<&EditedTurn>,
    sink: &mut dyn Sink,
) -> Result<()> {
    let session = chat.speakers.current()?;
    let end = chat.log.end_for_update(session.key)?;
    if turn.is_some_and(|turn| turn.session != session.key || turn.place != end.place) {
        return Err(Error::MovedMeanwhile);
    }
    if end.place.fork_point().is_none() {
        return Err(Error::NothingToEdit);
    }
    let way = fork_to(chat, end.place)?;
    let turns = last_said(chat, end.place)?.turns;
    let walk = Walk::back_from(end.place, &mut chat.log, &mut |walk| walk.turns < turns)?;
    let to = Place {
        head: walk.before,
        ..end.place
    };
    let (gone, back) = (walk.count, 0);
    let counts = Counts { gone, back };
    relocate(chat, &session, MoveKind::Edit, to, counts)?;
    let moved = taken_out(MoveKind::Edit, &end, to, &walk, way);
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
    let way = fork_to(chat, end.place)?;
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
        let moved = taken_out(MoveKind::Retry, &end, to, &walk, way);
        emit_move(chat, session, &moved, sink);
    }
    Ok(question)
}
