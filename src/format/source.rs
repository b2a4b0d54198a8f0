//! Where a reader reads, and what it tells.

use std::io;
use std::ops::ControlFlow;

use super::conversation::Conversation;

/// What a reader has found, in the order of the source.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Found {
    /// A conversation, or as much of it as could be read.
    Conversation(Conversation),
    /// Something that could not be read, and was passed over.
    Broken(Broken),
}

/// A record that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    /// Where it is in the source: `conversation 3 “Trip to Rome”, message 12`, `line 7`.
    pub place: String,
    /// Why, as the end of a sentence: `it has no role`.
    pub why: String,
}

/// Why no more of a source can be read.
#[derive(Debug)]
pub(crate) enum Fault {
    /// It cannot be read at all.
    Io(io::Error),
    /// It is not of this form, or broken from here on: the place and why, as above.
    Broken(Broken),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Takes what a reader finds; `Break` ends the reading.
pub(crate) type Visit<'a> = dyn FnMut(Found) -> ControlFlow<()> + 'a;
