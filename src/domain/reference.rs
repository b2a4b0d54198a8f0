//! What a program calls a line by.

use std::borrow::Cow;

/// A word or number of a program's own, sent with a line: it comes back with
/// every event that the line causes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reference<'a> {
    Text(Cow<'a, str>),
    /// A number exactly as JSON wrote it: none is too large, none is rounded.
    Number(&'a str),
}

impl Reference<'_> {
    /// The longest, in bytes of its text.
    pub(crate) const LIMIT: usize = 1024;
}
