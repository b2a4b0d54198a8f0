//! What happens when an endpoint refuses a context as too long: its window is
//! learned, and the question is asked again with less before it.

use super::context::Context;
use super::question::{Question, Room};
use crate::chat::tokens::TokenEstimator;
use crate::chat::windows::Windows;
use crate::domain::{Event, Result, Sink, Usage, UserName};
use crate::responder::{Ending, LengthRefusal, Opened, Responder, Window};
use crate::store::Log;

/// How often a question is asked again because less fits than was thought.
pub(super) const SHORTENINGS: u32 = 2;

/// How often a window is taken to be smaller than an endpoint says: what counts
/// there is its own tokens, of which we only have an estimate.
const NARROWINGS: u32 = 8;

/// A question that was asked.
pub(super) struct Asked<'a> {
    pub(super) user: &'a UserName,
    pub(super) model: &'a Opened,
    pub(super) question: &'a Question<'a>,
    /// What was sent before it.
    pub(super) context: &'a Context,
}

/// What an endpoint's refusal is measured by, and teaches.
pub(super) struct Measures<'m> {
    pub(super) log: &'m mut Log,
    pub(super) windows: &'m mut Windows,
    pub(super) tokens: &'m mut TokenEstimator,
}

/// What a refused endpoint can be sent instead. None if it did not refuse the
/// length, does not say what fits, or if there is nothing to be left out.
pub(super) fn shortened(
    asked: &Asked<'_>,
    ending: &Ending,
    measures: Measures<'_>,
    sink: &mut dyn Sink,
) -> Result<Option<Context>> {
    let Some(LengthRefusal {
        limit: Some(limit),
        sent,
    }) = ending.too_long
    else {
        return Ok(None);
    };
    let Measures {
        log,
        windows,
        tokens,
    } = measures;
    let responder = asked.model.responder.as_ref();
    let Window::Tokens(mut window) = learn_and_tell(responder, limit, log, windows, sink)? else {
        return Ok(None);
    };
    if let Some(sent) = sent.and_then(|sent| i64::try_from(sent).ok()) {
        let usage = Usage {
            prompt: sent,
            reply: 0,
        };
        tokens.correct(asked.context.budget.raw_estimate, usage);
    }
    for _ in 0..NARROWINGS {
        let system = asked.model.system.as_deref();
        let fitting = Room::of(responder, Window::Tokens(window));
        let context = asked
            .question
            .context(asked.user, fitting, system, log, tokens)?;
        if context.budget.raw_estimate < asked.context.budget.raw_estimate {
            sink.emit(&Event::Notice(
                "it was sent too much; the question is asked again with fewer turns before it",
            ));
            return Ok(Some(context));
        }
        if context.messages.is_empty() {
            break;
        }
        window -= window / 4;
    }
    Ok(None)
}

/// Learns how much an endpoint takes, tells that if it is news, and gives what the
/// model is sent from now on.
pub(super) fn learn_and_tell(
    responder: &dyn Responder,
    limit: usize,
    log: &mut Log,
    windows: &mut Windows,
    sink: &mut dyn Sink,
) -> Result<Window> {
    let before = windows.of(responder, log)?;
    windows.learn(responder, limit, log)?;
    let now = windows.of(responder, log)?;
    if let Window::Tokens(tokens) = now
        && now != before
    {
        let model = responder.model();
        let notice = format!("`{model}` takes {tokens} tokens, as its endpoint says");
        sink.emit(&Event::Notice(&notice));
    }
    Ok(now)
}
