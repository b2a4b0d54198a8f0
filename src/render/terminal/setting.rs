//! The rows of settings.

use colored::Colorize;

use super::super::phrases::{pad, put};
use super::super::visible::visible_line;
use super::page::Page;
use crate::domain::{Setting, SettingSource};

/// The columns of a key.
const KEY_COLUMNS: usize = 23;

/// How far a row is indented, and its further rows where it is narrow.
const INDENT: usize = 2;
const HANGING: usize = 4;

/// Writes a setting: its value, and behind it where that comes from.
pub(super) fn row(it: &Setting, page: &Page, out: &mut Vec<u8>) {
    let value = match it.value.as_deref().map(visible_line) {
        None => "-".dimmed().to_string(),
        Some(value) if it.source == SettingSource::Default => value,
        Some(value) => value.bold().to_string(),
    };
    // There is one such file, which `/info` names.
    let is_named = it.source != SettingSource::Configuration;
    let origin = it.origin.as_deref().filter(|_| is_named).map(visible_line);
    let origin = origin.map_or_else(String::new, |origin| format!(", {origin}"));
    let fixed = if it.is_free { "" } else { ", fixed" };
    let source = format!("({}{origin}{fixed})", it.source.word());
    let text = format!("{value} {}", source.dimmed());
    let key = visible_line(&it.key);
    let place = page.place_beside(INDENT + KEY_COLUMNS);
    if place.is_beside {
        let key = pad(&key, KEY_COLUMNS - 1);
        put!(out, "{:INDENT$}{key} ", "");
        place.push(&place.styled_rows(&text), out);
        out.push(b'\n');
    } else {
        let place = page.place_below(INDENT);
        place.push_lines(&format!("{key} {text}\n"), HANGING - INDENT, out);
    }
}
