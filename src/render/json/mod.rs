//! One JSON object a line, for scripts: every event, errors too, on standard output.
//!
//! Fields and events are added, never renamed; what is absent is `null`.
//!
//! ```text
//! Json        messages, rows, costs and errors
//! session     what happens to sessions
//! context     what happens to contexts
//! rows        the rows that are no messages
//! object      a line, field by field
//! escaping    strings
//! ```

mod context;
mod escaping;
mod object;
mod rows;
mod session;

use super::time::Utc;
use super::{Outbox, Renderer};
use crate::domain::{Error, Event, Progress, Scope};
use object::{Blank, Object};

/// Renders events as JSON.
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
        let (blank, utc) = (Blank::new(self.line, outbox), &mut self.utc);
        match event {
            Event::Message(message) | Event::Shown(message) => {
                blank.object("message").message(message, utc).end();
            }
            Event::Neighbour(message) => blank.object("neighbour").message(message, utc).end(),
            Event::Reply(message) => blank.object("reply").message(message, utc).end(),
            Event::Tagged { message, persona } => blank
                .object("reply")
                .message(message, utc)
                .field("persona", persona)
                .end(),
            Event::Quote(message) => blank.object("quote").message(message, utc).end(),
            Event::SessionRow(row) => rows::session(blank.object("session_row"), row, utc),
            Event::UserRow(row) => rows::user(blank.object("user_row"), row, utc),
            Event::ContextRow(row) => rows::context(blank.object("context_row"), row),
            Event::PersonaRow(row) => rows::persona(blank.object("persona_row"), row),
            Event::MoveRow { number, moved, at } => blank
                .object("move_row")
                .field("number", number)
                .step(moved)
                .field("created_at", utc.format(*at))
                .end(),
            Event::ModelRow { model, current } => blank
                .object("model_row")
                .field("model", model)
                .field("current", current)
                .end(),
            Event::Help(row) => rows::help(blank.object("help"), row),
            Event::End { scope, count } => blank
                .object("end")
                .field("scope", scope.map(Scope::word))
                .field("count", count)
                .end(),
            Event::Cost {
                usage,
                milliseconds,
            } => blank
                .object("cost")
                .field("prompt_tokens", usage.map(|usage| usage.prompt))
                .field("reply_tokens", usage.map(|usage| usage.reply))
                .field("milliseconds", milliseconds)
                .end(),
            Event::Error(error) => tell_error(blank.object("error"), error),
            Event::Notice(text) => blank.note(text),
            event => session::tell(event, blank),
        }
    }
}

fn tell_error(object: Object<'_>, error: &Error) {
    object
        .field("code", error.code())
        .text("error", error)
        .field("hint", error.hint())
        .end();
}
