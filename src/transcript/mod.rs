//! Reads a stream as lines: finds their ends, refuses what is too long or no
//! text, joins the lines of a block, and reads lines of JSON; or as one text,
//! which can be put under a question. Takes code out of texts.

mod block;
mod blocks;
mod code;
mod fence;
mod json_head;
mod json_line;
mod mark;
mod splitter;
mod utterance;
mod whole;

pub(crate) use blocks::{Blocks, LINE_LIMIT, names_program};
pub(crate) use code::code_blocks;
pub(crate) use fence::{FENCE_BYTES, fenced};
pub(crate) use json_head::json_head;
pub(crate) use json_line::{JSON_LINE_LIMIT, Said, What, parse as parse_json};
pub(crate) use mark::is_mark;
pub(crate) use splitter::{Feed, LineEnd, RawLine, Splitter};
pub(crate) use utterance::Utterance;
pub(crate) use whole::WholeText;
