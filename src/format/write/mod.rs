//! What is written of the log for other programs and for people.
//!
//! ```text
//! form           the forms, and by what they are known
//! markdown, text for people
//! csv            a message a row
//! openai         a conversation a line, as `messages`
//! langchain      the same, as LangChain's dictionaries
//! session_trace  lines that traces of sessions are shown from
//! shared         what several of them write in the same way
//! ```

mod csv;
mod form;
mod langchain;
mod markdown;
mod openai;
mod session_trace;
mod shared;
#[cfg(test)]
mod tests;
mod text;

use crate::domain::{Message, SessionId, UserName};

pub(crate) use form::{Form, Way};

/// A conversation of which messages follow.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Heading<'a> {
    pub session: SessionId,
    pub user: &'a UserName,
    pub title: Option<&'a str>,
}

/// Writes one form. Whatever is written of the same log is the same, byte for byte.
pub(crate) trait Writer {
    /// Writes what stands before everything.
    fn begin(&mut self, _out: &mut Vec<u8>) {}

    /// Begins a conversation, where the form is one of conversations.
    fn begin_conversation(&mut self, _heading: &Heading<'_>, _out: &mut Vec<u8>) {}

    /// Whether this form has a place for a message.
    fn takes(&self, _message: &Message<'_>) -> bool {
        true
    }

    /// Writes a message that the form has a place for.
    fn message(&mut self, message: &Message<'_>, out: &mut Vec<u8>);

    /// Ends a conversation.
    fn end_conversation(&mut self, _out: &mut Vec<u8>) {}
}
