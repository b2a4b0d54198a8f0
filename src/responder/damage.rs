//! What of a reply is no character that is kept.

/// What is told of a reply in which something was replaced.
pub(super) const DAMAGED: &str = "a character of the reply came damaged; `\u{fffd}` stands for it";
