//! One JSON object a line, for scripts: every event, errors too, on standard output.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter};

use super::time::Utc;
use super::{Outbox, Renderer, visible};
use crate::domain::{Error, Event, Message, Progress, Scope, is_deceptive};

/// Renders events as JSON. Fields and events are added, never renamed; what is
/// absent is `null`.
#[derive(Default)]
pub struct Json {
    line: Option<u64>,
    utc: Utc,
}

impl Renderer for Json {
    fn at_line(&mut self, line: u64) {
        self.line = Some(line);
    }

    /// A reply is one event, when it is whole.
    fn progress(&mut self, _: Progress<'_>, _: &mut Outbox) {}

    fn render(&mut self, event: &Event<'_>, outbox: &mut Outbox) {
        let line = self.line;
        let object = match event {
            Event::Message(message) => Object::Message(Row::new(line, message, &mut self.utc)),
            Event::Reply(message) => Object::Reply(Row::new(line, message, &mut self.utc)),
            Event::User {
                user,
                session,
                known,
            } => Object::User {
                line,
                user_id: user.as_str(),
                session_id: session.map(|id| id.to_string()),
                known: *known,
            },
            Event::Start {
                user,
                session,
                title,
                ..
            } => Object::Start {
                line,
                user_id: user.as_str(),
                session_id: session.to_string(),
                title: *title,
                message: "Chat started successfully!",
            },
            Event::Resume {
                user,
                session,
                title,
                count,
            } => Object::Resume {
                line,
                user_id: user.as_str(),
                session_id: session.to_string(),
                title: *title,
                count: *count,
            },
            Event::Clear {
                user,
                session,
                count,
            } => Object::Clear {
                line,
                user_id: user.as_str(),
                session_id: session.to_string(),
                count: *count,
                message: format!("Session {session} cleared!"),
            },
            Event::UserRow(row) => Object::UserRow {
                line,
                user_id: row.user.as_str(),
                sessions: row.sessions,
                messages: row.messages,
                last_at: row.last_at.map(|time| self.utc.format(time)),
                current: row.current,
            },
            Event::Help(help) => Object::Help {
                line,
                usage: help.usage,
                summary: help.summary,
                aliases: help.aliases,
            },
            Event::End { scope, count } => Object::End {
                line,
                scope: scope.map(Scope::word),
                count: *count,
            },
            Event::Error(error) => Object::error(line, error),
            Event::Model {
                user,
                session,
                model,
            } => Object::Model {
                line,
                user_id: user.as_str(),
                session_id: session.map(|id| id.to_string()),
                model,
            },
            Event::ModelRow { model, current } => Object::ModelRow {
                line,
                model,
                current: *current,
            },
            Event::Cost {
                usage,
                milliseconds,
            } => Object::Cost {
                line,
                prompt_tokens: usage.map(|usage| usage.prompt),
                reply_tokens: usage.map(|usage| usage.reply),
                milliseconds: *milliseconds,
            },
            Event::Notice(text) => return note(text, outbox.note()),
        };
        put(&object, outbox.answer());
    }
}

/// What is written: an event's name, the line it belongs to, its fields.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Object<'a> {
    Message(Row<'a>),
    Reply(Row<'a>),
    User {
        line: Option<u64>,
        user_id: &'a str,
        session_id: Option<String>,
        known: bool,
    },
    Start {
        line: Option<u64>,
        user_id: &'a str,
        session_id: String,
        title: Option<&'a str>,
        message: &'static str,
    },
    Resume {
        line: Option<u64>,
        user_id: &'a str,
        session_id: String,
        title: Option<&'a str>,
        count: i64,
    },
    Clear {
        line: Option<u64>,
        user_id: &'a str,
        session_id: String,
        count: i64,
        message: String,
    },
    UserRow {
        line: Option<u64>,
        user_id: &'a str,
        sessions: i64,
        messages: i64,
        last_at: Option<&'a str>,
        current: bool,
    },
    Cost {
        line: Option<u64>,
        prompt_tokens: Option<i64>,
        reply_tokens: Option<i64>,
        milliseconds: i64,
    },
    Model {
        line: Option<u64>,
        user_id: &'a str,
        session_id: Option<String>,
        model: &'a str,
    },
    ModelRow {
        line: Option<u64>,
        model: &'a str,
        current: bool,
    },
    Help {
        line: Option<u64>,
        usage: &'a str,
        summary: &'a str,
        aliases: &'a [&'a str],
    },
    End {
        line: Option<u64>,
        scope: Option<&'static str>,
        count: u64,
    },
    Error {
        line: Option<u64>,
        code: &'static str,
        error: String,
        hint: Option<Cow<'a, str>>,
    },
}

impl<'a> Object<'a> {
    fn error(line: Option<u64>, error: &'a Error) -> Self {
        Self::Error {
            line,
            code: error.code(),
            error: error.to_string(),
            hint: error.hint(),
        }
    }
}

#[derive(Serialize)]
struct Row<'a> {
    line: Option<u64>,
    id: i64,
    seq: i64,
    parent_id: Option<i64>,
    user_id: &'a str,
    session_id: String,
    role: &'static str,
    content: &'a str,
    created_at: &'a str,
    model: Option<&'a str>,
    status: &'static str,
    prompt_tokens: Option<i64>,
    reply_tokens: Option<i64>,
}

impl<'a> Row<'a> {
    fn new(line: Option<u64>, message: &Message<'a>, utc: &'a mut Utc) -> Self {
        Self {
            line,
            id: message.id.0,
            seq: message.seq,
            parent_id: message.parent.map(|id| id.0),
            user_id: message.user.as_str(),
            session_id: message.session.to_string(),
            role: message.role.word(),
            content: message.content,
            created_at: utc.format(message.created_at),
            model: message.model,
            status: message.status.word(),
            prompt_tokens: message.usage.map(|usage| usage.prompt),
            reply_tokens: message.usage.map(|usage| usage.reply),
        }
    }
}

fn put(object: &Object<'_>, out: &mut Vec<u8>) {
    // Neither a vector nor these fields can fail.
    let _ = object.serialize(&mut serde_json::Serializer::with_formatter(
        &mut *out, Escaping,
    ));
    out.push(b'\n');
}

/// Notices are for people: they go to standard error as text.
fn note(text: &str, out: &mut Vec<u8>) {
    visible::push_line(out, text);
    out.push(b'\n');
}

/// Compact JSON in which everything deceptive is escaped, so that it is safe on
/// a terminal and means the same.
struct Escaping;

impl Formatter for Escaping {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        if fragment.is_ascii() && !fragment.as_bytes().contains(&0x7f) {
            return writer.write_all(fragment.as_bytes());
        }
        let mut done = 0;
        for (at, c) in fragment.char_indices().filter(|&(_, c)| is_deceptive(c)) {
            writer.write_all(&fragment.as_bytes()[done..at])?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            done = at + c.len_utf8();
        }
        CompactFormatter.write_string_fragment(writer, &fragment[done..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_deceptive_is_escaped_and_nothing_is_lost() {
        let text = "a\u{7f}\u{9b}31m\u{202e}\u{e0041}\x1b é 你好 👨‍👩‍👧 \"q\"\\\n";
        let mut out = Vec::new();
        text.serialize(&mut serde_json::Serializer::with_formatter(
            &mut out, Escaping,
        ))
        .unwrap();
        let shown = String::from_utf8(out).unwrap();
        assert!(!shown.chars().any(is_deceptive), "{shown}");
        assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), text);
    }
}
