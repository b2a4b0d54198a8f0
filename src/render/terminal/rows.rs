//! The rows of listings of users, models, personas and commands. A `*` marks the
//! current one.

use colored::Colorize;
use unicode_width::UnicodeWidthStr;

use super::super::phrases::{cut, fit, pad, put};
use super::super::user_color;
use super::super::visible::visible_line;
use super::page::Page;
use crate::domain::{CommandHelp, PersonaSummary, UserSummary, preview_of};

/// The columns of a command in a list of commands.
const USAGE_COLUMNS: usize = 28;

/// Fewer columns have no room for a table of users or personas.
const TABLE_COLUMNS: usize = 60;

/// The columns of a table where the window's are not known.
const USUAL_COLUMNS: usize = 80;

/// The columns of a count of sessions or messages, and of the longest age.
const COUNT_COLUMNS: usize = 8;
const AGE_COLUMNS: usize = 13;

/// What stands below a row begins in this column, where there is no table.
const CARD_INDENT: usize = 4;

/// How much of a system prompt has room in the widest window, in characters.
const SYSTEM_CHARACTERS: usize = 400;

/// The columns of a window; none if it has no room for a table.
fn table_columns(page: &Page) -> Option<usize> {
    let columns = page.columns().unwrap_or(USUAL_COLUMNS);
    (columns >= TABLE_COLUMNS).then_some(columns)
}

/// The columns of a user's name in a table of so many.
fn name_columns(columns: usize) -> usize {
    let others = 2 + 2 * (1 + COUNT_COLUMNS) + 1 + AGE_COLUMNS;
    columns.saturating_sub(others).min(48)
}

/// Writes the names of the columns of users.
pub(super) fn users_head(page: &Page, out: &mut Vec<u8>) {
    if let Some(columns) = table_columns(page) {
        let names = format!(
            "  {} {:>COUNT_COLUMNS$} {:>COUNT_COLUMNS$} last",
            pad("user", name_columns(columns)),
            "sessions",
            "messages"
        );
        put!(out, "{}\n", names.dimmed());
    }
}

/// Writes a user with counts.
pub(super) fn user(row: &UserSummary, age: Option<&str>, page: &Page, out: &mut Vec<u8>) {
    let (mark, color) = (mark(row.current), user_color(&row.user));
    let name = visible_line(row.user.as_str());
    if let Some(columns) = table_columns(page) {
        put!(
            out,
            "{mark} {} {:>COUNT_COLUMNS$} {:>COUNT_COLUMNS$} {}\n",
            fit(&name, name_columns(columns)).color(color),
            row.sessions,
            row.messages,
            age.unwrap_or("-").dimmed()
        );
        return;
    }
    let name = cut(&name, page.columns().unwrap_or(USUAL_COLUMNS) - 2);
    put!(out, "{mark} {}", name.color(color));
    let counted = |count: i64, what: &str| {
        let s = if count == 1 { "" } else { "s" };
        format!("{count} {what}{s}")
    };
    let age = age.map_or_else(String::new, |age| format!(", {age}"));
    let counts = format!(
        "{}, {}{age}",
        counted(row.sessions, "session"),
        counted(row.messages, "message")
    );
    let place = page.place_below(CARD_INDENT);
    place.push(&place.styled_rows(&counts), out);
    out.push(b'\n');
}

/// The columns of the name and of the model of a persona in a table of so many.
fn persona_columns(columns: usize) -> (usize, usize) {
    ((columns / 4).clamp(16, 32), (columns / 6).clamp(12, 28))
}

/// Writes the names of the columns of personas.
pub(super) fn personas_head(page: &Page, out: &mut Vec<u8>) {
    if let Some(columns) = table_columns(page) {
        let (name, model) = persona_columns(columns);
        let names = format!(
            "  {} {} system prompt",
            pad("persona", name),
            pad("model", model)
        );
        put!(out, "{}\n", names.dimmed());
    }
}

/// Writes a persona. That it is the user's own one stands behind its name.
pub(super) fn persona(row: &PersonaSummary<'_>, page: &Page, out: &mut Vec<u8>) {
    let mark = mark(row.current);
    let own = if row.default { " (default)" } else { "" };
    let model = row.model.map(visible_line);
    let system = preview_of(row.system.unwrap_or_default(), SYSTEM_CHARACTERS);
    let system = visible_line(&system);
    let name = |columns: usize| {
        let name = cut(
            &visible_line(row.name),
            columns.saturating_sub(own.len()).max(1),
        );
        let blanks = columns.saturating_sub(name.width() + own.len());
        format!("{}{}{:blanks$}", name.bold(), own.dimmed(), "")
    };
    if let Some(columns) = table_columns(page) {
        let (name_columns, model_columns) = persona_columns(columns);
        let left = columns.saturating_sub(2 + name_columns + 1 + model_columns + 1);
        put!(
            out,
            "{mark} {} {} {}\n",
            name(name_columns),
            fit(model.as_deref().unwrap_or("-"), model_columns),
            cut(&system, left).dimmed()
        );
        return;
    }
    let columns = page.columns().unwrap_or(USUAL_COLUMNS);
    put!(
        out,
        "{mark} {}\n",
        name(columns.saturating_sub(2)).trim_end()
    );
    let below = [model.as_deref().unwrap_or_default(), &system];
    for text in below.iter().filter(|text| !text.is_empty()) {
        let text = cut(text, columns.saturating_sub(CARD_INDENT).max(1));
        put!(out, "{:CARD_INDENT$}{}\n", "", text.dimmed());
    }
}

/// Writes the name of a model, which is broken and not cut: it may be typed again.
pub(super) fn model(name: &str, current: bool, page: &Page, out: &mut Vec<u8>) {
    let place = page.place_below(2);
    let rows = place.styled_rows(&visible_line(name));
    put!(out, "{} ", mark(current));
    for (at, row) in rows.iter().enumerate() {
        let indent = if at > 0 { 2 } else { 0 };
        put!(out, "{:indent$}{row}\n", "");
    }
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

/// What stands before a row.
pub(super) fn mark(is_current: bool) -> char {
    if is_current { '*' } else { ' ' }
}
