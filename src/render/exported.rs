//! What is said of an export.

use super::Outbox;
use super::imported::{left_out, secrets};
use super::phrases::counted;
use crate::domain::Exported;

/// Where a receipt goes: behind what was printed it would be taken for a part of it.
pub(super) fn stream<'a>(it: &Exported, outbox: &'a mut Outbox) -> &'a mut Vec<u8> {
    if it.file == "-" {
        outbox.note()
    } else {
        outbox.answer()
    }
}

/// Says what was written, and where, in a line each. It is not escaped.
pub(super) fn lines(it: &Exported) -> Vec<String> {
    let mut lines = vec![receipt(it)];
    lines.extend(left_out(&it.left_out));
    match it.missing {
        0 => {}
        1 => lines.push("  1 link to a message that is not among it is left out".into()),
        missing => lines.push(format!(
            "  {missing} links to messages that are not among it are left out"
        )),
    }
    lines.extend(secrets(&it.secrets));
    lines
}

fn receipt(it: &Exported) -> String {
    let (file, form) = (&it.file, it.form);
    let place = match file.as_str() {
        "-" => "written".to_owned(),
        file => format!("written to {file}"),
    };
    if it.messages == 0 {
        let kept = if it.is_made { "" } else { "; it is as it was" };
        return format!("Nothing suits: no message was {place} ({form}){kept}.");
    }
    let messages = counted(it.messages, "message");
    let conversations = counted(it.conversations, "conversation");
    format!("{messages} of {conversations} {place} ({form}).")
}
