//! What a model is sent: a table, or a card for each message where it has no room.

use colored::Colorize;

use super::super::phrases::{self, put};
use super::page::Page;
use crate::domain::{ContextPart, Role};

const ID_COLUMNS: usize = 9;
const TOKENS_COLUMNS: usize = 6;
const ROLE_COLUMNS: usize = 6;

/// The columns before the text of a message.
const COLUMNS_BEFORE: usize = 2 + ID_COLUMNS + 1 + TOKENS_COLUMNS + 1 + ROLE_COLUMNS + 1;

/// Writes the names of the columns.
pub(super) fn head(page: &Page, out: &mut Vec<u8>) {
    if page.place_beside(COLUMNS_BEFORE).is_beside {
        let names = format!("  {:>ID_COLUMNS$} tokens role   text", "id");
        put!(out, "{}\n", names.dimmed());
    }
}

/// Writes a part of a context.
pub(super) fn part(row: &ContextPart<'_>, page: &Page, out: &mut Vec<u8>) {
    let id = id(row);
    let word = row.role.word();
    let role = match row.role {
        Role::System => word.italic(),
        Role::User => word.bold(),
        Role::Ai => word.normal(),
    };
    let place = page.place_beside(COLUMNS_BEFORE);
    if place.is_beside {
        let id = format!("{id:>ID_COLUMNS$}");
        let tokens = format!("{:>TOKENS_COLUMNS$}", row.tokens);
        let blanks = " ".repeat((ROLE_COLUMNS + 1).saturating_sub(word.len()));
        put!(out, "  {} {} {role}{blanks}", id.dimmed(), tokens.dimmed());
    } else {
        let tokens = format!("{} tokens", row.tokens);
        put!(out, "  {} {role} {}", id.dimmed(), tokens.dimmed());
    }
    place.push(&place.rows(row.content), out);
    out.push(b'\n');
}

/// The ids of a part: of many that are sent as one the first, with an ellipsis.
fn id(row: &ContextPart<'_>) -> String {
    match phrases::ids(row.ids) {
        None => "-".to_owned(),
        Some(ids) if ids.len() <= ID_COLUMNS => ids,
        Some(_) => format!("{}…", phrases::ids(&row.ids[..1]).unwrap_or_default()),
    }
}
