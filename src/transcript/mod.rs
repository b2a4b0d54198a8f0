//! Reads a stream as lines: finds their ends, refuses what is too long or no
//! text, and joins the lines of a block; or as one text, which can be put under
//! a question.

mod block;
mod fence;
mod mark;
mod splitter;
mod whole;

pub(crate) use block::{Blocks, Utterance};
pub(crate) use fence::{FENCE_BYTES, beside};
pub(crate) use mark::is_mark;
pub(crate) use splitter::{Feed, LineEnd, RawLine, Splitter};
pub(crate) use whole::WholeText;
