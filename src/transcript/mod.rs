//! Reads a stream as lines: finds their ends, refuses what is too long or no
//! text, and joins the lines of a `"""` block.

mod block;
mod fence;
mod splitter;

pub(crate) use block::{Blocks, Utterance};
pub(crate) use fence::fenced;
pub(crate) use splitter::{Feed, RawLine, Splitter};
