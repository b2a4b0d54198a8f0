//! A message as an entry: its time, whose it is, who says it, and what.

use colored::Colorize;

use super::super::hit::parts;
use super::super::mark::{is_unanswered, mark};
use super::super::phrases::put;
use super::super::time::Utc;
use super::super::user_color;
use super::super::visible::{push_body, push_line, visible_line};
use super::line::{MESSAGE_INDENT, PREVIEW_CHARACTERS};
use super::word::quoted;
use crate::domain::{Hit, Message, preview_of};

/// Writes messages as entries.
pub(super) struct Entries {
    pub(super) utc: Utc,
    /// Whether time, user, session and role are coloured.
    color: bool,
}

impl Entries {
    pub(super) fn new(color: bool) -> Self {
        Self {
            utc: Utc::default(),
            color,
        }
    }

    pub(super) fn entry(&mut self, message: &Message<'_>, out: &mut Vec<u8>) {
        self.tagged(message, None, out);
    }

    /// An entry that says which persona answered.
    pub(super) fn tagged(
        &mut self,
        message: &Message<'_>,
        persona: Option<&str>,
        out: &mut Vec<u8>,
    ) {
        let time = self.utc.format(message.time());
        let (user, session) = (message.user.quoted(), message.session);
        let role = message.role.word();
        if self.color {
            let user = visible_line(&user).color(user_color(message.user));
            put!(
                out,
                "{} {user} {} {}",
                time.dimmed(),
                session.to_string().dimmed(),
                role.bold()
            );
        } else {
            out.extend_from_slice(time.as_bytes());
            out.push(b' ');
            push_line(out, &user);
            put!(out, " {session} {role}");
        }
        if let Some(mark) = mark(message) {
            put!(out, "({mark})");
        }
        if let Some(persona) = persona {
            out.extend_from_slice(b" as ");
            push_line(out, persona);
        }
        out.push(b':');
        if !is_unanswered(message) {
            out.push(b' ');
            push_body(out, message.content, MESSAGE_INDENT);
        }
        out.push(b'\n');
    }

    /// An entry after the id of its message.
    pub(super) fn numbered(&mut self, message: &Message<'_>, out: &mut Vec<u8>) {
        put!(out, "#{} ", message.id);
        self.entry(message, out);
    }

    /// A message that was found, in one row: its number, time, user, session, id and
    /// role, the title of its session, and the part that has the words.
    pub(super) fn hit(&mut self, hit: &Hit<'_>, out: &mut Vec<u8>) {
        let message = hit.message;
        let time = self.utc.format(message.time());
        put!(out, "{} {time} ", hit.number);
        push_line(out, &message.user.quoted());
        let (session, id, role) = (message.session, message.id, message.role.word());
        put!(out, " {session} #{id} {role} ");
        match hit.title {
            Some(title) => push_line(out, &quoted(title)),
            None => out.push(b'-'),
        }
        out.extend_from_slice(b": ");
        for (is_marked, part) in parts(hit.snippet, hit.marks) {
            if is_marked && self.color {
                put!(out, "{}", part.bold());
            } else {
                out.extend_from_slice(part.as_bytes());
            }
        }
        out.push(b'\n');
    }

    /// A numbered entry with only the beginning of its text.
    pub(super) fn preview(&mut self, message: &Message<'_>, out: &mut Vec<u8>) {
        let content = preview_of(message.content, PREVIEW_CHARACTERS);
        let message = Message {
            content: &content,
            ..*message
        };
        self.numbered(&message, out);
    }
}
