//! What of a reply is no character that is kept.

use std::borrow::Cow;

/// What is told of a reply in which something was replaced.
pub(super) const DAMAGED: &str = "a character of the reply came damaged; `\u{fffd}` stands for it";

/// A text in which [`char::REPLACEMENT_CHARACTER`] stands for each NUL: not every store
/// holds one, and what is shown is what is kept.
pub(super) fn without_nul(text: &str) -> Cow<'_, str> {
    if text.contains('\0') {
        Cow::Owned(text.replace('\0', "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}
