//! A question: a filter and words.

use std::cell::RefCell;
use std::ops::Range;

use super::filter::Filter;
use super::fold::Folded;
use super::narrowing::Narrowing;
use super::words::{Clause, Wanted};

/// What a person asks of the log.
#[derive(Debug, Default)]
pub(crate) struct Query {
    pub filter: Filter,
    /// All of these have to hold.
    pub words: Vec<Clause>,
    /// Where texts are folded, one after the other.
    paper: RefCell<Folded>,
}

impl Query {
    /// A question with this filter and these words.
    pub(super) fn new(filter: Filter, words: Vec<Clause>) -> Self {
        Self {
            filter,
            words,
            paper: RefCell::default(),
        }
    }

    /// Whether a text has the words. Where it has those that are wanted, `marks` says
    /// in bytes of the text, on boundaries of characters: in their order, none of them
    /// empty, and none over another.
    pub(crate) fn matches(&self, text: &str, marks: &mut Vec<Range<usize>>) -> bool {
        marks.clear();
        if !self.suits(text) {
            return false;
        }
        let folded = self.paper.borrow();
        for clause in &self.words {
            clause.mark(text, &folded, marks);
        }
        in_order(marks);
        true
    }

    /// Whether a text has the words, wherever they are.
    pub(crate) fn suits(&self, text: &str) -> bool {
        let mut folded = self.paper.borrow_mut();
        if self.has_text() {
            folded.fold(text);
        }
        self.words.iter().all(|clause| clause.holds(text, &folded))
    }

    /// What an index of terms can narrow by.
    pub(crate) fn narrowing(&self) -> Narrowing {
        Narrowing::all(self.words.iter().map(Clause::narrowing))
    }

    /// Whether a word or phrase is among the words, which is looked for in folded texts.
    fn has_text(&self) -> bool {
        let mut terms = self.words.iter().flat_map(|clause| &clause.any_of);
        terms.any(|term| matches!(term.wanted, Wanted::Text(_)))
    }
}

/// Sorts marks, and makes one of those that lie over each other.
fn in_order(marks: &mut Vec<Range<usize>>) {
    marks.sort_unstable_by_key(|mark| (mark.start, mark.end));
    marks.dedup_by(|mark, before| {
        let is_over = mark.start < before.end;
        if is_over {
            before.end = before.end.max(mark.end);
        }
        is_over
    });
}
