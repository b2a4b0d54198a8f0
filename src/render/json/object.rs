//! One line of output: an object, written field by field.

use std::fmt::Display;

use serde::Serialize;
use serde_json::Serializer;

use super::super::Outbox;
use super::super::time::Utc;
use super::super::visible::push_line;
use super::escaping::{Escaping, needs_no_escape};
use crate::domain::{
    Citation, Message, MessageId, Moved, ReplyDetails, SessionId, Usage, UserName,
};

/// Fields that say null, as they stand in a line.
macro_rules! absent {
    ($($name:literal),+) => {
        concat!($(",\"", $name, "\":null"),+)
    };
}

/// An output line that is still empty.
pub(super) struct Blank<'o> {
    line: Option<u64>,
    /// In JSON, if the line is to tell it.
    reference: Option<&'o [u8]>,
    outbox: &'o mut Outbox,
}

impl<'o> Blank<'o> {
    /// The output line of one event, which may belong to a line of the transcript.
    pub(super) fn new(
        line: Option<u64>,
        reference: Option<&'o [u8]>,
        outbox: &'o mut Outbox,
    ) -> Self {
        Self {
            line,
            reference,
            outbox,
        }
    }

    /// Begins an object with the name of the event and the line that it belongs to.
    pub(super) fn object(self, event: &'static str) -> Object<'o> {
        let out = self.outbox.answer();
        out.extend_from_slice(b"{\"event\":\"");
        out.extend_from_slice(event.as_bytes());
        out.push(b'"');
        let object = Object { out }.field("line", self.line);
        if let Some(json) = self.reference {
            object.out.extend_from_slice(b",\"ref\":");
            object.out.extend_from_slice(json);
        }
        object
    }

    /// Notices are for people: they go to standard error as text.
    pub(super) fn note(self, text: &str) {
        let out = self.outbox.note();
        push_line(out, text);
        out.push(b'\n');
    }
}

/// An object that is being written; it is complete after [`end`](Self::end).
#[must_use]
pub(super) struct Object<'o> {
    out: &'o mut Vec<u8>,
}

impl Object<'_> {
    /// Adds a field. Its name is written without escaping.
    pub(super) fn field(mut self, name: &'static str, value: impl Serialize) -> Self {
        self.begin_field(name);
        // Writing these values to a vector cannot fail.
        let _ = value.serialize(&mut Serializer::with_formatter(&mut *self.out, Escaping));
        self
    }

    /// Writes what stands before a value.
    fn begin_field(&mut self, name: &'static str) {
        self.out.extend_from_slice(b",\"");
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
    }

    /// Adds a field with a string. Most strings need no escape, which is seen many
    /// characters at a time.
    fn string(self, name: &'static str, text: &str) -> Self {
        if needs_no_escape(text) {
            self.plain(name, text)
        } else {
            self.field(name, text)
        }
    }

    /// Adds a field with a word of ours, a number or a time, which need no escape.
    fn plain(mut self, name: &'static str, text: &str) -> Self {
        self.begin_field(name);
        self.out.push(b'"');
        self.out.extend_from_slice(text.as_bytes());
        self.out.push(b'"');
        self
    }

    /// Adds a field with a string, or null.
    fn string_or_null(self, name: &'static str, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.string(name, text),
            None => self.field(name, ()),
        }
    }

    /// Adds a field with the value's `Display` text, without copying that first.
    pub(super) fn text(self, name: &'static str, value: impl Display) -> Self {
        self.field(name, format_args!("{value}"))
    }

    /// Adds the user and, if there is one, the session.
    pub(super) fn whose(self, user: &UserName, session: impl Into<Option<SessionId>>) -> Self {
        self.string("user_id", user.as_str()).session(session)
    }

    /// Adds the session, or null.
    pub(super) fn session(self, session: impl Into<Option<SessionId>>) -> Self {
        self.session_as("session_id", session.into())
    }

    /// Adds a session under another name, or null.
    pub(super) fn session_as(self, name: &'static str, session: Option<SessionId>) -> Self {
        match session {
            Some(session) => self.plain(name, session.write(&mut SessionId::buffer())),
            None => self.field(name, ()),
        }
    }

    /// Adds the id of a message, or null.
    pub(super) fn place(self, name: &'static str, id: Option<MessageId>) -> Self {
        self.field(name, id.map(|id| id.0))
    }

    /// Adds all fields of a message.
    pub(super) fn message(self, message: &Message<'_>, utc: &mut Utc) -> Self {
        self.field("id", message.id.0)
            .field("seq", message.seq)
            .place("parent_id", message.parent)
            .whose(message.user, message.session)
            .plain("role", message.role.word())
            .string("content", message.content)
            .plain("created_at", utc.format(message.created_at))
            .string_or_null("model", message.model)
            .plain("status", message.status.word())
            .usage(message.usage)
            .details(message.details)
            .elsewhere(message, utc)
    }

    /// Adds what a reply took.
    fn usage(self, usage: Option<Usage>) -> Self {
        match usage {
            None => self.absent(absent!("prompt_tokens", "reply_tokens")),
            Some(usage) => self
                .field("prompt_tokens", usage.prompt)
                .field("reply_tokens", usage.reply),
        }
    }

    /// Adds what is kept of a reply beside its text.
    fn details(self, details: ReplyDetails<'_>) -> Self {
        if details == ReplyDetails::default() {
            return self.absent(absent!("finish_reason", "reasoning", "citations"));
        }
        // A list is written again: the store's text need not be safe on a terminal.
        let citations = Citation::parse(details.citations);
        let citations = Some(citations).filter(|list| !list.is_empty());
        self.string_or_null("finish_reason", details.finish_reason)
            .string_or_null("reasoning", details.reasoning)
            .field("citations", citations)
    }

    /// Adds when and by what a message was said that came from elsewhere.
    fn elsewhere(self, message: &Message<'_>, utc: &mut Utc) -> Self {
        if message.said_at.is_none() && message.source.is_none() {
            return self.absent(absent!("said_at", "source"));
        }
        let said_at = message.said_at.map(|at| utc.format(at));
        self.string_or_null("said_at", said_at)
            .string_or_null("source", message.source)
    }

    /// Adds fields that say null, several at once: most messages have many of them.
    fn absent(self, fields: &'static str) -> Self {
        self.out.extend_from_slice(fields.as_bytes());
        self
    }

    /// Adds all fields of a move.
    pub(super) fn step(self, moved: &Moved) -> Self {
        self.field("why", moved.kind.word())
            .place("from_id", moved.from)
            .place("to_id", moved.to)
            .field("gone", moved.gone)
            .field("back", moved.back)
            .messages(Some(moved))
    }

    /// Adds the messages of a move, if there was one, and the command that reverses it.
    pub(super) fn messages(self, moved: Option<&Moved>) -> Self {
        let ids: Vec<i64> =
            moved.map_or_else(Vec::new, |moved| moved.ids.iter().map(|id| id.0).collect());
        let inverse = moved.and_then(|moved| moved.inverse);
        self.field("ids", ids)
            .field("way", inverse.map(|inverse| inverse.to_string()))
    }

    /// Ends the line.
    pub(super) fn end(self) {
        self.out.extend_from_slice(b"}\n");
    }
}
