//! A list of moves: a table, or a card for each where it has no room.

use colored::Colorize;

use super::super::phrases::{pad, put};
use super::super::receipt;
use super::page::Page;
use crate::domain::{ListedMove, MessageId, Moved};

/// Fewer columns have no room for the table.
const TABLE_COLUMNS: usize = 76;

const NUMBER_COLUMNS: usize = 3;
const WHY_COLUMNS: usize = 7;
const PLACE_COLUMNS: usize = 7;
const MESSAGES_COLUMNS: usize = 16;
const AGE_COLUMNS: usize = 13;

/// What stands below a move begins in this column.
const CARD_INDENT: usize = 6;

fn has_table(page: &Page) -> bool {
    let columns = page.columns();
    columns.is_none_or(|columns| columns >= TABLE_COLUMNS)
}

/// Writes the names of the columns.
pub(super) fn head(page: &Page, out: &mut Vec<u8>) {
    if !has_table(page) {
        return;
    }
    let names = format!(
        "  {:>NUMBER_COLUMNS$} {} {} {} {} {} back with",
        "no.",
        pad("move", WHY_COLUMNS),
        pad("from", PLACE_COLUMNS),
        pad("to", PLACE_COLUMNS),
        pad("messages", MESSAGES_COLUMNS),
        pad("when", AGE_COLUMNS),
    );
    put!(out, "{}\n", names.dimmed());
}

/// Writes a move, with the shortest way back that there is now.
pub(super) fn step(it: &ListedMove<'_>, age: &str, page: &Page, out: &mut Vec<u8>) {
    let (moved, number) = (it.moved, it.number);
    let why = moved.kind.word();
    let way = it.way_now.map(|way| way.to_string());
    let no_way = if it.is_undone {
        "as it is now"
    } else {
        "nothing leads there"
    };
    if has_table(page) {
        let way = way.as_deref().unwrap_or(no_way);
        put!(
            out,
            "  {number:>NUMBER_COLUMNS$} {} {} {} {} {} {way}\n",
            pad(why, WHY_COLUMNS).bold(),
            pad(&place(moved.from), PLACE_COLUMNS),
            pad(&place(moved.to), PLACE_COLUMNS),
            pad(&messages(moved), MESSAGES_COLUMNS),
            pad(age, AGE_COLUMNS).dimmed(),
        );
        return;
    }
    put!(
        out,
        "  {number:>NUMBER_COLUMNS$} {}, {}",
        why.bold(),
        age.dimmed()
    );
    let bare = Moved {
        inverse: None,
        ..moved.clone()
    };
    let place = page.place_below(CARD_INDENT);
    place.push(&place.styled_rows(&receipt::row(&bare)), out);
    let way = way.map(|way| format!("back with {way}"));
    let way = way.as_deref().unwrap_or(no_way);
    place.push(&place.styled_rows(way), out);
    out.push(b'\n');
}

fn place(id: Option<MessageId>) -> String {
    id.map_or_else(|| "none".to_owned(), |id| format!("#{id}"))
}

/// How many messages left the context, and how many came.
fn messages(moved: &Moved) -> String {
    match (moved.gone, moved.back) {
        (0, back) => format!("{back} came"),
        (gone, 0) => format!("{gone} left"),
        (gone, back) => format!("{gone} left, {back} came"),
    }
}
