//! Endpoints with one of the three forms of API in [`api`], over HTTP.
//!
//! Each request has a worker thread that does everything that blocks; see
//! [`worker`]. Its connection is kept for the next turn if the answer was whole and
//! was read to its end; see [`pool`]. One whose request was stopped, cut off or failed
//! is closed, so that an abandoned request leaves nothing behind. Redirects are not
//! followed, so that the key is sent to no other address.

mod answer;
mod api;
mod certificates;
mod characters;
mod citations;
mod completion;
mod connection;
mod content;
mod encoded;
mod ending;
mod endpoint;
mod error_words;
mod event;
mod exceptions;
mod exchange;
mod fault;
mod forward;
mod headers;
mod hints;
mod key;
mod length;
mod limits;
mod markup;
mod model_list;
mod pool;
mod port;
mod proxy;
mod refusal;
mod refusal_words;
mod repeated;
mod reply_reader;
mod reported_error;
mod salvaged;
mod sse;
mod stop;
mod told_wait;
mod traffic;
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
use api::Request;
use completion::Outcome;
use exchange::Exchange;
use fault::Fault;
use headers::headers;
use tries::{Tries, count_down};

pub(crate) use endpoint::{Api, Endpoint};
pub(crate) use hints::SEND_LESS;
pub(crate) use key::{Key, looks_like_a_key};
pub(crate) use limits::Limits;
pub(crate) use pool::Pool;
pub(crate) use proxy::ProxyChoice;

/// The parameters by which a person says how long a reply may be.
const REPLY_LIMITS: [&str; 3] = ["max_tokens", "max_completion_tokens", "max_output_tokens"];

/// A model behind an HTTP endpoint.
pub(super) struct Http {
    endpoint: Endpoint,
    pool: Pool,
}

/// How many pages of a list of models are asked for at most.
const MOST_PAGES: usize = 100;

/// What came of an exchange.
struct Exchanged {
    /// How many requests were sent.
    tries: u32,
    /// The end of the last one; breaks if the listener did.
    flow: ControlFlow<(), Outcome>,
}

impl Http {
    /// A model whose connections come from `pool` and go there.
    pub(super) fn new(mut endpoint: Endpoint, pool: Pool) -> Self {
        endpoint.variables = pool.variables();
        Self { endpoint, pool }
    }

    /// The names of the models that the endpoint offers, in its order, and why these are
    /// not all of them, if they are not.
    ///
    /// The listener is called while nothing has arrived, as for a reply, and may break.
    ///
    /// # Errors
    ///
    /// The endpoint or the connection failed, or the listener broke.
    pub(super) fn models(&self, listener: &mut Listener<'_>) -> (Vec<String>, Result<()>) {
        let mut names = String::new();
        let asked = self.ask_for_pages(&mut names, listener);
        let asked = asked.and_then(|()| {
            let nothing = || {
                Problem::new(ProblemKind::Other, "the endpoint lists no models")
                    .with_hint("`/model NAME` takes any name that it knows")
            };
            (!names.is_empty())
                .then_some(())
                .ok_or_else(|| Error::Responder(nothing()))
        });
        // A name may not give away the key: what is listed is shown and kept.
        let secrets = self.endpoint.secrets();
        let harmless = names.lines().filter(|name| !secrets.are_in(name));
        (harmless.map(str::to_owned).collect(), asked)
    }

    /// Asks for one page of the list after the other, and adds their names, a line each.
    fn ask_for_pages(&self, names: &mut String, listener: &mut Listener<'_>) -> Result<()> {
        let failed = |problem| Error::Responder(hints::of_list(problem));
        let mut exchange = self.exchange("/models", None).map_err(failed)?;
        let first = exchange.address.clone();
        let mut after = String::new();
        for _ in 0..MOST_PAGES {
            let exchanged = self.run(
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
            let more_after = match exchanged.flow {
                ControlFlow::Break(()) => return Err(Error::Interrupted),
                ControlFlow::Continue(Err(fault)) => {
                    return Err(failed(fault.problem(&self.endpoint)));
                }
                ControlFlow::Continue(Ok(page)) => page.more_after,
            };
            let Some(id) = more_after else {
                return Ok(());
            };
            // One that knows no pages would send the same again and again.
            let address = endpoint::page_after(&first, &id).filter(|_| id != after);
            let Some(address) = address else { break };
            exchange.address = address;
            after = id;
        }
        Err(Error::Responder(
            Problem::new(
                ProblemKind::Other,
                "the endpoint has more models than it lists",
            )
            .with_hint("`/model NAME` takes any name that it knows"),
        ))
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
            api: self.endpoint.api,
            limits: self.endpoint.limits,
        })
    }

    /// Carries out an exchange, and again as often and as long as the settings allow.
    fn run(
        &self,
        exchange: &Exchange,
        work: impl Fn(&Exchange, &ureq::Agent, &worker::Sender) + Copy + Send + 'static,
        listener: &mut Listener<'_>,
    ) -> Exchanged {
        let mut exchanged = Exchanged {
            tries: 0,
            flow: ControlFlow::Break(()),
        };
        exchanged.flow = self.try_all(exchange, work, &mut exchanged.tries, listener);
        exchanged
    }

    fn try_all(
        &self,
        exchange: &Exchange,
        work: impl Fn(&Exchange, &ureq::Agent, &worker::Sender) + Copy + Send + 'static,
        sent: &mut u32,
        listener: &mut Listener<'_>,
    ) -> ControlFlow<(), Outcome> {
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
                Err(problem) => return ControlFlow::Continue(Err(Fault::Unusable(problem))),
            };
            client.traffic.reset();
            let (theirs, exchange) = (client.agent.clone(), exchange.clone());
            let work = move |signals: &worker::Sender| work(&exchange, &theirs, signals);
            *sent += 1;
            let received = worker::run(
                &client.agent,
                &client.worker,
                limits,
                deadline,
                work,
                listener,
            )?;
            let traffic = Arc::clone(&client.traffic);
            let fault = match received.outcome {
                Ok(completion) => {
                    if let Some(rest) = received.rest {
                        self.pool.keep(client, rest);
                    }
                    return ControlFlow::Continue(Ok(completion));
                }
                Err(fault) => fault,
            };
            // A part of an answer is one: the request was taken.
            if fault.is_dropped() && traffic.has_come() {
                return ControlFlow::Continue(Err(fault));
            }
            // The other side had closed the kept connection meanwhile: that says
            // nothing, but where no request may be sent twice it may have been taken.
            let may_be_sent = self.endpoint.retries > 0 || traffic.is_unsent();
            if fault.is_dropped() && !traffic.has_dialed() && may_be_sent {
                may_be_kept = false;
                continue;
            }
            match tries.wait(&fault) {
                Some(wait) => count_down(wait, Instant::now, thread::sleep, listener)?,
                None => return ControlFlow::Continue(Err(fault)),
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
        Some(self.endpoint.stored_address().to_owned())
    }

    fn reply_tokens(&self) -> Option<usize> {
        let set = REPLY_LIMITS
            .iter()
            .find_map(|name| self.endpoint.parameters.get(*name)?.as_u64());
        set.and_then(|tokens| usize::try_from(tokens).ok())
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
        let exchanged = self.run(&exchange, Exchange::reply, listener);
        let ending = match exchanged.flow {
            ControlFlow::Break(()) => Ending::interrupted(),
            ControlFlow::Continue(outcome) => ending::ending(outcome, &self.endpoint),
        };
        Ending {
            tries: exchanged.tries,
            ..ending
        }
    }
}
