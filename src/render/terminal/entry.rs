//! A message as an entry of a listing, and the heading above entries.

use colored::Colorize;

use super::super::mark::mark;
use super::super::phrases::put;
use super::super::time::Local;
use super::super::wrap::columns;
use super::citations::citations;
use super::name;
use super::page::Page;
use crate::domain::{Message, Role};

/// The columns before the id, and those of a role with the blanks behind it.
const TIME_COLUMNS: usize = 11;
const ROLE_COLUMNS: usize = 6;

/// How far the further rows of a heading are indented.
const HEADING_INDENT: usize = 2;

/// How far the further rows of a source are indented.
const SOURCE_INDENT: usize = 4;

/// Writes the session and the day of the entries below.
pub(super) fn heading(message: &Message<'_>, day: &str, page: &Page, out: &mut Vec<u8>) {
    let whose = name::session(message.user, message.session);
    let heading = format!("{whose}  {}", day.dimmed());
    page.place_below(0)
        .push_lines(&heading, HEADING_INDENT, out);
}

/// How a message is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// As one of many.
    Whole,
    /// As the one that was asked for, among its neighbours.
    Marked,
    /// Only its beginning, of which nothing is laid out.
    Beginning,
}

/// Writes a message.
pub(super) fn entry(
    message: &Message<'_>,
    look: Look,
    local: &Local,
    page: &Page,
    out: &mut Vec<u8>,
) {
    let clock = local.clock(message.time());
    let id = format!("#{}", message.id);
    let id = format!("{id:>5}");
    let word = message.role.word();
    let role = match message.role {
        Role::User => word.bold(),
        Role::Ai => word.normal(),
        Role::System => word.italic(),
    };
    let role_columns = ROLE_COLUMNS.max(word.len() + 1);
    let place = page.place_beside(TIME_COLUMNS + id.len() + 1 + role_columns);
    match look {
        Look::Marked => put!(
            out,
            "{} {} {} {role}",
            ">".bold(),
            clock.dimmed(),
            id.bold()
        ),
        _ => put!(out, "  {} {} {role}", clock.dimmed(), id.dimmed()),
    }
    let is_empty = message.content.is_empty();
    if place.is_beside || is_empty {
        put!(out, "{:1$}", "", role_columns - word.len());
    }
    let rows = match is_empty {
        true => Vec::new(),
        false if look == Look::Beginning => place.rows(message.content),
        false => page.rows_of(message, place),
    };
    place.push(&rows, out);
    if let Some(mark) = mark(message) {
        let mark = format!("[{mark}]");
        let last = rows.last().map_or(0, |row| columns(row) + 1);
        if !place.has_room(last + mark.len()) {
            put!(out, "\n{:1$}", "", place.indent);
        } else if !is_empty {
            out.push(b' ');
        }
        put!(out, "{}", mark.dimmed());
    }
    out.push(b'\n');
    let mut sources = Vec::new();
    citations(message, "", &mut sources);
    place.push_lines(&String::from_utf8_lossy(&sources), SOURCE_INDENT, out);
}
