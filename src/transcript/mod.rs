//! Lines in order, as a file or a pipe or a prompt brings them: where one
//! ends, what is too long or not text, and what `"""` holds together.

mod block;
mod splitter;

pub(crate) use block::{Blocks, Utterance};
pub(crate) use splitter::{Feed, RawLine, Splitter};
