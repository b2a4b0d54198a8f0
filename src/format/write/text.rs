//! Plain text: as Markdown, without any marks.

use super::shared::{fault, for_people, printable, speaker};
use super::{Heading, Writer};
use crate::domain::Message;

/// Writes plain text.
#[derive(Default)]
pub(super) struct Text {
    /// A conversation was written before.
    has_begun: bool,
}

impl Writer for Text {
    fn begin_conversation(&mut self, heading: &Heading<'_>, out: &mut Vec<u8>) {
        if std::mem::replace(&mut self.has_begun, true) {
            out.extend_from_slice(b"\n\n");
        }
        let title = heading.title.map(|title| on_one_line(&printable(title)));
        if let Some(title) = title {
            out.extend_from_slice(format!("{title}\n").as_bytes());
        }
        let user = on_one_line(&printable(heading.user.as_str()));
        out.extend_from_slice(format!("{user}, session {}\n", heading.session).as_bytes());
    }

    fn message(&mut self, message: &Message<'_>, out: &mut Vec<u8>) {
        let who = on_one_line(&printable(&speaker(message)));
        let at = for_people(message.time());
        let fault = fault(message).map_or_else(String::new, |fault| format!(", {fault}"));
        out.extend_from_slice(format!("\n{who}, {at}{fault}:\n").as_bytes());
        out.extend_from_slice(printable(message.content).trim_end().as_bytes());
        out.push(b'\n');
    }
}

fn on_one_line(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}
