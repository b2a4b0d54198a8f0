//! Text for a person at a terminal: colours, local times, headings.

mod choices;
mod citations;
mod contexts;
mod entry;
mod hits;
mod line;
mod listing;
mod moves;
mod name;
mod options;
mod page;
mod reasoning_text;
mod reply;
mod rows;
mod session;
mod sessions;
mod setting;
mod stats;
mod taken;
mod turn;

use colored::Colorize;

use super::copied;
use super::exported;
use super::granted;
use super::imported;
use super::info;
use super::phrases::{self, push_error, put};
use super::setting::receipt;
use super::taken as phrase;
use super::visible::{visible, visible_line};
use super::{Outbox, Renderer};
use crate::domain::{Error, Event, Message, Progress, Timestamp, Work};
use line::{aside, say};
use listing::ListingDisplay;
use page::Page;
use reply::ReplyDisplay;
use turn::TurnDisplay;

pub(crate) use options::TerminalOptions;

/// Renders events for a person.
pub(crate) struct Terminal {
    /// The name of the input and the number of the line, unless lines are typed.
    place: Option<(String, u64)>,
    reply: ReplyDisplay,
    turn: TurnDisplay,
    listing: ListingDisplay,
    options: TerminalOptions,
    /// Tells what time it is, by which ages are told.
    clock: fn() -> Timestamp,
}

impl Terminal {
    /// `source` names the input in errors; none at a prompt.
    pub(crate) fn new(
        source: Option<&str>,
        options: TerminalOptions,
        clock: fn() -> Timestamp,
    ) -> Self {
        Self {
            place: source.map(|source| (visible_line(source), 0)),
            reply: ReplyDisplay::new(options),
            turn: TurnDisplay::new(options.zone),
            listing: ListingDisplay::new(options.zone),
            options,
            clock,
        }
    }

    fn tagged(&mut self, message: &Message<'_>, persona: Option<&str>, outbox: &mut Outbox) {
        let whose = name::session(message.user, message.session);
        let persona = name::persona(persona);
        put!(outbox.answer(), "{whose}{persona}\n");
        self.reply.show_whole(message, outbox);
    }

    fn error(&self, error: &Error, out: &mut Vec<u8>) {
        match &self.place {
            Some((source, line)) => put!(out, "{source}:{line}: "),
            None => put!(out, "{} ", "error:".red().bold()),
        }
        push_error(error, out);
        out.push(b'\n');
    }
}

impl Renderer for Terminal {
    fn at_line(&mut self, number: u64) {
        if let Some((_, line)) = &mut self.place {
            *line = number;
        }
    }

    fn show_as(&mut self, options: TerminalOptions) {
        self.options = options;
        self.reply = ReplyDisplay::new(options);
    }

    fn progress(&mut self, progress: Progress<'_>, outbox: &mut Outbox) {
        self.reply.progress(progress, outbox);
    }

    fn work(&mut self, work: Option<&Work<'_>>, outbox: &mut Outbox) {
        self.reply.work(work, outbox);
    }

    fn before_prompt(&mut self, said: bool, outbox: &mut Outbox) {
        self.listing.end();
        if self.turn.take_has_ended() || said {
            let page = Page::new(&self.options);
            if page.sets_apart {
                outbox.answer().push(b'\n');
            }
        }
    }

    fn render(&mut self, event: &Event<'_>, outbox: &mut Outbox) {
        if let Event::Awaited(all) = event {
            self.reply.awaits(all);
            return;
        }
        self.reply.settle(event, outbox);
        self.turn.note(event);
        let page = Page::new(&self.options);
        match event {
            Event::Reply { message, .. } => self.reply.show(message, outbox),
            Event::Tagged {
                message, persona, ..
            } => self.tagged(message, *persona, outbox),
            Event::Message(it) => self.listing.message(it, &page, outbox.answer()),
            Event::Hit(it) => self.listing.hit(it, &page, outbox.answer()),
            Event::Shown(it) => self.listing.shown(it, &page, outbox.answer()),
            Event::Neighbour(it) => self.listing.preview(it, &page, outbox.answer()),
            Event::SessionRow(row) => {
                let now = (self.clock)();
                self.listing.session(row, now, &page, outbox.answer());
            }
            Event::Here { row, is_own, .. } => {
                let now = (self.clock)();
                self.listing.here(row, *is_own, now, &page, outbox.answer());
            }
            Event::MoveRow(it) => {
                let now = (self.clock)();
                self.listing.step(it, now, &page, outbox.answer());
            }
            Event::UserRow(row) => {
                let now = (self.clock)();
                self.listing.user(row, now, &page, outbox.answer());
            }
            Event::ContextRow(row) => self.listing.part(row, &page, outbox.answer()),
            Event::PersonaRow(row) => self.listing.persona(row, &page, outbox.answer()),
            Event::StatRow(row) => self.listing.stat(row, &page, outbox.answer()),
            Event::HeatRow(row) => self.listing.heat(*row, &page, outbox.answer()),
            Event::ModelRow { model, current } => {
                rows::model(model, *current, &page, outbox.answer());
            }
            Event::Help(row) => rows::help(row, &page, outbox.answer()),
            Event::Choices(it) => choices::choices(it, &page, outbox.answer()),
            Event::CodeRow(text) => taken::row(text, &page, outbox.answer()),
            Event::Code(text) => taken::code(text, outbox.answer()),
            Event::ExportedText(text) => {
                let text = visible(text);
                outbox.answer().extend_from_slice(text.as_bytes());
            }
            Event::Setting(it) => setting::row(it, &page, outbox.answer()),
            Event::Cost(it) => self.turn.rule(it, &page, outbox),
            _ => {
                let mut written = Outbox::default();
                self.write(event, &mut written);
                page.append(&written, hanging(event), outbox);
            }
        }
    }
}

impl Terminal {
    /// Writes an event in lines that are not wrapped.
    fn write(&mut self, event: &Event<'_>, outbox: &mut Outbox) {
        match event {
            Event::User(it) => session::user(it, outbox.answer()),
            Event::Start(it) => session::start(it, outbox),
            Event::Resume(it) => session::resume(it, outbox.answer()),
            Event::Fork(it) => session::fork(it, outbox.answer()),
            Event::Archive(it) => session::archive(it, outbox),
            Event::Rename(it) => session::rename(it, outbox),
            Event::Model(it) => session::model(it, outbox),
            Event::System(it) => session::system(it, outbox),
            Event::Move(it) => session::moved(it, outbox),
            Event::Clear(it) => session::clear(it, outbox),
            Event::Context(it) => session::size(it, outbox),
            Event::Quote(it) => say(phrases::quotation(it.id), outbox),
            Event::Zone(zone) => self.listing.show_times_in(*zone),
            Event::End { .. } => self.listing.end(),
            Event::Copy { text, to } => say(visible_line(&phrase::copied(text, *to)), outbox),
            Event::Saved { text, path } => say(visible_line(&phrase::saved(text, path)), outbox),
            Event::Granted(it) => {
                for line in granted::lines(it) {
                    say(visible_line(&line), outbox);
                }
            }
            Event::Imported(it) => {
                for line in imported::lines(it) {
                    say(visible_line(&line), outbox);
                }
            }
            Event::Broken(it) => aside(&visible_line(&imported::broken(it)), outbox),
            Event::Exported(it) => {
                for line in exported::lines(it) {
                    put!(exported::stream(it, outbox), "{}\n", visible_line(&line));
                }
            }
            Event::StoreCopied(it) => {
                for line in copied::lines(it) {
                    say(visible_line(&line), outbox);
                }
            }
            Event::SettingChange(it) => say(visible_line(&receipt(it)), outbox),
            Event::Info(it) => info::lines(it, outbox.answer()),
            Event::Clock(doubt) => aside(&phrases::clock(doubt), outbox),
            Event::Notice(text) => aside(&visible_line(text), outbox),
            Event::Error(error) => self.error(error, outbox.note()),
            // A beginning was shown as it came; the others are wrapped where they are written.
            Event::Beginning { .. }
            | Event::Awaited(_)
            | Event::Reply { .. }
            | Event::Tagged { .. }
            | Event::Message(_)
            | Event::Hit(_)
            | Event::Shown(_)
            | Event::Neighbour(_)
            | Event::SessionRow(_)
            | Event::Here { .. }
            | Event::MoveRow(_)
            | Event::ContextRow(_)
            | Event::PersonaRow(_)
            | Event::UserRow(_)
            | Event::StatRow(_)
            | Event::HeatRow(_)
            | Event::ModelRow { .. }
            | Event::Help(_)
            | Event::Choices(_)
            | Event::CodeRow(_)
            | Event::Code(_)
            | Event::ExportedText(_)
            | Event::Setting(_)
            | Event::Cost(_) => {}
        }
    }
}

/// How far the further rows of an event's lines are indented.
fn hanging(event: &Event<'_>) -> usize {
    match event {
        // The prompt itself, not that it was set.
        Event::System(it) if !it.changed => 0,
        _ => 2,
    }
}

#[cfg(test)]
mod tests;
