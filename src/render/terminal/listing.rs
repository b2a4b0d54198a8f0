//! A listing while it is written: which heading its rows stand under.

use super::super::time::Local;
use super::entry::Look;
use super::page::Page;
use super::{contexts, entry, hits, moves, rows, sessions, stats};
use crate::domain::{
    ContextPart, HeatRow, Hit, ListedMove, Message, PersonaSummary, ReplyDetails, Role, SessionId,
    SessionSummary, StatRow, Timestamp, UserSummary, Zone, preview_of,
};

/// How much of a message is shown where only its beginning is wanted, in characters.
const PREVIEW_CHARACTERS: usize = 46;

/// Writes the rows of listings, with their headings.
pub(super) struct ListingDisplay {
    /// In which zone times are shown, unless a listing says otherwise.
    zone: Zone,
    /// The zone of this listing; it is looked up when a time is shown first.
    local: Option<Local>,
    /// What the last row stands under.
    heading: Option<Heading>,
    /// When the last message was said that was shown.
    last_at: Option<Timestamp>,
}

enum Heading {
    /// A session and the day on which it was spoken in.
    Day(SessionId, String),
    /// The columns of a list of sessions.
    Sessions,
    /// The same, and the current one, which is none of the list.
    Here,
    /// The columns of a list of moves.
    Moves,
    /// The columns of a list of users.
    Users,
    /// The columns of a list of personas.
    Personas,
    /// The columns of a context.
    Parts,
    /// The columns of what was counted.
    Stats,
    /// The hours of a day.
    Hours,
}

impl ListingDisplay {
    pub(super) fn new(zone: Zone) -> Self {
        Self {
            zone,
            local: None,
            heading: None,
            last_at: None,
        }
    }

    /// The rest of this listing has its times in this zone.
    pub(super) fn show_times_in(&mut self, zone: Zone) {
        self.local = Some(Local::of(zone));
    }

    /// Writes a message, under a heading that changes with session and day. A question
    /// begins a turn, which is set apart from the one before.
    pub(super) fn message(&mut self, message: &Message<'_>, page: &Page, out: &mut Vec<u8>) {
        self.begin(
            message,
            page.sets_apart && message.role == Role::User,
            page,
            out,
        );
        let local = self.local.get_or_insert_with(|| Local::of(self.zone));
        entry::entry(message, Look::Whole, local, page, out);
    }

    /// Writes the message that was asked for.
    pub(super) fn shown(&mut self, message: &Message<'_>, page: &Page, out: &mut Vec<u8>) {
        self.begin(message, false, page, out);
        let local = self.local.get_or_insert_with(|| Local::of(self.zone));
        entry::entry(message, Look::Marked, local, page, out);
    }

    /// Writes a message that was found.
    pub(super) fn hit(&mut self, it: &Hit<'_>, page: &Page, out: &mut Vec<u8>) {
        let local = self.local.get_or_insert_with(|| Local::of(self.zone));
        let when = local.date_and_clock(it.message.time());
        hits::hit(it, &when, page, out);
    }

    /// Writes the beginning of a message.
    pub(super) fn preview(&mut self, message: &Message<'_>, page: &Page, out: &mut Vec<u8>) {
        let content = preview_of(message.content, PREVIEW_CHARACTERS);
        let message = Message {
            content: &content,
            details: ReplyDetails {
                citations: None,
                ..message.details
            },
            ..*message
        };
        self.begin(&message, false, page, out);
        let local = self.local.get_or_insert_with(|| Local::of(self.zone));
        entry::entry(&message, Look::Beginning, local, page, out);
    }

    /// Writes what stands before an entry.
    fn begin(&mut self, message: &Message<'_>, is_set_apart: bool, page: &Page, out: &mut Vec<u8>) {
        let local = self.local.get_or_insert_with(|| Local::of(self.zone));
        let day = local.date(message.time());
        let last_at = self.last_at.replace(message.time());
        let session = message.session;
        let is_first = !matches!(self.heading, Some(Heading::Day(..)));
        if matches!(&self.heading, Some(Heading::Day(at, on)) if *at == session && *on == day) {
            if is_set_apart {
                out.push(b'\n');
            }
            return;
        }
        if page.sets_apart && !is_first {
            out.push(b'\n');
        }
        let gap = last_at.and_then(|last| local.gap(last, message.time()));
        let gap = gap.map_or_else(String::new, |gap| format!(", {gap}"));
        entry::heading(message, &format!("{day}{gap}"), page, out);
        self.heading = Some(Heading::Day(session, day));
    }

    /// Writes a session; the first one stands under a head.
    pub(super) fn session(
        &mut self,
        row: &SessionSummary<'_>,
        now: Timestamp,
        page: &Page,
        out: &mut Vec<u8>,
    ) {
        // A listing that was interrupted has no end; the next one has a first row.
        let is_first = row.number == Some(1) && !matches!(self.heading, Some(Heading::Here));
        if is_first || !matches!(self.heading, Some(Heading::Sessions | Heading::Here)) {
            sessions::head(row.number.is_some(), page, out);
        }
        self.heading = Some(Heading::Sessions);
        self.row(row, row.number.is_some(), now, page, out);
    }

    /// Writes the current session above a list that it is none of.
    pub(super) fn here(
        &mut self,
        row: &SessionSummary<'_>,
        is_own: bool,
        now: Timestamp,
        page: &Page,
        out: &mut Vec<u8>,
    ) {
        sessions::head(is_own, page, out);
        self.heading = Some(Heading::Here);
        self.row(row, is_own, now, page, out);
    }

    fn row(
        &mut self,
        row: &SessionSummary<'_>,
        is_own: bool,
        now: Timestamp,
        page: &Page,
        out: &mut Vec<u8>,
    ) {
        let local = self.local.get_or_insert_with(|| Local::of(self.zone));
        sessions::session(row, is_own, &local.age(row.last_at, now), page, out);
    }

    /// Writes a user; the first one stands under a head.
    pub(super) fn user(
        &mut self,
        row: &UserSummary,
        now: Timestamp,
        page: &Page,
        out: &mut Vec<u8>,
    ) {
        if !matches!(self.heading, Some(Heading::Users)) {
            rows::users_head(page, out);
            self.heading = Some(Heading::Users);
        }
        let local = self.local.get_or_insert_with(|| Local::of(self.zone));
        let age = row.last_at.map(|last| local.age(last, now));
        rows::user(row, age.as_deref(), page, out);
    }

    /// Writes a persona; the first one stands under a head.
    pub(super) fn persona(&mut self, row: &PersonaSummary<'_>, page: &Page, out: &mut Vec<u8>) {
        if !matches!(self.heading, Some(Heading::Personas)) {
            rows::personas_head(page, out);
            self.heading = Some(Heading::Personas);
        }
        rows::persona(row, page, out);
    }

    /// Writes a part of a context; the first one stands under a head.
    pub(super) fn part(&mut self, row: &ContextPart<'_>, page: &Page, out: &mut Vec<u8>) {
        if !matches!(self.heading, Some(Heading::Parts)) {
            contexts::head(page, out);
            self.heading = Some(Heading::Parts);
        }
        contexts::part(row, page, out);
    }

    /// Writes what was counted; the first row stands under a head.
    pub(super) fn stat(&mut self, row: &StatRow<'_>, page: &Page, out: &mut Vec<u8>) {
        if row.by.is_none() {
            stats::all(row, page, out);
            return;
        }
        if !matches!(self.heading, Some(Heading::Stats)) {
            stats::head(row, page, out);
            self.heading = Some(Heading::Stats);
        }
        stats::row(row, page, out);
    }

    /// Writes a day of the week; the first one stands under a head.
    pub(super) fn heat(&mut self, row: HeatRow<'_>, page: &Page, out: &mut Vec<u8>) {
        if !matches!(self.heading, Some(Heading::Hours)) {
            stats::hours(page, out);
            self.heading = Some(Heading::Hours);
        }
        stats::day(row, page, out);
    }

    /// Writes a move; the first one stands under a head.
    pub(super) fn step(
        &mut self,
        it: &ListedMove<'_>,
        now: Timestamp,
        page: &Page,
        out: &mut Vec<u8>,
    ) {
        if it.number == 1 || !matches!(self.heading, Some(Heading::Moves)) {
            moves::head(page, out);
            self.heading = Some(Heading::Moves);
        }
        let local = self.local.get_or_insert_with(|| Local::of(self.zone));
        moves::step(it, &local.age(it.at, now), page, out);
    }

    /// The listing has come to its end, or was interrupted.
    pub(super) fn end(&mut self) {
        *self = Self::new(self.zone);
    }
}
