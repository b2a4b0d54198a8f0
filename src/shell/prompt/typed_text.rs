//! What has to be typed for a message, and what a message is in a line.

use std::borrow::Cow;

use crate::render::visible;

/// A message as it has to be typed, unless it is a mark, which would open a block.
pub(super) fn as_typed(message: &str) -> String {
    safe(&doubled(message))
}

/// A message with the second slash that one line needs to be no command. Blanks
/// before it make no difference.
pub(super) fn doubled(message: &str) -> Cow<'_, str> {
    let (blanks, text) = message.split_at(message.len() - message.trim_start().len());
    if text.starts_with('/') && !message.contains('\n') {
        format!("{blanks}/{text}").into()
    } else {
        message.into()
    }
}

/// An entry as it has to be typed in an open block, where a slash needs no second one.
pub(super) fn as_text(typed: &str) -> Cow<'_, str> {
    let (blanks, text) = typed.split_at(typed.len() - typed.trim_start().len());
    match text.strip_prefix('/') {
        Some(text) if text.starts_with('/') && !text.contains('\n') => {
            format!("{blanks}{text}").into()
        }
        _ => typed.into(),
    }
}

/// Replaces control characters, which the editor would write to the terminal, by
/// their visible forms.
pub(super) fn safe(text: &str) -> String {
    visible(text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_doubled_is_a_message_again() {
        for (message, typed) in [
            ("/clear", "//clear"),
            (" /clear", " //clear"),
            ("//", "///"),
            ("\u{3000}/x", "\u{3000}//x"),
            ("/a\nb", "/a\nb"),
            ("said", "said"),
        ] {
            assert_eq!(doubled(message), typed);
            assert_eq!(as_text(typed), message);
        }
    }
}
