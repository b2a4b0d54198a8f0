//! One turn: a question of the current user, and its reply.

use std::ops::ControlFlow;

use super::audience::Addressee;
use super::incoming::IncomingReply;
use super::question::{Question, QuestionPlace};
use crate::chat::Chat;
use crate::chat::moves::{take_reply_out, take_turn_out};
use crate::chat::session::current_or_started;
use crate::chat::speakers::CurrentSession;
use crate::domain::{Inverse, Progress, Result, Sink};
use crate::responder::{Ask, Ending};

/// Says something to the model of the current session and tells what it answers.
///
/// If the model makes people wait, the question is committed before it is
/// asked, and what has come of the reply is kept every second. An interrupted
/// reply is one message with exactly the text that was received.
///
/// # Errors
/// [`Error::Unanswered`](crate::domain::Error::Unanswered) if the model failed; the question and what came of the
/// reply are in the log.
pub(crate) fn say(chat: &mut Chat, content: &str, sink: &mut dyn Sink) -> Result<()> {
    let session = current_or_started(chat, sink)?;
    chat.answering.open_to_ask(session.model.as_deref())?;
    let question = Question::append(chat, session.key, content, chat.settings.now())?;
    answer(chat, session, &question, sink)
}

/// Takes the last reply out of the context and asks for another one, of
/// another model if one is named. A question without a reply is asked again.
///
/// # Errors
/// Those of [`say`], and [`Error::NothingToRetry`](crate::domain::Error::NothingToRetry).
pub(crate) fn retry(chat: &mut Chat, model: Option<&str>, sink: &mut dyn Sink) -> Result<()> {
    let session = chat.speakers.current()?;
    match model {
        // For this reply only: the next message opens the session's own again.
        Some(name) => {
            chat.answering.open_named(name)?;
            chat.answering.allow(name);
        }
        None => chat.answering.open_to_ask(session.model.as_deref())?,
    }
    let id = take_reply_out(chat, &session, sink)?;
    let mut content = String::new();
    chat.own_message(id, &mut |message| message.content.clone_into(&mut content))?;
    let place = QuestionPlace {
        id,
        parent: chat.log.link(id)?.and_then(|link| link.parent),
        system: chat.log.end_for_update(session.key)?.system,
    };
    let question = Question {
        place: Some(place),
        content: &content,
        asked_at: chat.settings.now(),
    };
    answer(chat, session, &question, sink)
}

/// Takes the last turn out of the context and says something in its place.
///
/// # Errors
/// Those of [`say`], and [`Error::NothingToEdit`](crate::domain::Error::NothingToEdit); nothing is moved if nobody
/// could answer.
pub(crate) fn edit_to(chat: &mut Chat, content: &str, sink: &mut dyn Sink) -> Result<()> {
    chat.answering.open_to_ask(chat.speakers.chosen_model())?;
    take_turn_out(chat, Inverse::Fork, sink)?;
    say(chat, content, sink)
}

/// Asks the model that is open and tells what it answers.
fn answer(
    chat: &mut Chat,
    session: CurrentSession,
    question: &Question<'_>,
    sink: &mut dyn Sink,
) -> Result<()> {
    if chat.answering.open.responder.waits() {
        chat.commit_and_flush(sink)?;
    }
    let addressee = Addressee {
        user: chat.user().clone(),
        session,
    };
    let context = question.context(
        &addressee.user,
        chat.answering.open.responder.window(),
        chat.answering.open.system.as_deref(),
        &mut chat.log,
        &chat.answering.tokens,
    )?;
    context.tell_left_out(addressee.session.key, chat, sink);
    let model = chat.answering.open.responder.model().to_owned();
    let buffer = std::mem::take(&mut chat.answering.reply_buffer);
    let mut reply = IncomingReply::new(
        addressee,
        model,
        question,
        &context,
        buffer,
        chat.settings.now(),
    );
    if chat.answering.open.responder.waits() {
        reply = reply.shown_as_it_comes();
    }
    let ending = listen(chat, &context.ask(question.content), &mut reply, sink)?;
    reply.end(ending, chat, sink)
}

/// Asks the model that is open and gathers what it answers.
fn listen(
    chat: &mut Chat,
    ask: &Ask<'_>,
    reply: &mut IncomingReply,
    sink: &mut dyn Sink,
) -> Result<Ending> {
    let (log, settings) = (&mut chat.log, &chat.settings);
    let waits = chat.answering.open.responder.waits();
    let mut fault = None;
    let ending = chat.answering.open.responder.respond(ask, &mut |progress| {
        match progress {
            Progress::Delta(piece) => reply.push(piece),
            Progress::Reasoning(piece) => reply.push_reasoning(piece),
            Progress::Idle | Progress::Retry(_) => {}
        }
        // A reply that comes at once needs neither keeping nor a sign of life.
        if !waits {
            return ControlFlow::Continue(());
        }
        if fault.is_none() {
            fault = reply.keep_if_due(log, settings.now()).err();
        }
        if fault.is_some() {
            return ControlFlow::Break(());
        }
        sink.progress(progress)
    });
    match fault {
        Some(fault) => Err(fault.into()),
        None => Ok(ending),
    }
}
