//! What other programs write of conversations, read one conversation at a time; and the
//! forms in which the log is written for them.
//!
//! ```text
//! conversation   what a source holds, whatever its form
//! source         where a reader reads, and what it tells
//! program        the programs whose conversations can be read
//! write          the forms in which the log is written
//! saylog         the one in which it is written without loss, and read again
//!
//! chatgpt        what ChatGPT exports: trees of messages
//! claude         what Claude exports
//! librechat      what LibreChat exports: one conversation, as deep as it is long
//! open_webui     what Open WebUI exports
//!
//! list           conversations in a list, one after the other
//! elements       where in a list each begins and ends
//! mended         JSON in which every text can be read
//! entries        the members of an object, in their order
//! tree           messages that hang on each other, in an order to say them in
//! composed       the text of a message, of its parts
//! digest         a name for what has none
//!
//! speaker        who speaks, by any name
//! times          times in all spellings
//!
//! aichat         sessions of aichat, and its messages outside of them
//! claude_code    sessions of Claude Code
//! codex          sessions of Codex
//! langchain      messages of LangChain, in files and in a table
//! llm            the database of `llm`
//! openai         `messages` in lines of JSON, and ShareGPT's spelling of them
//!
//! ancestors      the kept message before another, where not all are kept
//! chain          messages that follow one another, and a name for them
//! content        texts and parts of other kinds
//! json           a value of JSON, as broken as programs leave it
//! json_lines     a line for each value
//! json_values    a list of values, one at a time
//! tables         tables of a database
//! ```
//!
//! Each form is a file of its own and knows nothing of the others. A reader takes
//! whatever bytes there are: what it cannot read it names by its place and passes over.

mod aichat;
mod ancestors;
mod chain;
mod chatgpt;
mod claude;
mod claude_code;
mod codex;
mod composed;
mod content;
mod conversation;
mod digest;
mod elements;
mod entries;
mod json;
mod json_lines;
mod json_values;
mod langchain;
mod librechat;
mod list;
mod llm;
mod mended;
mod open_webui;
mod openai;
mod program;
mod saylog;
mod source;
mod speaker;
mod tables;
#[cfg(test)]
mod tests;
mod times;
mod tree;
#[cfg(test)]
mod trial;
mod write;

pub(crate) use conversation::{Conversation, LeftOut, Utterance};
pub(crate) use program::Program;
pub(crate) use saylog::{Line, Lines, PART, Record, Totals, Written};
pub(crate) use source::{Broken, Fault, Found, Visit};
pub(crate) use write::{Form, Heading, Way, Writer};
