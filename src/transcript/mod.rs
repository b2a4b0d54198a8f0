//! Reads a stream as lines: finds their ends, refuses what is too long or no
//! text, joins the lines of a `"""` block, and reads lines of JSON.

mod block;
mod json_head;
mod json_line;
mod splitter;

pub(crate) use block::{Blocks, Utterance};
pub(crate) use json_head::json_head;
pub(crate) use json_line::{JSON_LINE_LIMIT, Said, What, parse as parse_json};
pub(crate) use splitter::{Feed, RawLine, Splitter};
