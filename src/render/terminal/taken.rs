//! Texts that leave the program.

use colored::Colorize;

use super::super::phrases::{cut, pad, put};
use super::super::taken::first_line;
use super::super::visible::{push_body, visible_line};
use super::page::Page;
use crate::domain::{TakenText, preview_of};

/// The columns of a language in a list of blocks of code, and those before a block's
/// first line.
const LANGUAGE_COLUMNS: usize = 10;
const FIRST_LINE_COLUMN: usize = 4 + LANGUAGE_COLUMNS + 1 + 12;

/// How much of a first line is shown in a window of unknown width, in characters.
const PREVIEW_CHARACTERS: usize = 46;

/// Writes a block of code as a row of a list.
pub(super) fn row(text: &TakenText, page: &Page, out: &mut Vec<u8>) {
    let language = text.language.as_deref().map(visible_line);
    let language = cut(&language.unwrap_or_default(), LANGUAGE_COLUMNS - 1);
    let s = if text.lines() == 1 { " " } else { "s" };
    let first = visible_line(&preview_of(first_line(text), PREVIEW_CHARACTERS));
    let columns = page
        .columns()
        .map(|columns| columns.saturating_sub(FIRST_LINE_COLUMN));
    let first = match columns {
        Some(columns) => cut(&first, columns),
        None => first,
    };
    put!(
        out,
        "{:>3} {} {:>5} line{s}  {}\n",
        text.number.unwrap_or_default(),
        pad(&language, LANGUAGE_COLUMNS),
        text.lines(),
        first.dimmed()
    );
}

/// Writes a block of code. Its lines are not broken, so that it can be copied.
pub(super) fn code(text: &TakenText, out: &mut Vec<u8>) {
    push_body(out, &text.content, "");
    if !text.content.ends_with('\n') && !text.content.is_empty() {
        out.push(b'\n');
    }
}
