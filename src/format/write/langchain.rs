//! A conversation a line: a list of the dictionaries that LangChain's `messages_to_dict`
//! makes and `messages_from_dict` reads.

use serde::Serialize;

use super::shared::push_json;
use super::{Heading, Writer};
use crate::domain::{Message, Role};

/// Writes conversations as LangChain's dictionaries.
#[derive(Default)]
pub(super) struct LangChain {
    /// A message of this conversation was written.
    has_message: bool,
}

#[derive(Serialize)]
struct Dictionary<'a> {
    r#type: &'a str,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    content: &'a str,
    additional_kwargs: Nothing,
    response_metadata: Metadata<'a>,
    r#type: &'a str,
    id: String,
}

#[derive(Serialize)]
struct Nothing {}

#[derive(Serialize)]
struct Metadata<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    model_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    finish_reason: Option<&'a str>,
}

impl Writer for LangChain {
    fn begin_conversation(&mut self, _: &Heading<'_>, out: &mut Vec<u8>) {
        self.has_message = false;
        out.push(b'[');
    }

    fn message(&mut self, message: &Message<'_>, out: &mut Vec<u8>) {
        if std::mem::replace(&mut self.has_message, true) {
            out.push(b',');
        }
        let kind = match message.role {
            Role::System => "system",
            Role::User => "human",
            Role::Ai => "ai",
        };
        let dictionary = Dictionary {
            r#type: kind,
            data: Data {
                content: message.content,
                additional_kwargs: Nothing {},
                response_metadata: Metadata {
                    model_name: message.model,
                    finish_reason: message.details.finish_reason,
                },
                r#type: kind,
                id: format!("{}-{}", message.session, message.seq),
            },
        };
        push_json(&dictionary, out);
    }

    fn end_conversation(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"]\n");
    }
}
