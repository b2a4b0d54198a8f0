//! What several forms write in the same way.

use serde::Serialize;

use crate::domain::{Message, Role, Status, Timestamp};

/// A time in UTC, as RFC 3339 with milliseconds.
pub(super) fn rfc_3339(time: Timestamp) -> String {
    formatted(time, "%Y-%m-%dT%H:%M:%S%.3fZ")
}

/// A time in UTC as people read it, to the second.
pub(super) fn for_people(time: Timestamp) -> String {
    formatted(time, "%Y-%m-%d %H:%M:%S UTC")
}

fn formatted(time: Timestamp, pattern: &str) -> String {
    let at = jiff::Timestamp::from_millisecond(time.0).unwrap_or(jiff::Timestamp::MAX);
    at.strftime(pattern).to_string()
}

/// The word of OpenAI's interface for a role.
pub(super) fn openai_role(role: Role) -> &'static str {
    match role {
        Role::System => "system",
        Role::User => "user",
        Role::Ai => "assistant",
    }
}

/// Who speaks, as people read it: the user's name, or the model's.
pub(super) fn speaker(message: &Message<'_>) -> String {
    match (message.role, message.model) {
        (Role::User, _) => message.user.to_string(),
        (Role::Ai, Some(model)) => format!("ai ({model})"),
        (role, _) => role.word().to_owned(),
    }
}

/// What a person has to know of a message that is not whole.
pub(super) fn fault(message: &Message<'_>) -> Option<&'static str> {
    match message.status {
        Status::Complete => None,
        Status::Interrupted => Some("interrupted"),
        Status::Failed => Some("failed"),
    }
}

/// A text without what drives a terminal: control characters but for tabs and line ends
/// stand there as their pictures, since files for people are also printed.
pub(super) fn printable(text: &str) -> String {
    let picture = |c: char| match c {
        '\n' | '\t' => c,
        '\u{7f}' => '\u{2421}',
        c if c < ' ' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\u{80}'..='\u{9f}' => '\u{fffd}',
        c => c,
    };
    text.replace("\r\n", "\n").chars().map(picture).collect()
}

/// Appends a value as JSON.
pub(super) fn push_json(value: &impl Serialize, out: &mut Vec<u8>) {
    // Texts and numbers can always be written, and so can memory.
    let _ = serde_json::to_writer(out, value);
}
