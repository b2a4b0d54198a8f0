//! One turn: a question of the current user, and its reply.

use std::ops::ControlFlow;
use std::time::Instant;

use super::audience::Addressee;
use super::compact::{Unasked, compact_unasked};
use super::compaction::Compaction;
use super::context::Context;
use super::incoming::IncomingReply;
use super::instructions::CONTINUE;
use super::question::{Question, QuestionPlace, Room};
use super::shortening::{Asked, Measures, SHORTENINGS, shortened};
use crate::chat::Chat;
use crate::chat::answering::StandIn;
use crate::chat::moves::{EditedTurn, take_reply_out, take_turn_out};
use crate::chat::session::current_or_started;
use crate::chat::speakers::CurrentSession;
use crate::domain::{Awaited, Error, Event, Flow, Progress, Result, Role, Sink, Status, UserName};
use crate::responder::{Ask, Compact, Ending};
use crate::store::Place;

/// Says something to the model of the current session and tells what it answers.
///
/// If the model makes people wait, the question is committed before it is
/// asked, and what has come of the reply is kept every second. An interrupted
/// reply is one message with exactly the text that was received.
///
/// # Errors
/// [`Error::Unanswered`] if the model failed; the question and what came of the
/// reply are in the log.
pub(crate) fn say(chat: &mut Chat, content: &str, sink: &mut dyn Sink) -> Result<()> {
    let session = current_or_started(chat, sink)?;
    chat.answering.open_to_ask(session.model.as_deref())?;
    let question = Question::append(chat, session.key, content, chat.settings.now())?;
    let before =
        context_of(chat, &question).inspect_err(|_| tell_not_asked(chat, &question, sink))?;
    answer(chat, session, question, before, sink)
}

/// Takes the last reply out of the context and asks for another one, of
/// another model if one is named. A question without a reply is asked again.
///
/// # Errors
/// Those of [`say`], and [`Error::NothingToRetry`].
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
    let end = chat.log.end_for_update(session.key)?;
    let before = Place {
        head: chat.log.link(id)?.and_then(|link| link.parent),
        ..end.place
    };
    let place = QuestionPlace {
        id,
        before,
        system: end.system,
    };
    let question = Question {
        place: Some(place),
        content: &content,
        asked_at: chat.settings.now(),
        asked: Instant::now(),
        continues: false,
    };
    let before = context_of(chat, &question)?;
    answer(chat, session, question, before, sink)
}

/// Asks for the rest of the reply that the context ends with, if that was cut
/// short. What comes is a message after it.
///
/// # Errors
/// Those of [`say`], and [`Error::NothingToContinue`].
pub(crate) fn go_on(chat: &mut Chat, sink: &mut dyn Sink) -> Result<()> {
    let session = chat.speakers.current()?;
    chat.answering.open_to_ask(session.model.as_deref())?;
    let end = chat.log.end_for_update(session.key)?;
    let head = end.place.head.ok_or(Error::NothingToContinue)?;
    if !ends_cut_short(chat, end.place)? {
        return Err(Error::NothingToContinue);
    }
    let place = QuestionPlace {
        id: head,
        before: end.place,
        system: end.system,
    };
    let question = Question {
        place: Some(place),
        content: CONTINUE,
        asked_at: chat.settings.now(),
        asked: Instant::now(),
        continues: true,
    };
    let before = context_of(chat, &question)?;
    answer(chat, session, question, before, sink)
}

/// Whether a context ends with a reply of which the end is missing. Tries to
/// continue it of which nothing came are passed over.
fn ends_cut_short(chat: &mut Chat, place: Place) -> Result<bool> {
    let mut is_cut = false;
    let first = chat.log.first_kept(place.floor)?;
    chat.log.context(place.head, &mut |message| {
        if first.is_some_and(|first| message.id < first) {
            return Flow::Full;
        }
        if message.is_unanswered() {
            return Flow::More;
        }
        let is_long = message.details.is_cut_by_length();
        is_cut = message.role == Role::Ai && (message.status != Status::Complete || is_long);
        Flow::Full
    })?;
    Ok(is_cut)
}

/// Takes what was said last out of the context, with all behind it, and says
/// something in its place. The turn is named if it was looked up before.
///
/// # Errors
/// Those of [`say`], [`Error::NothingToEdit`], [`Error::OnlyQuotations`] and
/// [`Error::MovedMeanwhile`]; nothing is moved if nobody could answer.
pub(crate) fn edit_to(
    chat: &mut Chat,
    turn: Option<&EditedTurn>,
    content: &str,
    sink: &mut dyn Sink,
) -> Result<()> {
    chat.answering.open_to_ask(chat.speakers.chosen_model())?;
    take_turn_out(chat, turn, sink)?;
    say(chat, content, sink)
}

/// Asks the model that is open and tells what it answers, and meanwhile who is waited
/// for: the session's persona, or else the model.
fn answer(
    chat: &mut Chat,
    session: CurrentSession,
    question: Question<'_>,
    context: Context,
    sink: &mut dyn Sink,
) -> Result<()> {
    if !chat.answering.open.responder.waits() {
        return answer_unannounced(chat, session, question, context, sink);
    }
    let persona = session.persona.clone();
    let name = persona.as_deref().unwrap_or(chat.answering.open_name());
    sink.emit(&Event::Awaited(&[Awaited::new(name)]));
    let answered = answer_unannounced(chat, session, question, context, sink);
    sink.emit(&Event::Awaited(&[]));
    answered
}

/// Tells in whose place a mock answers that nobody has chosen.
fn tell_stand_in(chat: &mut Chat, session: &CurrentSession, sink: &mut dyn Sink) -> Result<()> {
    if session.model.is_some() {
        return Ok(());
    }
    let Some(mut stand_in) = chat.answering.stand_in(session.answered_by.as_deref()) else {
        return Ok(());
    };
    if matches!(stand_in, StandIn::For(_)) {
        let head = chat.log.end(session.key)?.place.head;
        chat.log.context(head, &mut |message| {
            if message.role != Role::Ai {
                return Flow::More;
            }
            if message.source.is_some() {
                stand_in = StandIn::ForImported;
            }
            Flow::Full
        })?;
    }
    sink.emit(&Event::Notice(&stand_in.notice()));
    Ok(())
}

fn answer_unannounced(
    chat: &mut Chat,
    session: CurrentSession,
    mut question: Question<'_>,
    mut context: Context,
    sink: &mut dyn Sink,
) -> Result<()> {
    tell_stand_in(chat, &session, sink)?;
    let addressee = Addressee {
        user: chat.user().clone(),
        session,
    };
    let user = addressee.user.clone();
    let model = chat.answering.open.responder.model().to_owned();
    let buffer = std::mem::take(&mut chat.answering.reply_buffer);
    let session = addressee.session.clone();
    let mut reply = IncomingReply::new(addressee, model.clone(), &question, &context, buffer);
    let mut is_stopped = false;
    if context.outgrows_window && chat.answering.open.compact == Compact::Auto {
        match compact_first(chat, &user, &session, context.window, &mut reply, sink) {
            Ok(true) => {
                question.stands_on(chat.log.end(session.key)?.place.floor);
                context = context_of(chat, &question)?;
                reply.is_asked_with(&context, &question, 0);
            }
            Ok(false) => {}
            Err(Error::Interrupted) => is_stopped = true,
            Err(error) => return Err(error),
        }
    }
    context.tell_left_out(session.key, chat, sink);
    context.tell_too_large(question.content, &model, &chat.answering.tokens, sink);
    if is_stopped {
        return reply.end(Ending::interrupted(), chat, sink);
    }
    let waits = chat.answering.open.responder.waits();
    if waits {
        reply = reply.shown_as_it_comes();
    }
    let mut shortenings = 0;
    loop {
        if waits {
            chat.commit_and_flush(sink)?;
        }
        let ending = listen(chat, &context.ask(question.content), &mut reply, sink)?;
        let asked = Asked {
            user: &user,
            model: &chat.answering.open,
            question: &question,
            context: &context,
        };
        let measures = Measures {
            log: &mut chat.log,
            windows: &mut chat.windows,
            tokens: &mut chat.answering.tokens,
        };
        let shorter = if shortenings < SHORTENINGS && reply.is_empty() {
            shortened(&asked, &ending, measures, sink)?
        } else {
            None
        };
        match shorter {
            Some(shorter) => context = shorter,
            None => return reply.end(ending, chat, sink),
        }
        shortenings += 1;
        reply.is_asked_with(&context, &question, ending.tries);
    }
}

/// Tells that a question is in the log, and that nobody was asked: what was said
/// before it cannot be read.
fn tell_not_asked(chat: &Chat, question: &Question<'_>, sink: &mut dyn Sink) {
    if let Some(place) = question.place.filter(|_| !chat.is_stopped()) {
        let id = place.id;
        let notice = format!("message #{id} is kept, and no model was asked");
        sink.emit(&Event::Notice(&notice));
    }
}

/// What the model that is open is sent before a question.
fn context_of(chat: &mut Chat, question: &Question<'_>) -> Result<Context> {
    let open = &chat.answering.open;
    let window = chat.windows.of(open.responder.as_ref(), &mut chat.log)?;
    question.context(
        chat.speakers.user(),
        Room::of(open.responder.as_ref(), window),
        open.system.as_deref(),
        &mut chat.log,
        &chat.answering.tokens,
    )
}

/// Has the model that is open write a summary of the oldest turns before it is
/// asked; gives whether it did.
fn compact_first(
    chat: &mut Chat,
    user: &UserName,
    session: &CurrentSession,
    window: usize,
    reply: &mut IncomingReply,
    sink: &mut dyn Sink,
) -> Result<bool> {
    let plan = Unasked {
        user,
        session,
        model: chat.answering.open.responder.model().to_owned(),
        window,
        system: chat.answering.open.system.clone(),
    };
    reply.keep(&mut chat.log)?;
    let ask = &mut |chat: &mut Chat, compaction: &Compaction, sink: &mut dyn Sink| {
        let (log, responder) = (&mut chat.log, chat.answering.open.responder.as_mut());
        let waits = &mut || IncomingReply::keep_waiting(&mut [reply], log);
        compaction.ask(responder, waits, sink)
    };
    compact_unasked(chat, &plan, ask, sink)
}

/// Asks the model that is open and gathers what it answers.
fn listen(
    chat: &mut Chat,
    ask: &Ask<'_>,
    reply: &mut IncomingReply,
    sink: &mut dyn Sink,
) -> Result<Ending> {
    let log = &mut chat.log;
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
            fault = reply.keep_if_due(log).err();
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
