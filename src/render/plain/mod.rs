//! Text for pipes and files: one entry a message, stable, easy to grep.

mod entry;
mod rows;
mod word;

use super::receipt::receipt;
use super::time::Utc;
use super::visible::{push_body, push_line, visible_line};
use super::words::{self, messages, put, sentence};
use super::{Outbox, Renderer};
use crate::domain::{Error, Event, Message, Moved, Progress, SessionId};
use word::quoted;

/// What the further lines of a message begin with; no entry begins like this.
const INDENT: &str = "    ";

/// How much of a text is shown where it is not the point, in characters.
const GLANCE: usize = 72;

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

    fn reply(&mut self, message: &Message<'_>, out: &mut Vec<u8>) {
        // What has come already is there; the end of the line says it is kept.
        if !std::mem::take(&mut self.streamed) {
            push_body(out, message.content, "");
        }
        out.push(b'\n');
    }

    fn error(&self, error: &Error, out: &mut Vec<u8>) {
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
            Event::Tagged { message, persona } => {
                self.tagged(message, *persona, outbox.answer());
            }
            Event::Reply(message) => self.reply(message, outbox.answer()),
            Event::Shown(message) => self.numbered(message, outbox.answer()),
            Event::Neighbour(message) => self.glance(message, outbox.answer()),
            Event::Quote(message) => say(&words::quotation(message.id), outbox.answer()),
            Event::User { user, known, .. } => {
                push_line(outbox.answer(), user.as_str());
                say(if *known { "" } else { " (new)" }, outbox.answer());
            }
            Event::Model { model, .. } => say(model, outbox.answer()),
            Event::Start { unasked: true, .. }
            | Event::Resume { unasked: true, .. }
            | Event::End { .. } => {}
            Event::Start { .. } => say(words::STARTED, outbox.answer()),
            Event::Resume { session, count, .. } => {
                let count = messages(*count);
                put!(outbox.answer(), "Session {session} resumed, {count}.\n");
            }
            Event::Fork {
                session,
                origin,
                at,
                count,
                ..
            } => {
                let (forked, count) = (words::forked(*session, origin, *at), messages(*count));
                put!(outbox.answer(), "{forked}, {count}.\n");
            }
            Event::Rename { session, title, .. } => {
                say(&words::renamed(session, quoted(title)), outbox.answer());
            }
            Event::System {
                session,
                content,
                changed,
                ..
            } => system(*session, *content, *changed, outbox.answer()),
            Event::Move { moved, .. } => say(&receipt(moved), outbox.answer()),
            Event::Clear {
                session,
                count,
                moved,
                ..
            } => clear(*session, *count, *moved, outbox.answer()),
            Event::Context {
                tokens,
                window,
                count,
                left_out,
                ..
            } => {
                let share = words::share(*tokens, *window, *count, *left_out);
                say(&share, outbox.answer());
            }
            Event::SessionRow(row) => {
                rows::session(row, self.utc.format(row.last_at), outbox.answer());
            }
            Event::UserRow(row) => {
                let last = row.last_at.map(|time| self.utc.format(time));
                rows::user(row, last, outbox.answer());
            }
            Event::MoveRow { number, moved, at } => {
                rows::step(*number, moved, self.utc.format(*at), outbox.answer());
            }
            Event::ContextRow(row) => rows::context(row, outbox.answer()),
            Event::PersonaRow(row) => rows::persona(row, outbox.answer()),
            Event::ModelRow { model, current } => rows::model(model, *current, outbox.answer()),
            Event::Help(row) => rows::help(row, outbox.answer()),
            Event::Cost {
                usage,
                milliseconds,
            } => say(&words::cost(*usage, *milliseconds), outbox.note()),
            Event::Notice(text) => say(text, outbox.note()),
            Event::Error(error) => self.error(error, outbox.note()),
        }
    }
}

fn system(session: SessionId, content: Option<&str>, changed: bool, out: &mut Vec<u8>) {
    match content {
        _ if changed => {
            let whose = format!(" of session {session}");
            say(&words::system(&whose, content.is_some()), out);
        }
        Some(content) => {
            push_body(out, content, "");
            out.push(b'\n');
        }
        None => say(words::NO_SYSTEM, out),
    }
}

fn clear(session: SessionId, count: i64, moved: Option<&Moved>, out: &mut Vec<u8>) {
    say(&words::cleared(session), out);
    say(&words::stay(count), out);
    if let Some(moved) = moved {
        say(&receipt(moved), out);
    }
}

/// One line.
fn say(text: &str, out: &mut Vec<u8>) {
    push_line(out, text);
    out.push(b'\n');
}
