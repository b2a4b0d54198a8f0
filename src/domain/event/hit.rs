//! What a search finds.

use std::ops::Range;

use super::super::Message;

/// A message that a search has found, with the part of it that has the words.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hit<'a> {
    /// Its number among the hits, which `/show`, `/resume` and `/quote` take.
    pub number: u64,
    pub message: &'a Message<'a>,
    /// The title of its session, if that has one.
    pub title: Option<&'a str>,
    /// The part of its text, or of its reasoning, around the first of the words: one line.
    pub snippet: &'a str,
    /// Where the words stand in that: ranges of bytes, in order.
    pub marks: &'a [Range<usize>],
}
