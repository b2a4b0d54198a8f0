//! A list of sessions: a table as wide as the window, or cards where it has no room.

use colored::Colorize;
use unicode_width::UnicodeWidthStr;

use super::super::phrases::{cut, fit, pad, put};
use super::super::user_color;
use super::super::visible::visible_line;
use super::page::Page;
use super::rows::mark;
use crate::domain::{SessionSummary, preview_of};

/// The columns of a table where the window's are not known.
const USUAL_COLUMNS: usize = 80;

/// Titles with fewer columns would say nothing: there are cards instead.
const FEWEST_TITLE_COLUMNS: usize = 16;

/// How much of the first words a title column has room for at most, in characters.
const WORDS: usize = 200;

const NUMBER_COLUMNS: usize = 3;
const ID_COLUMNS: usize = 8;
const CONTEXT_COLUMNS: usize = 7;
const LOG_COLUMNS: usize = 5;

/// The longest age: `in the future`.
const AGE_COLUMNS: usize = 13;

/// The widths of the columns that depend on the window; the title has what is left.
#[derive(Clone, Copy)]
struct Layout {
    whose: usize,
    title: usize,
    answered_by: usize,
}

impl Layout {
    /// The widths in a window; none if it has no room for a table.
    fn of(page: &Page, is_numbered: bool) -> Option<Self> {
        let columns = page.columns().unwrap_or(USUAL_COLUMNS);
        let whose = if is_numbered {
            NUMBER_COLUMNS
        } else {
            (columns / 10).clamp(8, 20)
        };
        let answered_by = (columns / 6).clamp(12, 28);
        // Between any two there is a blank.
        let before = 2 + whose + 1 + ID_COLUMNS + 1;
        let behind = 1 + CONTEXT_COLUMNS + 1 + LOG_COLUMNS + 1 + answered_by + 1 + AGE_COLUMNS;
        let title = columns.checked_sub(before + behind)?;
        (title >= FEWEST_TITLE_COLUMNS).then_some(Self {
            whose,
            title,
            answered_by,
        })
    }
}

/// Writes what stands above the table: what its columns mean, and their names.
pub(super) fn head(is_numbered: bool, page: &Page, out: &mut Vec<u8>) {
    let Some(layout) = Layout::of(page, is_numbered) else {
        return;
    };
    let whose = if is_numbered {
        format!("{:>1$}", "no.", layout.whose)
    } else {
        pad("user", layout.whose)
    };
    let names = format!(
        "  {whose} {} {} {:>CONTEXT_COLUMNS$} {:>LOG_COLUMNS$} {} last",
        pad("id", ID_COLUMNS),
        pad("title", layout.title),
        "context",
        "log",
        pad("answered by", layout.answered_by),
    );
    let meaning = "  context: what the model sees, log: what was said";
    put!(out, "{}\n{}\n", meaning.dimmed(), names.dimmed());
}

/// Writes a session as a row of the table, or as a card.
pub(super) fn session(
    row: &SessionSummary<'_>,
    is_own: bool,
    age: &str,
    page: &Page,
    out: &mut Vec<u8>,
) {
    let title = title(row);
    let paint = |title: String| match row.title {
        Some(_) => title.bold(),
        None => title.normal(),
    };
    let layout = Layout::of(page, is_own);
    let owner = visible_line(row.user.as_str());
    let whose = match (row.number, layout) {
        (Some(number), _) => format!("{number:>NUMBER_COLUMNS$}"),
        (None, _) if is_own => " ".repeat(NUMBER_COLUMNS),
        (None, Some(layout)) => fit(&owner, layout.whose),
        (None, None) => cut(&owner, page.columns().unwrap_or(USUAL_COLUMNS) / 4),
    };
    let (id, whose_columns) = (row.session.short(), whose.width());
    let whose = if is_own {
        whose.normal()
    } else {
        whose.color(user_color(row.user))
    };
    put!(out, "{} {whose} {} ", mark(row.current), id.dimmed());
    let answered_by = row.answered_by.map(visible_line);
    if let Some(layout) = layout {
        let counts = format!(
            "{:>CONTEXT_COLUMNS$} {:>LOG_COLUMNS$}",
            row.context, row.messages
        );
        // A number that is wider than its column takes the room from the title.
        let wider = whose_columns.saturating_sub(layout.whose) + counts.len()
            - (CONTEXT_COLUMNS + 1 + LOG_COLUMNS);
        let title = match fork_of(row) {
            Some(fork_of) => format!("{title} ({fork_of})"),
            None => title,
        };
        let title = fit(&title, layout.title.saturating_sub(wider).max(1));
        let answered_by = fit(answered_by.as_deref().unwrap_or("-"), layout.answered_by);
        put!(
            out,
            "{} {counts} {answered_by} {}\n",
            paint(title),
            age.dimmed()
        );
        return;
    }
    let indent = 2 + whose_columns + 1;
    let left = page.columns().unwrap_or(USUAL_COLUMNS);
    let title = cut(&title, left.saturating_sub(indent + id.len() + 1).max(1));
    let answered = answered_by.map_or_else(String::new, |model| format!("{model} answered, "));
    let fork_of = fork_of(row).map_or_else(String::new, |fork_of| format!("{fork_of}, "));
    let counts = format!(
        "{fork_of}{} in the context, {} in the log, {answered}{age}",
        row.context, row.messages
    );
    let place = page.place_below(indent);
    put!(out, "{}", paint(title));
    place.push(&place.styled_rows(&counts), out);
    out.push(b'\n');
}

/// What a session is called: its title, what it is a fork of, or its first words.
fn title(row: &SessionSummary<'_>) -> String {
    let name = match (row.title, row.fork_of()) {
        (Some(title), _) => title.to_owned(),
        (None, Some(fork_of)) => fork_of,
        (None, None) => preview_of(row.preview.unwrap_or_default(), WORDS),
    };
    match row.persona {
        Some(persona) => visible_line(&format!("{persona}: {name}")),
        None => visible_line(&name),
    }
}

/// What a session is a fork of, if its title does not say so.
fn fork_of(row: &SessionSummary<'_>) -> Option<String> {
    let fork_of = row.title.and_then(|_| row.fork_of())?;
    Some(visible_line(&fork_of))
}
