//! Endpoints with the API of OpenAI, over HTTP.
//!
//! Each request has a worker thread that does everything that blocks; see
//! [`worker`]. Its connection is kept for the next turn if the answer was whole and
//! was read to its end; see [`pool`]. One whose request was stopped, cut off or failed
//! is closed, so that an abandoned request leaves nothing behind. Redirects are not
//! followed, so that the key is sent to no other address.

mod answer;
mod certificates;
mod characters;
mod connection;
mod content;
mod delta;
mod endpoint;
mod exchange;
mod fault;
mod forward;
mod headers;
mod key;
mod pool;
mod proxy;
mod request;
mod sse;
mod tries;
mod unpacked;
mod values;
mod variables;
mod wording;
mod worker;

#[cfg(test)]
mod server;
#[cfg(test)]
mod tests;

use std::ops::ControlFlow;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use ureq::http::header::PROXY_AUTHORIZATION;

use super::{Ask, Ending, Listener, Responder, Window};
use crate::domain::{Error, Problem, ProblemKind, Progress, Result};
use delta::Stop;
use exchange::Exchange;
use headers::headers;
use request::Request;
use tries::{Tries, count_down};
use worker::Completion;

pub(crate) use endpoint::{Api, Endpoint};
pub(crate) use key::Key;
pub(crate) use pool::Pool;
pub(crate) use proxy::ProxyChoice;

/// A model behind an HTTP endpoint.
pub(super) struct Http {
    endpoint: Endpoint,
    pool: Pool,
}

/// What came of an exchange.
struct Outcome {
    /// How many requests were sent.
    tries: u32,
    /// The end of the last one; breaks if the listener did.
    flow: ControlFlow<(), std::result::Result<Completion, Problem>>,
}

impl Http {
    /// A model whose connections come from `pool` and go there.
    pub(super) fn new(mut endpoint: Endpoint, pool: Pool) -> Self {
        endpoint.variables = pool.variables();
        Self { endpoint, pool }
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
        match outcome.flow {
            ControlFlow::Break(()) => Err(Error::Interrupted),
            ControlFlow::Continue(Err(problem)) => Err(Error::Responder(problem)),
            ControlFlow::Continue(Ok(_)) => Ok(names.lines().map(str::to_owned).collect()),
        }
    }

    fn exchange(
        &self,
        path: &str,
        body: Option<Vec<u8>>,
    ) -> std::result::Result<Exchange, Problem> {
        self.endpoint.check()?;
        let address = self.endpoint.address(path)?;
        let mut headers = headers(&self.endpoint, body.is_some())?;
        let proxy = self.endpoint.effective_proxy()?;
        let proxy = proxy.filter(|proxy| proxy.forwards(address.scheme_str()));
        if let Some(value) = proxy.and_then(|proxy| proxy.authorization()) {
            headers.insert(PROXY_AUTHORIZATION, value);
        }
        Ok(Exchange {
            address,
            headers,
            body: body.map(Arc::new),
            limits: self.endpoint.limits,
        })
    }

    /// Carries out an exchange, and again as often and as long as the settings allow.
    fn run(
        &self,
        exchange: &Exchange,
        work: impl Fn(&Exchange, &ureq::Agent, &worker::Sender) + Copy + Send + 'static,
        listener: &mut Listener<'_>,
    ) -> Outcome {
        let mut outcome = Outcome {
            tries: 0,
            flow: ControlFlow::Break(()),
        };
        outcome.flow = self.try_all(exchange, work, &mut outcome.tries, listener);
        outcome
    }

    fn try_all(
        &self,
        exchange: &Exchange,
        work: impl Fn(&Exchange, &ureq::Agent, &worker::Sender) + Copy + Send + 'static,
        sent: &mut u32,
        listener: &mut Listener<'_>,
    ) -> ControlFlow<(), std::result::Result<Completion, Problem>> {
        let limits = &self.endpoint.limits;
        let deadline = limits
            .total
            .and_then(|total| Instant::now().checked_add(total));
        let mut tries = Tries::new(&self.endpoint, self.pool.first_wait(), deadline);
        let mut may_be_kept = true;
        loop {
            let kept = if may_be_kept {
                self.pool.kept(&self.endpoint)
            } else {
                Ok(None)
            };
            let client = kept.and_then(|kept| match kept {
                Some(client) => Ok(client),
                None => self.pool.new_client(&self.endpoint),
            });
            let client = match client {
                Ok(client) => client,
                Err(problem) => return ControlFlow::Continue(Err(problem)),
            };
            let (theirs, exchange) = (client.agent.clone(), exchange.clone());
            let work = move |pieces: &worker::Sender| work(&exchange, &theirs, pieces);
            *sent += 1;
            let heard = worker::run(
                &client.agent,
                &client.worker,
                limits,
                deadline,
                work,
                listener,
            )?;
            let is_stale = client.used_a_kept_connection();
            let fault = match heard.outcome {
                Ok(completion) => {
                    if let Some(rest) = heard.rest {
                        self.pool.keep(client, rest);
                    }
                    return ControlFlow::Continue(Ok(completion));
                }
                Err(fault) => fault,
            };
            // The other side had closed the connection meanwhile: that says nothing.
            if is_stale && tries::is_dropped(&fault) {
                may_be_kept = false;
                continue;
            }
            match tries.wait(&fault) {
                Some(wait) => count_down(wait, Instant::now, thread::sleep, listener)?,
                None => return ControlFlow::Continue(Err(fault.problem(&self.endpoint))),
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

    fn respond(&mut self, ask: &Ask<'_>, listener: &mut Listener<'_>) -> Ending {
        let request = Request {
            model: &self.endpoint.model,
            ask,
            parameters: &self.endpoint.parameters,
        };
        let exchange = match self.exchange("/chat/completions", Some(request.bytes())) {
            Ok(exchange) => exchange,
            Err(problem) => return Ending::failed(problem),
        };
        let outcome = self.run(&exchange, Exchange::reply, listener);
        let ending = match outcome.flow {
            ControlFlow::Break(()) => Ending::interrupted(),
            ControlFlow::Continue(Err(problem)) => Ending::failed(problem),
            ControlFlow::Continue(Ok(completion)) => Ending {
                problem: shortened(completion.stop).or(damaged(&completion)),
                usage: completion.usage,
                ..Ending::complete()
            },
        };
        Ending {
            tries: outcome.tries,
            ..ending
        }
    }
}

/// What to say about a reply that ended properly, but that the model or the
/// endpoint cut short.
fn shortened(stop: Stop) -> Option<Problem> {
    let (what, hint) = match stop {
        Stop::Done => return None,
        Stop::Length => (
            "the reply stopped at the model's limit of tokens",
            Some("ask it to go on, or raise `max_tokens`"),
        ),
        Stop::Filter => ("the reply was stopped by the endpoint's filter", None),
    };
    Some(Problem {
        kind: ProblemKind::Other,
        what: what.into(),
        hint: hint.map(str::to_owned),
    })
}

/// What to say about a reply in which something was no character.
fn damaged(completion: &Completion) -> Option<Problem> {
    completion.is_damaged.then(|| Problem {
        kind: ProblemKind::Other,
        what: "a character of the reply came damaged; `\u{fffd}` stands for it".into(),
        hint: None,
    })
}
