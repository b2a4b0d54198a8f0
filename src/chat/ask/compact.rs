//! `/compact`: a summary in place of the oldest turns of a context, asked for or not.
//!
//! The session's model writes it. The turns stay in the log; the session's floor
//! is the summary from then on, until `/undo` takes it back.

use super::compaction::Compaction;
use super::shortening::{SHORTENINGS, learn_and_tell};
use super::written_summary::WrittenSummary;
use crate::chat::Chat;
use crate::chat::speakers::CurrentSession;
use crate::domain::{Awaited, Error, Event, Result, Sink, UserName, sentence};

/// Puts a summary in place of the oldest turns of the current context, with
/// regard to what the person names as its focus.
///
/// # Errors
/// [`Error::NothingToCompact`]; [`Error::Unanswered`] if the model failed. Nothing
/// is changed then.
pub(crate) fn compact(chat: &mut Chat, focus: Option<&str>, sink: &mut dyn Sink) -> Result<()> {
    let session = chat.speakers.current()?;
    chat.answering.open_to_ask(session.model.as_deref())?;
    let user = chat.user().clone();
    let open = &chat.answering.open;
    let window = chat.windows.of(open.responder.as_ref(), &mut chat.log)?;
    let system = open.system.clone();
    let mut window = chat.answering.tokens_of(Some(window));
    let mut shortenings = 0;
    let (compaction, written) = loop {
        let system = system.as_deref();
        let planned = Compaction::plan(chat, &user, session.clone(), window, system, focus)?;
        let compaction = planned.ok_or(Error::NothingToCompact)?;
        chat.commit_and_flush(sink)?;
        sink.emit(&Event::Awaited(&[Awaited::new(chat.answering.open_name())]));
        let written = compaction.ask(chat.answering.open.responder.as_mut(), &mut || (), sink);
        match written.ending.too_long.and_then(|refusal| refusal.limit) {
            Some(limit) if shortenings < SHORTENINGS => {
                shortenings += 1;
                let responder = chat.answering.open.responder.as_ref();
                let (log, windows) = (&mut chat.log, &mut chat.windows);
                let learned = learn_and_tell(responder, limit, log, windows, sink)?;
                let learned = chat.answering.tokens_of(Some(learned));
                window = learned.min(window - window / 4);
            }
            _ => break (compaction, written),
        }
    };
    sink.emit(&Event::Awaited(&[]));
    let written = written.checked(&compaction.covered, &chat.answering.tokens, sink);
    if matches!(written, Err(Error::Interrupted)) {
        sink.emit(&Event::Notice(
            "there is no summary, and nothing was changed",
        ));
    }
    compaction.apply(chat, &written?, sink)
}

/// The same where nobody asked for it: the context has outgrown the window of a
/// model whose configuration asks for summaries. `ask` has the model write it. The
/// question waits for it, so its reply is kept already, though nothing has come:
/// whoever is killed meanwhile has no answer. Gives whether there is a summary now; why there is none is told.
///
/// # Errors
/// [`Error::Interrupted`] if the person does not want to wait for it.
pub(super) fn compact_unasked(
    chat: &mut Chat,
    plan: &Unasked<'_>,
    ask: &mut dyn FnMut(&mut Chat, &Compaction, &mut dyn Sink) -> WrittenSummary,
    sink: &mut dyn Sink,
) -> Result<bool> {
    let Unasked {
        user,
        session,
        model,
        window,
        system,
    } = plan;
    let floor = chat.log.end(session.key)?.place.floor;
    let case = (session.key, floor, model.clone());
    if chat.answering.no_summary.contains(&case) {
        return Ok(false);
    }
    let session = (*session).clone();
    let planned = Compaction::plan(chat, user, session, *window, system.as_deref(), None);
    let mut is_too_long = false;
    let done = planned.and_then(|planned| {
        let Some(mut compaction) = planned else {
            return Ok(false);
        };
        compaction.is_asked_for = false;
        chat.commit_and_flush(sink)?;
        let written = ask(chat, &compaction, sink);
        // The question is refused next, which teaches the window.
        is_too_long = written.ending.too_long.is_some();
        let written = written.checked(&compaction.covered, &chat.answering.tokens, sink)?;
        compaction.apply(chat, &written, sink).map(|()| true)
    });
    match done {
        // It is not tried with each turn again.
        Err(error @ (Error::Responder(_) | Error::Unanswered(..))) => {
            if !is_too_long {
                chat.answering.no_summary.insert(case);
            }
            let told = sentence(&error, error.hint());
            sink.emit(&Event::Notice(&told));
            Ok(false)
        }
        // The store is busy: the oldest turns are left out this time.
        Err(Error::Store(_)) if !chat.is_stopped() => Ok(false),
        done => done,
    }
}

/// Whose context has outgrown which window.
pub(super) struct Unasked<'a> {
    pub(super) user: &'a UserName,
    pub(super) session: &'a CurrentSession,
    /// The name of the model.
    pub(super) model: String,
    /// In tokens.
    pub(super) window: usize,
    /// The model's own system prompt.
    pub(super) system: Option<String>,
}
