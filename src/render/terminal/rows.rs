//! The rows of listings other than messages. A `*` marks the current one.

use colored::Colorize;
use unicode_width::UnicodeWidthStr;

use super::super::phrases::{self, cut, fit, pad, put};
use super::super::receipt;
use super::super::user_color;
use super::super::visible::visible_line;
use super::page::Page;
use crate::domain::{
    CommandHelp, ContextPart, Moved, PersonaSummary, SessionSummary, UserSummary, preview_of,
};

/// The columns before a message in a context.
const CONTEXT_COLUMNS: usize = 28;

/// The columns of a command in a list of commands.
const USAGE_COLUMNS: usize = 28;

/// The widths of owner, title and model in a listing of sessions, so that a row
/// has 79 columns.
const OWNER_COLUMNS: usize = 8;
const TITLE_COLUMNS: usize = 20;
const MODEL_COLUMNS: usize = 12;

/// Fewer columns have no room for such a row.
pub(super) const TABLE_COLUMNS: usize = 79;

/// The width of a title in a row with an owner in place of a number.
const SHORT_TITLE_COLUMNS: usize = TITLE_COLUMNS + 3 - OWNER_COLUMNS;

/// The columns before what a move did, and before the system prompt of a persona.
pub(super) const STEP_COLUMNS: usize = 31;
pub(super) const PERSONA_INDENT: usize = 2 + PERSONA_COLUMNS + 1 + MODEL_COLUMNS + 1;

/// The width of the name in a listing of personas.
const PERSONA_COLUMNS: usize = 16;

/// How much of a system prompt a listing of personas shows, in characters.
const SYSTEM_CHARACTERS: usize = 46;

/// Writes the heading of a listing of sessions: the user's own have numbers, those of all users have owners.
pub(super) fn sessions(are_numbered: bool, out: &mut Vec<u8>) {
    let whose = if are_numbered {
        format!("{:>3}", "no.")
    } else {
        pad("user", OWNER_COLUMNS)
    };
    let heading = format!(
        "  {whose} {:<8} {} {:>7} {:>5} {} last",
        "id",
        pad("title", title_width(are_numbered)),
        "context",
        "log",
        pad("model", MODEL_COLUMNS)
    );
    put!(out, "{}\n", heading.dimmed());
}

fn title_width(are_numbered: bool) -> usize {
    if are_numbered {
        TITLE_COLUMNS
    } else {
        SHORT_TITLE_COLUMNS
    }
}

/// Writes a session as a row of a table, or as a few lines where that has no room.
pub(super) fn session(row: &SessionSummary<'_>, last: &str, page: &Page, out: &mut Vec<u8>) {
    let whose = match row.number {
        Some(number) => format!("{number:>3}"),
        None => fit(&visible_line(row.user.as_str()), OWNER_COLUMNS)
            .color(user_color(row.user))
            .to_string(),
    };
    let title = row.name().unwrap_or_default();
    let title = match row.persona {
        Some(persona) => format!("{persona}: {title}"),
        None => title.into_owned(),
    };
    let title = visible_line(&title);
    let paint = |title: String| match row.title {
        Some(_) => title.bold(),
        None => title.normal(),
    };
    let id = row.session.short();
    let model = visible_line(row.model);
    put!(out, "{} {whose} {} ", mark(row.current), id.dimmed());
    match page.columns().filter(|columns| *columns < TABLE_COLUMNS) {
        None => {
            let title = fit(&title, title_width(row.number.is_some()));
            put!(
                out,
                "{} {:>7} {:>5} {} {}\n",
                paint(title),
                row.context,
                row.messages,
                fit(&model, MODEL_COLUMNS),
                last.dimmed()
            );
        }
        Some(columns) => {
            let whose_columns = row.number.map_or(OWNER_COLUMNS, |_| 3);
            let taken = 2 + whose_columns + 1 + id.len() + 1;
            let title = cut(&title, columns.saturating_sub(taken).max(1));
            let counts = format!(
                "{} in the context, {} in the log, {model}, {last}",
                row.context, row.messages
            );
            let place = page.place_below(2 + whose_columns + 1);
            put!(out, "{}", paint(title));
            place.push(&place.styled_rows(&counts), out);
            out.push(b'\n');
        }
    }
}

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

pub(super) fn step(number: u64, moved: &Moved, time: &str, out: &mut Vec<u8>) {
    let why = format!("{:<5}", moved.kind.word());
    let did = receipt::row(moved);
    put!(out, "{number:>4} {} {} {did}\n", time.dimmed(), why.bold());
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

fn mark(is_current: bool) -> char {
    if is_current { '*' } else { ' ' }
}
