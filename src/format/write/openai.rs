//! A conversation a line, `{"messages":[{"role":…,"content":…}]}`, as OpenAI's interface
//! and many others take it.

use serde::Serialize;

use super::shared::{openai_role, push_json};
use super::{Heading, Writer};
use crate::domain::Message;

/// Writes conversations as `messages`.
#[derive(Default)]
pub(super) struct OpenAi {
    /// A message of this conversation was written.
    has_message: bool,
}

#[derive(Serialize)]
struct Line<'a> {
    role: &'a str,
    content: &'a str,
}

impl Writer for OpenAi {
    fn begin_conversation(&mut self, _: &Heading<'_>, out: &mut Vec<u8>) {
        self.has_message = false;
        out.extend_from_slice(b"{\"messages\":[");
    }

    fn takes(&self, message: &Message<'_>) -> bool {
        // Nothing was answered, and no interface takes an empty message.
        !message.is_unanswered()
    }

    fn message(&mut self, message: &Message<'_>, out: &mut Vec<u8>) {
        if std::mem::replace(&mut self.has_message, true) {
            out.push(b',');
        }
        let (role, content) = (openai_role(message.role), message.content);
        push_json(&Line { role, content }, out);
    }

    fn end_conversation(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"]}\n");
    }
}
