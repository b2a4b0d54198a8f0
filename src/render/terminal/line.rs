//! One line, on either stream.

use std::fmt::Display;

use colored::Colorize;

use super::super::Outbox;
use super::super::phrases::put;

/// Writes a line that answers.
pub(super) fn say(text: impl Display, outbox: &mut Outbox) {
    put!(outbox.answer(), "{text}\n");
}

/// Writes a line beside the answer.
pub(super) fn aside(text: &str, outbox: &mut Outbox) {
    put!(outbox.note(), "{}\n", text.dimmed());
}
