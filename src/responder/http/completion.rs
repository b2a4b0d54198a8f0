//! How an answer ended.

use super::fault::Fault;
use super::stop::{Stop, StopKind};
use crate::domain::{Citation, LENGTH, Usage};

/// How a request ended. It is a fault if nothing came of the reply, not even a word
/// about it.
pub(super) type Outcome = Result<Completion, Fault>;

/// The end of a reply of which something came.
#[derive(Debug, Default)]
pub(super) struct Completion {
    /// Why it is not whole, if it is not.
    pub fault: Option<Fault>,
    /// Why the model stopped, if the endpoint said so.
    pub stop: Option<Stop>,
    /// The tokens of the turn, if the endpoint reported them.
    pub usage: Option<Usage>,
    /// The sources that the endpoint named.
    pub citations: Vec<Citation>,
    /// Something in it was no character and has been replaced.
    pub is_damaged: bool,
    /// A list of models goes on after this id; empty where none is told.
    pub more_after: Option<String>,
}

impl Completion {
    /// Whether it is whole, but stopped at a limit of tokens.
    pub(super) fn is_shortened(&self) -> bool {
        let stop = self.stop.as_ref();
        self.fault.is_none() && stop.is_some_and(|stop| stop.kind == StopKind::Length)
    }

    /// The word for why it ended: `length` for a limit of tokens, which endpoints call
    /// by many names, else the endpoint's own.
    pub(super) fn finish_reason(&self) -> Option<&str> {
        let stop = self.stop.as_ref()?;
        Some(match stop.kind {
            StopKind::Length => LENGTH,
            _ => &stop.word,
        })
    }
}
