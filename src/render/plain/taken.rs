//! Texts that leave the program.

use super::super::phrases::put;
use super::super::taken::first_line;
use super::super::visible::push_line;
use super::line::PREVIEW_CHARACTERS;
use super::word::{one_word, quoted};
use crate::domain::{TakenText, preview_of};

/// Writes a block of code as a row: number, language, lines, bytes, first line.
pub(super) fn row(text: &TakenText, out: &mut Vec<u8>) {
    put!(out, "{} ", text.number.unwrap_or_default());
    let language = text.language.as_deref().map(one_word);
    push_line(out, language.as_deref().unwrap_or("-"));
    put!(out, " {} {} ", text.lines(), text.content.len());
    let first = preview_of(first_line(text), PREVIEW_CHARACTERS);
    push_line(out, &quoted(&first));
    out.push(b'\n');
}

/// Writes a block of code, byte for byte: this is no terminal, and whoever reads it
/// wants the code and nothing else.
pub(super) fn code(text: &TakenText, out: &mut Vec<u8>) {
    out.extend_from_slice(text.content.as_bytes());
}
