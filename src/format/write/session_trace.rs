//! Lines of JSON that viewers of sessions' traces read: a head for each conversation, then
//! its messages (<https://huggingface.co/docs/hub/session-traces-format>).

use serde::Serialize;

use super::shared::{openai_role, push_json, rfc_3339};
use super::{Heading, Writer};
use crate::domain::{Message, SessionId};

/// Writes traces of sessions.
pub(super) struct SessionTrace;

#[derive(Serialize)]
struct Head<'a> {
    r#type: &'a str,
    harness: &'a str,
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    user: &'a str,
}

#[derive(Serialize)]
struct Line<'a> {
    r#type: &'a str,
    timestamp: String,
    message: Said<'a>,
}

#[derive(Serialize)]
struct Said<'a> {
    role: &'a str,
    content: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<&'a str>,
}

impl Writer for SessionTrace {
    fn begin_conversation(&mut self, heading: &Heading<'_>, out: &mut Vec<u8>) {
        let session: SessionId = heading.session;
        let head = Head {
            r#type: "session",
            harness: "saylog",
            id: session.to_string(),
            name: heading.title,
            user: heading.user.as_str(),
        };
        push_json(&head, out);
        out.push(b'\n');
    }

    fn message(&mut self, message: &Message<'_>, out: &mut Vec<u8>) {
        let line = Line {
            r#type: "message",
            timestamp: rfc_3339(message.time()),
            message: Said {
                role: openai_role(message.role),
                content: message.content,
                model: message.model,
            },
        };
        push_json(&line, out);
        out.push(b'\n');
    }
}
