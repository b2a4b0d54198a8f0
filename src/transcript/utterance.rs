//! What the lines of a transcript come to.

use crate::domain::Error;

/// One complete input: a line, a text of several lines, or one that cannot be used.
#[derive(Debug)]
pub(crate) enum Utterance<'a> {
    /// One line: a command, a message or nothing.
    Line(&'a str),
    /// A text of several lines: always a message, never a command.
    Text(&'a str),
    /// An input that cannot be used.
    Bad {
        /// What is wrong with it.
        error: Error,
        /// The first bytes of the line, unless it is part of a block: enough to
        /// tell which command it would have been.
        head: &'a [u8],
    },
}
