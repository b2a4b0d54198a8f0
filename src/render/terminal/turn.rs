//! What stands behind a turn: a rule with what it took, and a blank line.

use colored::Colorize;
use unicode_width::UnicodeWidthStr;

use super::super::Outbox;
use super::super::phrases::{self, cut, put};
use super::super::time::Local;
use super::super::visible::visible_line;
use super::line::aside;
use super::page::Page;
use crate::domain::{Error, Event, ReplyCost, Timestamp, Usage, Zone};

/// What the rule begins with.
const BEGIN: &str = "── ";

/// Notes how turns end.
pub(super) struct TurnDisplay {
    /// One has ended since this was asked last.
    has_ended: bool,
    /// When the last reply was written, and by which model.
    reply: Option<(Timestamp, String)>,
    /// In which zone times are shown.
    zone: Zone,
    local: Option<Local>,
}

impl TurnDisplay {
    pub(super) fn new(zone: Zone) -> Self {
        Self {
            has_ended: false,
            reply: None,
            zone,
            local: None,
        }
    }

    /// Notes what an event says about turns.
    pub(super) fn note(&mut self, event: &Event<'_>) {
        match event {
            Event::Reply { message, .. } | Event::Tagged { message, .. } => {
                self.has_ended = true;
                let model = visible_line(message.model.unwrap_or_default());
                self.reply = Some((message.created_at, model));
            }
            Event::Error(Error::Unanswered(..) | Error::Asked(..)) => self.has_ended = true,
            _ => {}
        }
    }

    /// Whether a turn has ended since this was asked last.
    pub(super) fn take_has_ended(&mut self) -> bool {
        std::mem::take(&mut self.has_ended)
    }

    /// Writes what a reply took, as a rule if the columns of the page are known.
    pub(super) fn rule(&mut self, cost: &ReplyCost, page: &Page, outbox: &mut Outbox) {
        let Some((columns, (at, model))) = page.columns().zip(self.reply.as_ref()) else {
            aside(&phrases::cost(cost), outbox);
            return;
        };
        let local = self.local.get_or_insert_with(|| Local::of(self.zone));
        let clock = local.clock(*at);
        let tenths = cost.milliseconds / 100;
        let seconds = format!("{}.{} s", tenths / 10, tenths % 10);
        let mut parts = vec![clock, model.clone()];
        if let Some(Usage { prompt, reply }) = cost.usage {
            parts.push(format!("{prompt} tokens in, {reply} out"));
        }
        parts.push(seconds);
        parts.retain(|part| !part.is_empty());
        let text = format!("{BEGIN}{} ", parts.join(" · "));
        let text = cut(&text, columns);
        let rest = columns.saturating_sub(text.width());
        let rule = format!("{text}{}", "─".repeat(rest));
        put!(outbox.note(), "{}\n", rule.dimmed());
    }
}
