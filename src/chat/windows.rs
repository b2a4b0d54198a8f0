//! How much context each model takes: what is configured, and what its endpoint
//! has told by refusing more.

use std::collections::HashMap;

use super::Chat;
use crate::domain::Result;
use crate::responder::{Responder, Window};
use crate::store::{LearnedWindow, Log};

/// No endpoint that can be spoken with takes less, in tokens, whatever it says.
const SMALLEST_WINDOW: usize = 256;

/// The windows that are known, by endpoint and model.
#[derive(Default)]
pub(super) struct Windows {
    learned: HashMap<(String, String), Option<LearnedWindow>>,
}

impl Windows {
    /// How much context a model is sent. What a person has set is never raised by
    /// what was learned, and whoever sets it anew knows better than what was
    /// learned before; a guess gives way to what the endpoint says.
    pub(super) fn of(&mut self, responder: &dyn Responder, log: &mut Log) -> Result<Window> {
        let Window::Tokens(tokens) = responder.window() else {
            return Ok(Window::Message);
        };
        let learned = match responder.endpoint() {
            Some(endpoint) => self.learned(endpoint, responder.model(), log)?,
            None => None,
        };
        let configured = configured(responder);
        let learned = learned.filter(|learned| learned.configured == configured);
        // Whatever another program has put there.
        let learned = learned.and_then(|learned| usize::try_from(learned.tokens).ok());
        let learned = learned.map(|learned| learned.max(SMALLEST_WINDOW));
        Ok(Window::Tokens(match learned {
            Some(learned) if configured.is_some() => tokens.min(learned),
            Some(learned) => learned,
            None => tokens,
        }))
    }

    /// Keeps what an endpoint has told: in the store, or for this run only if that
    /// is busy just now.
    pub(super) fn learn(
        &mut self,
        responder: &dyn Responder,
        limit: usize,
        log: &mut Log,
    ) -> Result<()> {
        let Some(endpoint) = responder.endpoint() else {
            return Ok(());
        };
        let window = LearnedWindow {
            tokens: i64::try_from(limit.max(SMALLEST_WINDOW)).unwrap_or(i64::MAX),
            configured: configured(responder),
        };
        let kept = log.learn_window(&endpoint, responder.model(), window);
        let key = (endpoint, responder.model().to_owned());
        self.learned.insert(key, Some(window));
        match kept {
            Err(problem) if log.is_stopped() => Err(problem.into()),
            _ => Ok(()),
        }
    }

    fn learned(
        &mut self,
        endpoint: String,
        model: &str,
        log: &mut Log,
    ) -> Result<Option<LearnedWindow>> {
        let key = (endpoint, model.to_owned());
        if let Some(known) = self.learned.get(&key) {
            return Ok(*known);
        }
        let stored = log.window(&key.0, &key.1)?;
        self.learned.insert(key, stored);
        Ok(stored)
    }
}

/// How much context the model that answers the current user is sent, in tokens, with what its
/// endpoint has told; none if it cannot be asked. It is open then.
///
/// # Errors
/// If the store cannot say what was learned.
pub(crate) fn known_window(chat: &mut Chat) -> Result<Option<usize>> {
    let chosen = chat.speakers.chosen_model();
    if chat.answering.open_to_show(chosen).is_err() {
        return Ok(None);
    }
    let responder = chat.answering.open.responder.as_ref();
    let known = chat.windows.of(responder, &mut chat.log)?;
    Ok(Some(chat.answering.tokens_of(Some(known))))
}

/// The window that a person has set for a model.
fn configured(responder: &dyn Responder) -> Option<i64> {
    match responder.window() {
        Window::Tokens(tokens) if responder.is_window_configured() => i64::try_from(tokens).ok(),
        _ => None,
    }
}
