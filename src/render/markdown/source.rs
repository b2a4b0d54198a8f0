//! A source on its way through the layout.

use std::ops::Range;

use pulldown_cmark::CowStr;

use super::hold::Held;
use super::links::Hyperlinks;

/// What is laid out.
pub(super) struct Source<'a> {
    pub text: &'a str,
    /// The text as the parser sees it.
    pub masked: &'a str,
    /// The number of the first item, if the text begins amid a list.
    pub number: Option<u64>,
    pub hyperlinks: Hyperlinks,
    /// What is not to be laid out.
    pub held: Option<Held>,
    /// The places where the text defines links, the last one first.
    pub definitions: Vec<Range<usize>>,
}

impl<'a> Source<'a> {
    /// What the source says where the parser found a text, without what waits.
    pub(super) fn own<'c>(&self, text: &'c str, range: &Range<usize>) -> &'c str
    where
        'a: 'c,
    {
        if text.len() != range.len() {
            return text;
        }
        let source: &'a str = self.text;
        let from = self.held.as_ref().map_or(range.end, |held| held.from);
        let end = source.floor_char_boundary(from.clamp(range.start, range.end));
        &source[range.start..end]
    }

    /// The same for code between backticks.
    pub(super) fn own_code<'c>(&self, text: CowStr<'c>, range: &Range<usize>) -> CowStr<'c> {
        let own = &self.text[range.clone()];
        if *own == self.masked[range.clone()] {
            return text;
        }
        let inner = own.trim_matches('`').replace('\n', " ");
        let spaced = inner
            .strip_prefix(' ')
            .and_then(|inner| inner.strip_suffix(' '));
        spaced.unwrap_or(&inner).to_owned().into()
    }
}
