//! One JSON object a line, for scripts: every event, errors too, on standard output.
//!
//! Fields and events are added, never renamed; what is absent is `null`.
//!
//! ```text
//! Json        which event is written by which function
//! session     what happens to sessions
//! context     what happens to contexts, and what a reply took
//! rows        messages and the rows of listings
//! stats       what was counted
//! setting     settings
//! taken       texts that leave the program
//! progress    how far long pieces of work are
//! object      a line, field by field
//! reference   what a program calls its line by
//! escaping    strings
//! ```

mod context;
mod escaping;
mod object;
mod progress;
mod reference;
mod rows;
mod session;
mod setting;
mod stats;
mod taken;

use std::time::Instant;

use super::time::Utc;
use super::{Outbox, Renderer, phrases};
use crate::domain::{Error, Event, Progress, Work};
use object::{Blank, Object};

pub(crate) use reference::push_reference;

/// Renders events as JSON.
#[derive(Default)]
pub(crate) struct Json {
    /// The line of the transcript that events belong to now.
    line: Option<u64>,
    /// What that line is called by, in JSON, if every event tells it.
    reference: Option<Vec<u8>>,
    utc: Utc,
    progress: progress::Progress,
}

impl Json {
    /// The same, and every event tells the `ref` of its line.
    pub(crate) fn with_refs() -> Self {
        Self {
            reference: Some(reference::NONE.to_owned()),
            ..Self::default()
        }
    }
}

impl Renderer for Json {
    fn at_line(&mut self, line: u64) {
        self.line = (line > 0).then_some(line);
    }

    fn at_ref(&mut self, json: &[u8]) {
        if let Some(reference) = &mut self.reference {
            reference.clear();
            reference.extend_from_slice(if json.is_empty() {
                reference::NONE
            } else {
                json
            });
        }
    }

    /// Writes nothing: a reply is one event, when it is whole.
    fn progress(&mut self, _: Progress<'_>, _: &mut Outbox) {}

    fn work(&mut self, work: Option<&Work<'_>>, outbox: &mut Outbox) {
        let line = Blank::new(self.line, self.reference.as_deref(), outbox);
        self.progress.show(work, Instant::now(), line);
    }

    fn render(&mut self, event: &Event<'_>, outbox: &mut Outbox) {
        let line = Blank::new(self.line, self.reference.as_deref(), outbox);
        let utc = &mut self.utc;
        match event {
            Event::User(it) => session::user(line.object("user"), it),
            Event::Start(it) => session::start(line.object("start"), it),
            Event::Resume(it) => session::resume(line.object("resume"), it, utc),
            Event::Fork(it) => session::fork(line.object("fork"), it),
            Event::Archive(it) => session::archive(line.object("archive"), it),
            Event::Rename(it) => session::rename(line.object("rename"), it),
            Event::Model(it) => session::model(line.object("model"), it),
            Event::System(it) => context::system(line.object("system"), it),
            Event::Move(it) => context::moved(line.object("move"), it),
            Event::Clear(it) => context::clear(line.object("clear"), it),
            Event::Context(it) => context::size(line.object("context"), it),
            Event::Reply { message, tries } | Event::Beginning { message, tries } => {
                rows::reply(line.object("reply"), message, *tries, utc).end();
            }
            Event::Tagged {
                message,
                persona,
                tries,
            } => {
                let reply = rows::reply(line.object("reply"), message, *tries, utc);
                reply.field("persona", persona).end();
            }
            Event::Quote(it) => rows::message(line.object("quote"), it, utc),
            Event::Hit(it) => rows::hit(line.object("hit"), it, utc),
            Event::Message(it) | Event::Shown(it) => {
                rows::message(line.object("message"), it, utc);
            }
            Event::Neighbour(it) => rows::message(line.object("neighbour"), it, utc),
            Event::SessionRow(row)
            | Event::Here {
                row,
                is_older: true,
                ..
            } => rows::session(line.object("session_row"), row, utc),
            Event::MoveRow(it) => rows::step(line.object("move_row"), it, utc),
            Event::ContextRow(row) => rows::context(line.object("context_row"), row),
            Event::PersonaRow(row) => rows::persona(line.object("persona_row"), row),
            Event::UserRow(row) => rows::user(line.object("user_row"), row, utc),
            Event::StatRow(row) => stats::row(line.object("stat_row"), row),
            Event::HeatRow(row) => stats::heat(line.object("stat_row"), row),
            Event::ModelRow { model, current } => {
                rows::model(line.object("model_row"), model, *current);
            }
            Event::Help(row) => rows::help(line.object("help"), row),
            Event::CodeRow(text) => taken::row(line.object("code_row"), text),
            Event::Code(text) => taken::code(line.object("code"), text),
            Event::Copy { text, to } => taken::copy(line.object("copy"), text, *to),
            Event::Saved { text, path } => taken::saved(line.object("saved"), text, path),
            Event::ExportedText(text) => line.object("export_text").field("text", text).end(),
            Event::Exported(it) => taken::exported(line.object("export"), it),
            Event::Granted(it) => session::granted(line.object("grant"), it),
            Event::Imported(it) => taken::imported(line.object("import"), it),
            Event::Broken(it) => taken::broken(line.object("broken"), it),
            Event::StoreCopied(it) => taken::store_copied(line.object("store_copy"), it),
            Event::Setting(it) => setting::row(line.object("setting"), it),
            Event::SettingChange(it) => setting::change(line.object("setting"), it),
            Event::End { scope, count, more } => {
                rows::end(line.object("end"), *scope, *count, *more);
            }
            Event::Info(it) => session::info(line.object("info"), it),
            Event::Cost(it) => context::cost(line.object("cost"), it),
            Event::Clock(doubt) => line.note(&phrases::clock(doubt)),
            Event::Notice(text) => line.note(text),
            // Only a person looks on, or is asked.
            Event::Zone(_) | Event::Awaited(_) | Event::Choices(_) | Event::Here { .. } => {}
            Event::Error(error) => failure(line.object("error"), error),
        }
    }
}

fn failure(object: Object<'_>, error: &Error) {
    object
        .field("code", error.code())
        .text("error", error)
        .field("hint", error.hint())
        .field("kind", error.kind())
        .field("tries", error.tries())
        .end();
}
