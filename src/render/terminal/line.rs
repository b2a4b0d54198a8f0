//! Single lines, on either stream.

use std::fmt::Display;

use colored::Colorize;

use super::super::Outbox;
use super::super::phrases::put;

/// Writes a line of the answer.
pub(super) fn say(text: impl Display, outbox: &mut Outbox) {
    put!(outbox.answer(), "{text}\n");
}

/// Writes a dimmed line that is not part of the answer.
pub(super) fn aside(text: &str, outbox: &mut Outbox) {
    put!(outbox.note(), "{}\n", text.dimmed());
}
