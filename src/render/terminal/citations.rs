//! The sources of a reply, below it.

use colored::Colorize;

use super::super::phrases::put;
use super::super::visible::visible_line;
use crate::domain::{Citation, Message, preview_of};

/// How much of a title is shown, in characters.
const TITLE_CHARACTERS: usize = 60;

/// The longest address that is shown.
const URL_BYTES: usize = 2000;

/// Writes a line for each source, with the number by which the text refers to it.
pub(super) fn citations(message: &Message<'_>, indent: &str, out: &mut Vec<u8>) {
    for (at, citation) in (1..).zip(Citation::parse(message.details.citations)) {
        let title = citation.title.unwrap_or_default();
        let title = preview_of(&title, TITLE_CHARACTERS);
        let url = Some(citation.url).filter(|url| is_link(url));
        let known = [Some(title), url].into_iter().flatten();
        let known: Vec<String> = known.filter(|text| !text.is_empty()).collect();
        // A number alone would help nobody.
        if !known.is_empty() {
            let line = format!("[{at}] {}", visible_line(&known.join(" ")));
            put!(out, "{indent}{}\n", line.dimmed());
        }
    }
}

/// Whether an address leads to a page that a browser opens, and fits a line.
fn is_link(url: &str) -> bool {
    let has_scheme = |scheme: &str| {
        let found = url.get(..scheme.len());
        found.is_some_and(|found| found.eq_ignore_ascii_case(scheme))
    };
    url.len() <= URL_BYTES && (has_scheme("https://") || has_scheme("http://"))
}
