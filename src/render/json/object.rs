//! One line of output: an object, written field by field.

use std::fmt::Display;

use serde::Serialize;
use serde_json::Serializer;

use super::super::Outbox;
use super::super::time::Utc;
use super::super::visible::push_line;
use super::escaping::Escaping;
use crate::domain::{Message, MessageId, Moved, SessionId, UserName};

/// A line on which nothing stands yet.
pub(super) struct Blank<'o> {
    line: Option<u64>,
    outbox: &'o mut Outbox,
}

impl<'o> Blank<'o> {
    /// Paper for one event, which belongs to a line of the transcript, or to none.
    pub(super) fn new(line: Option<u64>, outbox: &'o mut Outbox) -> Self {
        Self { line, outbox }
    }

    /// Begins with the name of the event and the line that it belongs to.
    pub(super) fn object(self, event: &'static str) -> Object<'o> {
        let out = self.outbox.answer();
        out.extend_from_slice(b"{\"event\":\"");
        out.extend_from_slice(event.as_bytes());
        out.push(b'"');
        Object { out }.field("line", self.line)
    }

    /// Notices are for people: they go to standard error as text.
    pub(super) fn note(self, text: &str) {
        let out = self.outbox.note();
        push_line(out, text);
        out.push(b'\n');
    }
}

/// An object on its way into the output; it must be brought to its [`end`](Self::end).
#[must_use]
pub(super) struct Object<'o> {
    out: &'o mut Vec<u8>,
}

impl Object<'_> {
    /// One more field. Its name is written as it is.
    pub(super) fn field(self, name: &'static str, value: impl Serialize) -> Self {
        self.out.extend_from_slice(b",\"");
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
        // Neither a vector nor these values can fail.
        let _ = value.serialize(&mut Serializer::with_formatter(&mut *self.out, Escaping));
        self
    }

    /// A field that holds a value as people read it, without a copy of that.
    pub(super) fn text(self, name: &'static str, value: impl Display) -> Self {
        self.field(name, format_args!("{value}"))
    }

    /// Whose it is, and which of their sessions it is about, if of one.
    pub(super) fn whose(self, user: &UserName, session: impl Into<Option<SessionId>>) -> Self {
        self.field("user_id", user.as_str()).session(session)
    }

    /// Which session it is about, if it is about one.
    pub(super) fn session(self, session: impl Into<Option<SessionId>>) -> Self {
        match session.into() {
            Some(session) => self.text("session_id", session),
            None => self.field("session_id", ()),
        }
    }

    /// The place of a message, if there is one.
    pub(super) fn place(self, name: &'static str, id: Option<MessageId>) -> Self {
        self.field(name, id.map(|id| id.0))
    }

    /// Everything about a message.
    pub(super) fn message(self, message: &Message<'_>, utc: &mut Utc) -> Self {
        self.field("id", message.id.0)
            .field("seq", message.seq)
            .place("parent_id", message.parent)
            .whose(message.user, message.session)
            .field("role", message.role.word())
            .field("content", message.content)
            .field("created_at", utc.format(message.created_at))
            .field("model", message.model)
            .field("status", message.status.word())
            .field("prompt_tokens", message.usage.map(|usage| usage.prompt))
            .field("reply_tokens", message.usage.map(|usage| usage.reply))
    }

    /// What a move did.
    pub(super) fn step(self, moved: &Moved) -> Self {
        self.field("why", moved.why.word())
            .place("from_id", moved.from)
            .place("to_id", moved.to)
            .field("gone", moved.gone)
            .field("back", moved.back)
            .messages(Some(moved))
    }

    /// The messages of a move, if there was one, and how to take it back.
    pub(super) fn messages(self, moved: Option<&Moved>) -> Self {
        let ids: Vec<i64> =
            moved.map_or_else(Vec::new, |moved| moved.ids.iter().map(|id| id.0).collect());
        let inverse = moved.and_then(|moved| moved.way);
        self.field("ids", ids)
            .field("way", inverse.map(|inverse| inverse.to_string()))
    }

    /// Ends the line.
    pub(super) fn end(self) {
        self.out.extend_from_slice(b"}\n");
    }
}
