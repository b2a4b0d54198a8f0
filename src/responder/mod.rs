//! What answers.

mod http;
mod mock;
mod models;
mod process;
mod wire;

use std::ops::ControlFlow;

use crate::domain::{Progress, Said, Status, Trouble, Usage};

pub(crate) use http::{Endpoint, Key, ProxyChoice};
pub(crate) use models::{Models, Named, Opened};

/// How much of a session's context a responder wants to be handed, in tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Window {
    /// None of it: only the message itself. A long session then costs nothing.
    Message,
    /// The newest whole turns that fit.
    Tokens(usize),
}

/// What is asked of a responder.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ask<'a> {
    /// What the model is told before the conversation, if anything.
    pub system: Option<&'a str>,
    /// What was said before, oldest first, as far as the responder wants it.
    pub context: &'a [Said],
    /// The message to be answered.
    pub message: &'a str,
}

/// How a reply came to its end. Its text is what the deltas said.
#[derive(Debug)]
pub(crate) struct Ending {
    /// Completion, interrupted by the listener, or failed.
    pub status: Status,
    /// What happened, if it failed; what is missing, if it is whole and yet cut short.
    pub trouble: Option<Trouble>,
    /// What the endpoint counted, if it told.
    pub usage: Option<Usage>,
}

/// Whoever hears the parts of a reply; `Break` stops it.
pub(crate) type Listener<'l> = dyn FnMut(Progress<'_>) -> ControlFlow<()> + 'l;

/// Something that answers a message. Several may be asked at once, each on a
/// thread of its own.
pub(crate) trait Responder: Send {
    /// Its name, which the log keeps beside every reply.
    fn model(&self) -> &str;

    /// Whether it makes the person wait, so that their message is committed before it is asked.
    fn waits(&self) -> bool;

    /// How much context it wants.
    fn window(&self) -> Window;

    /// Answers. It tells each part of the reply as it comes and stops within
    /// 100 ms once the listener breaks.
    fn respond(&mut self, ask: &Ask<'_>, listener: &mut Listener<'_>) -> Ending;
}

impl Ending {
    /// A reply that is whole.
    pub(crate) fn complete() -> Self {
        Self {
            status: Status::Complete,
            trouble: None,
            usage: None,
        }
    }

    /// A reply that the listener stopped.
    pub(crate) fn interrupted() -> Self {
        Self {
            status: Status::Interrupted,
            trouble: None,
            usage: None,
        }
    }

    /// A reply that failed; what had come of it stays.
    pub(crate) fn failed(trouble: Trouble) -> Self {
        Self {
            status: Status::Failed,
            trouble: Some(trouble),
            usage: None,
        }
    }
}
