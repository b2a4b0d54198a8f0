//! Endpoints with the API of OpenAI or one of the others in [`api`], over HTTP.
//!
//! Each request has a worker thread that does everything that blocks; see
//! [`worker`]. A connection serves one request and is closed then, so that an
//! abandoned request leaves nothing behind. Redirects are not followed, so that
//! the key is sent to no other address.

mod answer;
mod api;
mod characters;
mod completion;
mod connection;
mod content;
mod ending;
mod endpoint;
mod event;
mod exchange;
mod fault;
mod hints;
mod incoming;
mod key;
mod length;
mod model_list;
mod refusal;
mod said;
mod sources;
mod sse;
mod stop;
mod values;
mod wording;
mod worker;

#[cfg(test)]
mod server;
#[cfg(test)]
mod tests;

use std::ops::ControlFlow;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::{Ask, Ending, Listener, Responder, Window};
use crate::domain::{Error, Problem, ProblemKind, Progress, Result};
use api::Request;
use completion::Outcome;
use exchange::Exchange;

pub(crate) use endpoint::{Api, Endpoint, Limits, ProxyChoice};
pub(crate) use key::Key;

/// How often a busy endpoint is asked, and the shortest wait in between.
const ATTEMPTS: usize = 5;
const SHORTEST_WAIT: Duration = Duration::from_millis(250);

/// How often the listener is told the time that is left.
const COUNTDOWN_INTERVAL: Duration = Duration::from_millis(25);

/// A model behind an HTTP endpoint.
pub(super) struct Http {
    endpoint: Endpoint,
}

impl Http {
    pub(super) fn new(endpoint: Endpoint) -> Self {
        Self { endpoint }
    }

    /// The names of the models that the endpoint offers, in its order.
    ///
    /// The listener is called while nothing has arrived, as for a reply, and may break.
    ///
    /// # Errors
    ///
    /// The endpoint or the connection failed, or the listener broke.
    pub(super) fn models(&self, listener: &mut Listener<'_>) -> Result<Vec<String>> {
        let mut names = String::new();
        let exchange = self.exchange("/models", None).map_err(Error::Responder)?;
        let outcome = self.run(
            &exchange,
            Exchange::models,
            &mut |progress| match progress {
                Progress::Delta(lines) => {
                    names.push_str(lines);
                    ControlFlow::Continue(())
                }
                other => listener(other),
            },
        );
        match outcome {
            ControlFlow::Break(()) => Err(Error::Interrupted),
            ControlFlow::Continue(Err(fault)) => {
                Err(Error::Responder(fault.problem(&self.endpoint)))
            }
            ControlFlow::Continue(Ok(_)) if names.is_empty() => Err(Error::Responder(Problem {
                kind: ProblemKind::Other,
                what: "the endpoint lists no models".into(),
                hint: Some("`/model NAME` takes any name that it knows".into()),
            })),
            ControlFlow::Continue(Ok(_)) => Ok(names.lines().map(str::to_owned).collect()),
        }
    }

    fn exchange(
        &self,
        path: &str,
        body: Option<Vec<u8>>,
    ) -> std::result::Result<Exchange, Problem> {
        self.endpoint.check()?;
        Ok(Exchange {
            address: self.endpoint.address(path)?,
            key: self.endpoint.key.as_ref().and_then(Key::header),
            body: body.map(Arc::new),
            api: self.endpoint.api,
            limits: self.endpoint.limits,
        })
    }

    /// Carries out an exchange, and again as long as the endpoint asks us to wait and
    /// the limits allow it.
    fn run(
        &self,
        exchange: &Exchange,
        work: impl Fn(&Exchange, &ureq::Agent, &worker::Sender) + Copy + Send + 'static,
        listener: &mut Listener<'_>,
    ) -> ControlFlow<(), Outcome> {
        let limits = &self.endpoint.limits;
        let mut patience = limits.patience;
        let mut attempt = 1;
        loop {
            let proxy = self.endpoint.effective_proxy().ok().flatten();
            let agent = exchange::agent(limits, proxy);
            let (theirs, exchange) = (agent.clone(), exchange.clone());
            let work = move |pieces: &worker::Sender| work(&exchange, &theirs, pieces);
            let fault = match worker::run(&agent, limits, work, listener)? {
                Ok(completion) => return ControlFlow::Continue(Ok(completion)),
                Err(fault) => fault,
            };
            match fault.wait().map(|wait| wait.max(SHORTEST_WAIT)) {
                Some(wait) if wait <= patience && attempt < ATTEMPTS => {
                    patience -= wait;
                    attempt += 1;
                    count_down(wait, Instant::now, thread::sleep, listener)?;
                }
                _ => return ControlFlow::Continue(Err(fault)),
            }
        }
    }
}

impl Responder for Http {
    fn model(&self) -> &str {
        &self.endpoint.model
    }

    fn waits(&self) -> bool {
        true
    }

    fn window(&self) -> Window {
        Window::Tokens(self.endpoint.window)
    }

    fn endpoint(&self) -> Option<String> {
        let address = self.endpoint.address("").ok()?;
        let host = endpoint::host(&address);
        Some(format!("{host}{}", address.path()))
    }

    fn is_window_configured(&self) -> bool {
        self.endpoint.is_window_configured
    }

    fn respond(&mut self, ask: &Ask<'_>, listener: &mut Listener<'_>) -> Ending {
        let request = Request {
            api: self.endpoint.api,
            model: &self.endpoint.model,
            ask,
            parameters: &self.endpoint.parameters,
        };
        let exchange = match self.exchange(self.endpoint.api.path(), Some(request.bytes())) {
            Ok(exchange) => exchange,
            Err(problem) => return Ending::failed(problem),
        };
        match self.run(&exchange, Exchange::reply, listener) {
            ControlFlow::Break(()) => Ending::interrupted(),
            ControlFlow::Continue(outcome) => ending::ending(outcome, &self.endpoint),
        }
    }
}

/// Waits, and tells the listener meanwhile how much time is left.
fn count_down(
    wait: Duration,
    clock: impl Fn() -> Instant,
    sleep: impl Fn(Duration),
    listener: &mut Listener<'_>,
) -> ControlFlow<()> {
    let until = clock() + wait;
    loop {
        let left = until.saturating_duration_since(clock());
        if left.is_zero() {
            return ControlFlow::Continue(());
        }
        listener(Progress::Retry(left))?;
        sleep(left.min(COUNTDOWN_INTERVAL));
    }
}
