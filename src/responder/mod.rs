//! Responders: models behind endpoints, external programs, and mocks.

mod changes;
mod damage;
mod described;
mod http;
mod mock;
mod models;
mod ollama;
mod process;
mod thinking;
mod wire;

use std::ops::ControlFlow;
use std::time::Duration;

use crate::domain::{Citation, ContextMessage, Problem, Progress, Status, Usage};

pub(crate) use changes::Compact;
pub(crate) use described::{Described, DescribedModel};
pub(crate) use http::{Api, Endpoint, Key, Limits, ProxyChoice, SEND_LESS, looks_like_a_key};
pub(crate) use models::{Answerer, Defaults, Models, Named, Opened, Price};
pub(crate) use ollama::first_ollama_model;

/// The window of a model, in tokens, if nobody says otherwise.
pub(crate) const DEFAULT_WINDOW: usize = 8192;

/// How long a listener may not be called while nothing arrives.
const LISTENER_INTERVAL: Duration = Duration::from_millis(25);

/// How much of a session's context a responder is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Window {
    /// Only the message itself, so that a long session costs nothing.
    Message,
    /// The newest whole turns that fit into so many tokens.
    Tokens(usize),
}

/// A request for a reply.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ask<'a> {
    /// The system prompt, if there is one.
    pub system: Option<&'a str>,
    /// The messages before, oldest first, as many as the responder's window allows.
    pub context: &'a [ContextMessage],
    /// The message to be answered.
    pub message: &'a str,
}

/// How a reply ended. Its text is what the listener was passed.
#[derive(Debug)]
pub(crate) struct Ending {
    /// Whole, interrupted by the listener, or failed.
    pub status: Status,
    /// Why it ended, in the endpoint's word, if it said so: `stop`, `length`, …
    pub finish_reason: Option<String>,
    /// Why it failed; for a whole reply, why the model stopped early.
    pub problem: Option<Problem>,
    /// The tokens of the turn, if the endpoint reported them.
    pub usage: Option<Usage>,
    /// The sources that the endpoint names for it.
    pub citations: Vec<Citation>,
    /// How many requests were sent for it; 0 if nothing is known of requests.
    pub tries: u32,
    /// It was refused because what was sent is too long.
    pub too_long: Option<LengthRefusal>,
    /// Nothing was sent: the system starts no thread, or process, for it.
    pub is_unstarted: bool,
}

/// What an endpoint says that refuses a request because it is too long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LengthRefusal {
    /// How many tokens fit, if it says so.
    pub limit: Option<usize>,
    /// How many it was sent, if it says so.
    pub sent: Option<usize>,
}

/// Called with what arrives of a reply; `Break` stops it.
pub(crate) type Listener<'l> = dyn FnMut(Progress<'_>) -> ControlFlow<()> + 'l;

/// Answers messages. Several responders may be asked at once, each on a thread of
/// its own.
pub(crate) trait Responder: Send {
    /// Its name, which the log stores with every reply.
    fn model(&self) -> &str;

    /// Whether it may take a while: the message is committed before it is asked then.
    fn waits(&self) -> bool;

    /// How much context it is sent.
    fn window(&self) -> Window;

    /// The address of what may refuse a context as too long, and tell its window
    /// with that; none for what takes whatever it is sent. No secret is in it.
    fn endpoint(&self) -> Option<String> {
        None
    }

    /// Whether a person has said how large its window is.
    fn is_window_configured(&self) -> bool {
        true
    }

    /// How many tokens a reply may have, if a person has set that: as much of the
    /// window is left for it.
    fn reply_tokens(&self) -> Option<usize> {
        None
    }

    /// Answers a message. It calls the listener with each part of the reply as it
    /// arrives, and returns within 100 ms after the listener breaks.
    fn respond(&mut self, ask: &Ask<'_>, listener: &mut Listener<'_>) -> Ending;
}

impl Ending {
    pub(crate) fn complete() -> Self {
        Self::of(Status::Complete, None)
    }

    pub(crate) fn interrupted() -> Self {
        Self::of(Status::Interrupted, None)
    }

    /// A reply that failed; the part that had arrived is kept.
    pub(crate) fn failed(problem: Problem) -> Self {
        Self::of(Status::Failed, Some(problem))
    }

    fn of(status: Status, problem: Option<Problem>) -> Self {
        Self {
            status,
            finish_reason: None,
            problem,
            usage: None,
            citations: Vec::new(),
            tries: 0,
            too_long: None,
            is_unstarted: false,
        }
    }
}
