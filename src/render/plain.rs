//! Text for pipes and files: one entry a message, stable, easy to grep.

use colored::Colorize;

use super::time::Utc;
use super::visible::{push_body, push_line, visible_line};
use super::words::{cost, help, messages, put, sentence};
use super::{Outbox, Renderer, user_color};
use crate::domain::{Event, Message, Progress};

/// What the further lines of a message begin with; no entry begins like this.
const INDENT: &str = "    ";

/// Renders events as plain text.
pub struct Plain {
    /// What the lines come from, for errors.
    source: String,
    line: u64,
    utc: Utc,
    color: bool,
    /// Part of the reply has been shown while it came.
    streamed: bool,
}

impl Plain {
    /// A renderer that calls the source of the lines `source`, with coloured entries or without.
    pub fn new(source: &str, color: bool) -> Self {
        Self {
            source: visible_line(source),
            line: 0,
            utc: Utc::default(),
            color,
            streamed: false,
        }
    }

    fn entry(&mut self, message: &Message<'_>, out: &mut Vec<u8>) {
        let time = self.utc.format(message.created_at);
        let (user, session) = (message.user.quoted(), message.session);
        let role = message.role.word();
        if self.color {
            let user = visible_line(&user).color(user_color(message.user));
            put!(
                out,
                "{} {user} {} {}: ",
                time.dimmed(),
                session.to_string().dimmed(),
                role.bold()
            );
        } else {
            out.extend_from_slice(time.as_bytes());
            out.push(b' ');
            push_line(out, &user);
            put!(out, " {session} {role}: ");
        }
        push_body(out, message.content, INDENT);
        out.push(b'\n');
    }
}

impl Renderer for Plain {
    fn at_line(&mut self, line: u64) {
        self.line = line;
    }

    fn progress(&mut self, progress: Progress<'_>, outbox: &mut Outbox) {
        if let Progress::Delta(delta) = progress {
            self.streamed = true;
            push_body(outbox.answer(), delta, "");
        }
    }

    fn render(&mut self, event: &Event<'_>, outbox: &mut Outbox) {
        match event {
            Event::Message(message) => self.entry(message, outbox.answer()),
            Event::Reply(message) => {
                let out = outbox.answer();
                // What has come already is there; the end of the line says it is kept.
                if !std::mem::take(&mut self.streamed) {
                    push_body(out, message.content, "");
                }
                out.push(b'\n');
            }
            Event::Model { model, .. } => {
                let out = outbox.answer();
                push_line(out, model);
                out.push(b'\n');
            }
            Event::ModelRow { model, current } => {
                let out = outbox.answer();
                push_line(out, model);
                out.extend_from_slice(if *current { b" current\n" } else { b"\n" });
            }
            Event::User { user, known, .. } => {
                let out = outbox.answer();
                push_line(out, user.as_str());
                out.extend_from_slice(if *known { b"\n" } else { b" (new)\n" });
            }
            Event::Start { unasked: true, .. } | Event::End { .. } => {}
            Event::Start { .. } => outbox
                .answer()
                .extend_from_slice(b"Chat started successfully!\n"),
            Event::Resume { session, count, .. } => {
                put!(
                    outbox.answer(),
                    "Session {session} resumed, {}.\n",
                    messages(*count)
                );
            }
            Event::Clear { session, count, .. } => {
                let stay = if *count == 1 { "stays" } else { "stay" };
                put!(
                    outbox.answer(),
                    "Session {session} cleared!\n{} {stay} in the log.\n",
                    messages(*count)
                );
            }
            Event::UserRow(row) => {
                let out = outbox.answer();
                push_line(out, &row.user.quoted());
                put!(out, " {} {} ", row.sessions, row.messages);
                let last = row.last_at.map(|time| self.utc.format(time));
                out.extend_from_slice(last.unwrap_or("-").as_bytes());
                out.extend_from_slice(if row.current { b" current\n" } else { b"\n" });
            }
            Event::Help(help_row) => help(help_row, outbox.answer()),
            Event::Cost {
                usage,
                milliseconds,
            } => put!(outbox.note(), "{}\n", cost(*usage, *milliseconds)),
            Event::Notice(text) => {
                let out = outbox.note();
                push_line(out, text);
                out.push(b'\n');
            }
            Event::Error(error) => {
                let out = outbox.note();
                if self.line == 0 {
                    // Before the first line: it is about none of them.
                    out.extend_from_slice(b"saylog: ");
                } else {
                    put!(out, "{}:{}: ", self.source, self.line);
                }
                sentence(error, out);
                out.push(b'\n');
            }
        }
    }
}
