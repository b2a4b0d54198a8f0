//! Text for pipes and files: one entry a message, stable, easy to grep.

mod entry;
mod line;
mod rows;
mod session;
mod setting;
mod stats;
mod taken;
mod word;

use super::copied;
use super::exported;
use super::granted;
use super::imported;
use super::info;
use super::mark::is_unanswered;
use super::phrases::{self, push_error, put};
use super::setting::receipt;
use super::taken as phrase;
use super::visible::{BodyInPieces, push_body, visible_line};
use super::{Outbox, Renderer};
use crate::domain::{Error, Event, Message, Progress};
use entry::Entries;
use line::say;

/// Renders events as plain text.
pub(crate) struct Plain {
    /// The name of the input, for errors.
    source: String,
    line: u64,
    entries: Entries,
    /// Part of the current reply has been shown while it came.
    streamed: bool,
    reply: BodyInPieces,
}

impl Plain {
    /// `source` names the input in errors; `color` colours entries.
    pub(crate) fn new(source: &str, color: bool) -> Self {
        Self {
            source: visible_line(source),
            line: 0,
            entries: Entries::new(color),
            streamed: false,
            reply: BodyInPieces::default(),
        }
    }

    fn reply(&mut self, message: &Message<'_>, out: &mut Vec<u8>) {
        // What arrived has been shown; the end of the line says that it is kept.
        if std::mem::take(&mut self.streamed) {
            self.reply.finish(out);
        } else {
            if is_unanswered(message) {
                return;
            }
            push_body(out, message.content, "");
        }
        out.push(b'\n');
    }

    fn error(&self, error: &Error, out: &mut Vec<u8>) {
        if self.line == 0 {
            // Before the first line, so it belongs to none.
            out.extend_from_slice(b"saylog: ");
        } else {
            put!(out, "{}:{}: ", self.source, self.line);
        }
        push_error(error, out);
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
            self.reply.push(delta, outbox.answer());
        }
    }

    fn render(&mut self, event: &Event<'_>, outbox: &mut Outbox) {
        let entries = &mut self.entries;
        match event {
            Event::User(it) => session::user(it, outbox.answer()),
            Event::Start(it) => session::start(it, outbox),
            Event::Resume(it) => session::resume(it, outbox),
            Event::Fork(it) => session::fork(it, outbox.answer()),
            Event::Archive(it) => session::archive(it, outbox.answer()),
            Event::Rename(it) => session::rename(it, outbox.answer()),
            Event::Model(it) => say(it.model, outbox.answer()),
            Event::System(it) => session::system(it, outbox.answer()),
            Event::Move(it) => session::moved(it, outbox),
            Event::Clear(it) => session::clear(it, outbox.answer()),
            Event::Context(it) => session::size(it, outbox.answer()),
            Event::Reply { message, .. } => self.reply(message, outbox.answer()),
            Event::Tagged {
                message, persona, ..
            } => {
                entries.tagged(message, *persona, outbox.answer());
            }
            Event::Quote(it) => say(&phrases::quotation(it.id), outbox.answer()),
            Event::Message(it) => entries.entry(it, outbox.answer()),
            Event::Hit(it) => entries.hit(it, outbox.answer()),
            Event::Shown(it) => entries.numbered(it, outbox.answer()),
            Event::Neighbour(it) => entries.preview(it, outbox.answer()),
            Event::SessionRow(row) => {
                let is_own = row.number.is_some();
                rows::session(row, is_own, &mut entries.utc, outbox.answer());
            }
            Event::Here {
                row,
                is_own,
                is_older: true,
            } => rows::session(row, *is_own, &mut entries.utc, outbox.answer()),
            Event::MoveRow(it) => rows::step(it, &mut entries.utc, outbox.answer()),
            Event::ContextRow(row) => rows::context(row, outbox.answer()),
            Event::PersonaRow(row) => rows::persona(row, outbox.answer()),
            Event::UserRow(row) => rows::user(row, &mut entries.utc, outbox.answer()),
            Event::StatRow(row) => stats::row(row, outbox.answer()),
            Event::HeatRow(row) => stats::heat(row, outbox.answer()),
            Event::ModelRow { model, current } => rows::model(model, *current, outbox.answer()),
            Event::Help(row) => rows::help(row, outbox.answer()),
            Event::CodeRow(text) => taken::row(text, outbox.answer()),
            Event::Code(text) => taken::code(text, outbox.answer()),
            Event::Copy { text, to } => say(&phrase::copied(text, *to), outbox.answer()),
            Event::Saved { text, path } => say(&phrase::saved(text, path), outbox.answer()),
            Event::Granted(it) => {
                for line in granted::lines(it) {
                    say(&line, outbox.answer());
                }
            }
            Event::Imported(it) => {
                for line in imported::lines(it) {
                    say(&line, outbox.answer());
                }
            }
            Event::Broken(it) => {
                put!(outbox.note(), "{}:{}: ", self.source, self.line);
                say(&imported::broken(it), outbox.note());
            }
            Event::ExportedText(text) => outbox.answer().extend_from_slice(text.as_bytes()),
            Event::Exported(it) => {
                for line in exported::lines(it) {
                    say(&line, exported::stream(it, outbox));
                }
            }
            Event::StoreCopied(it) => {
                for line in copied::lines(it) {
                    say(&line, outbox.answer());
                }
            }
            Event::Setting(it) => setting::row(it, outbox.answer()),
            Event::SettingChange(it) => say(&receipt(it), outbox.answer()),
            // A beginning was shown as it came.
            Event::End { .. }
            | Event::Beginning { .. }
            | Event::Zone(_)
            | Event::Awaited(_)
            | Event::Choices(_)
            | Event::Here { .. } => {}
            Event::Info(it) => info::lines(it, outbox.answer()),
            Event::Cost(it) => say(&phrases::cost(it), outbox.note()),
            Event::Clock(doubt) => say(&phrases::clock(doubt), outbox.note()),
            Event::Notice(text) => say(text, outbox.note()),
            Event::Error(error) => self.error(error, outbox.note()),
        }
    }
}
