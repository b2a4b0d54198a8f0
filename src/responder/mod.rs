//! Responders: models behind endpoints, external programs, and mocks.

mod http;
mod mock;
mod models;
mod process;
mod wire;

use std::ops::ControlFlow;

use crate::domain::{ContextMessage, Problem, Progress, Status, Usage};

pub(crate) use http::{Endpoint, Key, ProxyChoice};
pub(crate) use models::{Models, Named, Opened};

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
    /// Why it failed; for a whole reply, why the model stopped early.
    pub problem: Option<Problem>,
    /// The tokens of the turn, if the endpoint reported them.
    pub usage: Option<Usage>,
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

    /// Answers a message. It calls the listener with each part of the reply as it
    /// arrives, and returns within 100 ms after the listener breaks.
    fn respond(&mut self, ask: &Ask<'_>, listener: &mut Listener<'_>) -> Ending;
}

impl Ending {
    pub(crate) fn complete() -> Self {
        Self {
            status: Status::Complete,
            problem: None,
            usage: None,
        }
    }

    pub(crate) fn interrupted() -> Self {
        Self {
            status: Status::Interrupted,
            problem: None,
            usage: None,
        }
    }

    /// A reply that failed; the part that had arrived is kept.
    pub(crate) fn failed(problem: Problem) -> Self {
        Self {
            status: Status::Failed,
            problem: Some(problem),
            usage: None,
        }
    }
}
