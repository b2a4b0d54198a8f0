//! How much context each model takes: what is configured, and what its endpoint
//! has told by refusing more.

use std::collections::HashMap;

use crate::domain::Result;
use crate::responder::{Responder, Window};
use crate::store::Log;

/// No endpoint that can be spoken with takes less, in tokens, whatever it says.
const SMALLEST_WINDOW: usize = 256;

/// The windows that are known, by endpoint and model.
#[derive(Default)]
pub(super) struct Windows {
    learned: HashMap<(String, String), Option<usize>>,
}

impl Windows {
    /// How much context a model is sent. What a person has configured is never
    /// raised; a guess gives way to what the endpoint says.
    pub(super) fn of(&mut self, responder: &dyn Responder, log: &mut Log) -> Result<Window> {
        let Window::Tokens(configured) = responder.window() else {
            return Ok(Window::Message);
        };
        let learned = match responder.endpoint() {
            Some(endpoint) => self.learned(endpoint, responder.model(), log)?,
            None => None,
        };
        Ok(Window::Tokens(match learned {
            Some(learned) if responder.is_window_configured() => configured.min(learned),
            Some(learned) => learned,
            None => configured,
        }))
    }

    /// Keeps what an endpoint has told; gives the window as it is kept.
    pub(super) fn learn(
        &mut self,
        responder: &dyn Responder,
        limit: usize,
        log: &mut Log,
    ) -> Result<usize> {
        let tokens = limit.max(SMALLEST_WINDOW);
        if let Some(endpoint) = responder.endpoint() {
            let model = responder.model().to_owned();
            log.learn_window(&endpoint, &model, i64::try_from(tokens).unwrap_or(i64::MAX))?;
            self.learned.insert((endpoint, model), Some(tokens));
        }
        Ok(tokens)
    }

    fn learned(&mut self, endpoint: String, model: &str, log: &mut Log) -> Result<Option<usize>> {
        let key = (endpoint, model.to_owned());
        if let Some(known) = self.learned.get(&key) {
            return Ok(*known);
        }
        let stored = log.window(&key.0, &key.1)?;
        // Whatever another program has put there.
        let known = stored.and_then(|tokens| usize::try_from(tokens).ok());
        let known = known.map(|tokens| tokens.max(SMALLEST_WINDOW));
        self.learned.insert(key, known);
        Ok(known)
    }
}
