//! What has to be typed for a message, and what a message is in a line.

use std::borrow::Cow;

use crate::render::visible;

/// A message as it has to be typed, unless it is a mark, which would open a block.
pub(super) fn as_typed(message: &str) -> String {
    safe(&doubled(message))
}

/// A message with the second slash that one line needs to be no command.
pub(super) fn doubled(message: &str) -> Cow<'_, str> {
    if message.starts_with('/') && !message.contains('\n') {
        format!("/{message}").into()
    } else {
        message.into()
    }
}

/// An entry as it has to be typed in an open block, where a slash needs no second one.
pub(super) fn as_text(typed: &str) -> &str {
    match typed.strip_prefix('/') {
        Some(text) if text.starts_with('/') && !text.contains('\n') => text,
        _ => typed,
    }
}

/// Replaces control characters, which the editor would write to the terminal, by
/// their visible forms.
pub(super) fn safe(text: &str) -> String {
    visible(text).into_owned()
}
