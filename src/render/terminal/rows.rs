//! The rows of listings other than messages. A `*` marks the current one.

use colored::Colorize;
use unicode_width::UnicodeWidthStr;

use super::super::phrases::{self, fit, pad, put};
use super::super::user_color;
use super::super::visible::visible_line;
use super::page::Page;
use crate::domain::{CommandHelp, ContextPart, PersonaSummary, UserSummary, preview_of};

/// The columns before a message in a context.
const CONTEXT_COLUMNS: usize = 28;

/// The columns of a command in a list of commands.
const USAGE_COLUMNS: usize = 28;

/// The width of a model in a listing of personas.
const MODEL_COLUMNS: usize = 12;

/// The columns before the system prompt of a persona.
pub(super) const PERSONA_INDENT: usize = 2 + PERSONA_COLUMNS + 1 + MODEL_COLUMNS + 1;

/// The width of the name in a listing of personas.
const PERSONA_COLUMNS: usize = 16;

/// How much of a system prompt a listing of personas shows, in characters.
const SYSTEM_CHARACTERS: usize = 46;

pub(super) fn user(row: &UserSummary, last: Option<&str>, out: &mut Vec<u8>) {
    put!(
        out,
        "{} {} {:>6} session{} {:>8} message{}  {}\n",
        mark(row.current),
        pad(&visible_line(row.user.as_str()), 20).color(user_color(&row.user)),
        row.sessions,
        if row.sessions == 1 { " " } else { "s" },
        row.messages,
        if row.messages == 1 { " " } else { "s" },
        last.unwrap_or_default().dimmed()
    );
}

pub(super) fn context(row: &ContextPart<'_>, page: &Page, out: &mut Vec<u8>) {
    let id = phrases::ids(row.ids);
    let id = format!("{:>5}", id.as_deref().unwrap_or("-"));
    let tokens = format!("{:>6} tokens", row.tokens);
    let role = format!("{:<5} ", row.role.word());
    put!(out, "  {} {} {}", id.dimmed(), tokens.dimmed(), role.bold());
    let place = page.place_beside(CONTEXT_COLUMNS);
    place.push(&place.rows(row.content), out);
    out.push(b'\n');
}

pub(super) fn persona(row: &PersonaSummary<'_>, out: &mut Vec<u8>) {
    let model = row.model.map(visible_line).unwrap_or_default();
    let system = preview_of(row.system.unwrap_or_default(), SYSTEM_CHARACTERS);
    put!(
        out,
        "{} {} {} {}\n",
        mark(row.default),
        fit(&visible_line(row.name), PERSONA_COLUMNS).bold(),
        fit(&model, MODEL_COLUMNS),
        visible_line(&system).dimmed()
    );
}

pub(super) fn model(name: &str, current: bool, out: &mut Vec<u8>) {
    put!(out, "{} {}\n", mark(current), visible_line(name));
}

/// Writes a command and what it does: side by side if there is room for that.
pub(super) fn help(row: &CommandHelp<'_>, page: &Page, out: &mut Vec<u8>) {
    let also = match row.aliases {
        [] => String::new(),
        aliases => format!(" (also {})", aliases.join(", ")),
    };
    let text = format!("{}{}", row.summary, also.dimmed());
    let place = page.place_beside(USAGE_COLUMNS);
    put!(out, "{}", row.usage.bold());
    let is_short = row.usage.width() + 2 <= USAGE_COLUMNS;
    if is_short && place.is_beside {
        put!(out, "{:1$}", "", USAGE_COLUMNS - row.usage.width());
    }
    let rows = place.styled_rows(&text);
    if is_short {
        place.push(&rows, out);
    } else {
        place.push_below(&rows, out);
    }
    out.push(b'\n');
}

pub(super) fn mark(is_current: bool) -> char {
    if is_current { '*' } else { ' ' }
}
