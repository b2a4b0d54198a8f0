//! A line of the screen: its text and how it looks.

use std::ops::Range;
use std::rc::Rc;

use unicode_width::UnicodeWidthStr;

use super::style::Style;
use crate::render::phrases::put;
use crate::render::wrap;

/// A line of text that is escaped already.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    text: String,
    /// Where each look ends, in order; no two neighbours are the same.
    looks: Vec<(usize, Look)>,
}

/// How a part of a line looks, and where it leads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Look {
    pub style: Style,
    /// The address of a link, as a terminal takes it.
    pub link: Option<Rc<str>>,
}

impl From<Style> for Look {
    fn from(style: Style) -> Self {
        Self { style, link: None }
    }
}

impl Line {
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The columns it takes.
    pub(super) fn columns(&self) -> usize {
        self.text.width()
    }

    /// The most columns it takes at any terminal.
    pub(super) fn most_columns(&self) -> usize {
        wrap::columns(&self.text)
    }

    /// Continues the line.
    pub(super) fn push(&mut self, text: &str, look: impl Into<Look>) {
        if text.is_empty() {
            return;
        }
        let look = look.into();
        self.text.push_str(text);
        match self.looks.last_mut() {
            Some((end, last)) if *last == look => *end = self.text.len(),
            _ => self.looks.push((self.text.len(), look)),
        }
    }

    /// Continues the line with a part of another one.
    pub(super) fn push_part(&mut self, line: &Self, part: Range<usize>) {
        for (range, look) in line.parts(part) {
            self.push(&line.text[range], look.clone());
        }
    }

    /// Leaves out blanks at the end.
    pub(super) fn trim_end(&mut self) {
        self.text.truncate(self.text.trim_end_matches(' ').len());
        let length = self.text.len();
        let mut from = 0;
        self.looks.retain_mut(|(end, _)| {
            let is_kept = from < length;
            from = *end;
            *end = (*end).min(length);
            is_kept
        });
    }

    /// How many bytes of both lines are the same, and look the same.
    pub(super) fn common(&self, other: &Self) -> usize {
        let bytes = self.text.bytes().zip(other.text.bytes());
        let same = bytes.take_while(|(one, two)| one == two).count();
        let mut at = 0;
        while at < same {
            let (one, two) = (self.look_at(at), other.look_at(at));
            match (one, two) {
                (Some((end, one)), Some((other_end, two))) if one == two => {
                    at = end.min(other_end);
                }
                _ => break,
            }
        }
        self.text.floor_char_boundary(at.min(same))
    }

    fn look_at(&self, at: usize) -> Option<(usize, &Look)> {
        let index = self.looks.partition_point(|(end, _)| *end <= at);
        self.looks.get(index).map(|(end, look)| (*end, look))
    }

    /// The parts of a range that look the same.
    fn parts(&self, part: Range<usize>) -> impl Iterator<Item = (Range<usize>, &Look)> {
        let mut from = part.start;
        self.looks.iter().filter_map(move |(end, look)| {
            let range = from..(*end).min(part.end);
            (!range.is_empty()).then(|| {
                from = range.end;
                (range, look)
            })
        })
    }

    /// Writes what follows the first `from` bytes.
    pub(super) fn write(&self, from: usize, out: &mut Vec<u8>) {
        for (range, look) in self.parts(from..self.text.len()) {
            let painted = look.style.paint(&self.text[range]);
            match &look.link {
                Some(url) => put!(out, "\x1b]8;;{url}\x1b\\{painted}\x1b]8;;\x1b\\"),
                None => put!(out, "{painted}"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(parts: &[(&str, Style)]) -> Line {
        let mut line = Line::default();
        for (text, style) in parts {
            line.push(text, *style);
        }
        line
    }

    #[test]
    fn what_is_common_looks_the_same() {
        let plain = line(&[("one two three", Style::PLAIN)]);
        let dim = line(&[("one ", Style::PLAIN), ("two", Style::DIM)]);
        assert_eq!(plain.common(&dim), 4);
        assert_eq!(plain.common(&line(&[("one tu", Style::PLAIN)])), 5);
        assert_eq!(plain.common(&Line::default()), 0);
        let e = line(&[("aé", Style::PLAIN)]);
        assert_eq!(e.common(&line(&[("aè", Style::PLAIN)])), 1);
    }

    #[test]
    fn blanks_at_the_end_go() {
        let mut line = line(&[("a ", Style::PLAIN), ("  ", Style::DIM)]);
        line.trim_end();
        assert_eq!((line.text(), line.looks.len()), ("a", 1));
        line.push("b", Style::DIM);
        assert_eq!(
            line.looks,
            [(1, Style::PLAIN.into()), (2, Style::DIM.into())]
        );
    }
}
