//! What a search has found, as a person reads it.

use colored::Colorize;

use super::super::hit::parts;
use super::super::visible::visible_line;
use super::name;
use super::page::Page;
use crate::domain::Hit;

/// The columns of a number, and those before what was found.
const NUMBER_COLUMNS: usize = 3;
const SNIPPET_INDENT: usize = NUMBER_COLUMNS + 1;

/// Writes a hit: a row that says where it is, and below it the part that has the words.
pub(super) fn hit(hit: &Hit<'_>, when: &str, page: &Page, out: &mut Vec<u8>) {
    let message = hit.message;
    let whose = match hit.title {
        Some(title) => {
            let title = visible_line(title);
            format!("{}/{}", name::user(message.user), title.bold())
        }
        None => name::session(message.user, message.session),
    };
    let id = format!("#{}", message.id);
    let head = format!(
        "{:>NUMBER_COLUMNS$} {whose} {} {}, {}",
        hit.number,
        id.dimmed(),
        message.role.word(),
        when.dimmed()
    );
    page.place_below(0).push_lines(&head, SNIPPET_INDENT, out);
    let mut snippet = String::new();
    for (is_marked, part) in parts(hit.snippet, hit.marks) {
        let part = if is_marked {
            part.yellow().bold()
        } else {
            part.normal()
        };
        snippet.push_str(&part.to_string());
    }
    page.place_below(SNIPPET_INDENT)
        .push_lines(&snippet, 0, out);
}
