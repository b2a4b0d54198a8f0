//! The words of a question, and whether a text has them.

use std::ops::Range;

use super::fold::Folded;
use super::narrowing::Narrowing;
use super::pattern::Pattern;
use super::text_wanted::TextWanted;

/// Words of which one has to hold.
#[derive(Clone, Debug)]
pub(crate) struct Clause {
    pub any_of: Vec<Term>,
}

/// Something that a text has, or has not.
#[derive(Clone, Debug)]
pub(crate) struct Term {
    pub is_negated: bool,
    pub wanted: Wanted,
}

/// What is looked for in a text.
#[derive(Clone, Debug)]
pub(crate) enum Wanted {
    /// A word or phrase, in the folded text.
    Text(TextWanted),
    /// A regular expression, in the text as it is.
    Pattern(Pattern),
}

impl Clause {
    /// Whether one of its words holds.
    pub(super) fn holds(&self, text: &str, folded: &Folded) -> bool {
        self.any_of.iter().any(|term| term.holds(text, folded))
    }

    /// Where in the original text its words are, in no order.
    pub(super) fn mark(&self, text: &str, folded: &Folded, marks: &mut Vec<Range<usize>>) {
        for term in self.any_of.iter().filter(|term| !term.is_negated) {
            term.wanted.mark(text, folded, marks);
        }
    }

    /// Which terms a text has for which it holds.
    pub(super) fn narrowing(&self) -> Narrowing {
        Narrowing::any(self.any_of.iter().map(|term| match &term.wanted {
            _ if term.is_negated => Narrowing::Everything,
            Wanted::Text(wanted) => wanted.narrowing(),
            Wanted::Pattern(pattern) => pattern.narrowing().clone(),
        }))
    }
}

impl Term {
    fn holds(&self, text: &str, folded: &Folded) -> bool {
        let is_there = match &self.wanted {
            Wanted::Text(wanted) => wanted.find(folded.text(), 0).is_some(),
            Wanted::Pattern(pattern) => pattern.is_in(text),
        };
        is_there != self.is_negated
    }
}

impl Wanted {
    fn mark(&self, text: &str, folded: &Folded, marks: &mut Vec<Range<usize>>) {
        match self {
            Self::Text(wanted) => {
                let mut from = 0;
                while let Some(place) = wanted.find(folded.text(), from) {
                    from = place.end;
                    marks.push(folded.original(place));
                }
            }
            Self::Pattern(pattern) => marks.extend(pattern.places(text)),
        }
    }
}
