//! Sessions to choose from.

use colored::Colorize;
use unicode_width::UnicodeWidthStr;

use super::super::age::age_in_words;
use super::super::phrases::{fit, put};
use super::super::visible::visible_line;
use super::page::Page;
use crate::domain::SessionChoices;

/// The longest name, in columns, and the shortest that a narrow window leaves.
const LONGEST_NAME: usize = 60;
const SHORTEST_NAME: usize = 8;

/// The columns of an id and of the blanks between the columns of a row.
const ID_AND_BLANKS: usize = 8 + 2 + 2 + 2;

/// Stands for the name of a session in which nothing was said.
const NAMELESS: &str = "nothing said yet";

/// Writes sessions with their numbers, each in a row, and how many more there are.
pub(super) fn choices(it: &SessionChoices, page: &Page, out: &mut Vec<u8>) {
    let rows = it.found.iter().map(|found| {
        let name = found.name.as_deref().map(visible_line);
        let here = if found.is_current { ", current" } else { "" };
        let age = format!("{}{here}", age_in_words(found.age));
        (found.session.short(), name, age)
    });
    let rows: Vec<_> = rows.collect();
    let digits = rows.len().to_string().len();
    let age = rows
        .iter()
        .map(|(_, _, age)| age.width())
        .max()
        .unwrap_or(0);
    let taken = digits + ID_AND_BLANKS + age;
    let room = page
        .columns()
        .map_or(LONGEST_NAME, |columns| columns.saturating_sub(taken));
    let name_of = |name: &Option<String>| name.clone().unwrap_or_else(|| NAMELESS.to_owned());
    let wanted = rows.iter().map(|(_, name, _)| name_of(name).width()).max();
    let columns = wanted
        .unwrap_or(0)
        .min(room.clamp(SHORTEST_NAME, LONGEST_NAME));
    for (at, (id, name, age)) in rows.iter().enumerate() {
        let shown = fit(&name_of(name), columns);
        let shown = if name.is_some() {
            shown.normal()
        } else {
            shown.dimmed()
        };
        let number = at + 1;
        put!(
            out,
            "{number:>digits$}  {}  {shown}  {}\n",
            id.dimmed(),
            age.dimmed()
        );
    }
    if it.more > 0 {
        let hint = if it.first_is_likely {
            "`/sessions` lists all"
        } else {
            "more words find fewer"
        };
        let more = format!("… {} more; {hint}", it.more);
        put!(out, "{}\n", more.dimmed());
    }
}
