//! Markdown: a conversation under its title, each message under who said it.

use super::shared::{fault, for_people, printable, speaker};
use super::{Heading, Writer};
use crate::domain::Message;

/// Writes Markdown.
#[derive(Default)]
pub(super) struct Markdown {
    /// A conversation was written before.
    has_begun: bool,
}

impl Writer for Markdown {
    fn begin_conversation(&mut self, heading: &Heading<'_>, out: &mut Vec<u8>) {
        if std::mem::replace(&mut self.has_begun, true) {
            out.extend_from_slice(b"\n---\n\n");
        }
        let short = heading.session.short();
        let title = heading.title.map_or_else(
            || format!("Session {short}"),
            |title| on_one_line(&printable(title)),
        );
        let user = on_one_line(&printable(heading.user.as_str()));
        let session = heading.session;
        let text = format!("# {title}\n\n*{user}, session {session}*\n");
        out.extend_from_slice(text.as_bytes());
    }

    fn message(&mut self, message: &Message<'_>, out: &mut Vec<u8>) {
        let who = on_one_line(&printable(&speaker(message)));
        let at = for_people(message.time());
        let fault = fault(message).map_or_else(String::new, |fault| format!(", {fault}"));
        let text = format!("\n**{who}** · {at}{fault}\n\n");
        out.extend_from_slice(text.as_bytes());
        if let Some(reasoning) = message.details.reasoning {
            let reasoning = closed(&printable(reasoning));
            let text =
                format!("<details><summary>Reasoning</summary>\n\n{reasoning}\n\n</details>\n\n");
            out.extend_from_slice(text.as_bytes());
        }
        out.extend_from_slice(closed(&printable(message.content)).as_bytes());
        out.push(b'\n');
    }
}

/// A name on one line, in which nothing is Markdown.
fn on_one_line(name: &str) -> String {
    let mut line = String::with_capacity(name.len());
    for word in name.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        for c in word.chars() {
            if matches!(
                c,
                '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '&'
            ) {
                line.push('\\');
            }
            line.push(c);
        }
    }
    line
}

/// A text without the line ends behind it, in which no block of code is open at the end:
/// it would take in what is written behind.
fn closed(text: &str) -> String {
    let text = text.trim_end_matches(['\n', ' ']);
    let mut open: Option<(char, usize)> = None;
    for line in text.lines() {
        let indent = line.len() - line.trim_start_matches(' ').len();
        let line = line.trim_start_matches(' ');
        let Some(first) = line.chars().next().filter(|c| matches!(c, '`' | '~')) else {
            continue;
        };
        let length = line.chars().take_while(|c| *c == first).count();
        if length < 3 || indent > 3 {
            continue;
        }
        let rest = &line[length..];
        open = match open {
            Some((mark, least)) if mark == first && length >= least && rest.trim().is_empty() => {
                None
            }
            None if first == '~' || !rest.contains('`') => Some((first, length)),
            other => other,
        };
    }
    match open {
        Some((mark, length)) => format!("{text}\n{}", mark.to_string().repeat(length)),
        None => text.to_owned(),
    }
}
