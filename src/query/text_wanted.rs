//! A word or phrase that is looked for, and where it occurs.

use std::ops::Range;

use memchr::memmem::Finder;

use super::fold::Folded;
use super::letter::{Letter, runs};
use super::narrowing::Narrowing;
use super::terms::{cut, pairs};

/// A word or phrase, folded.
///
/// It occurs in a folded text where it stands there character by character and, at
/// each end where it has a letter of a word, no such letter is its neighbour. A
/// prefix needs that at its beginning only.
#[derive(Clone, Debug)]
pub(crate) struct TextWanted {
    folded: String,
    is_prefix: bool,
    /// Whether what stands before it, and behind it, has to be no letter of a word.
    is_free: (bool, bool),
    finder: Box<Finder<'static>>,
}

impl TextWanted {
    /// What is wanted by a text that a person typed; `None` if nothing of it is left
    /// when it is folded.
    pub(super) fn new(typed: &str, is_prefix: bool) -> Option<Self> {
        let mut folded = Folded::default();
        folded.fold(typed);
        let folded = folded.text().trim_matches(' ');
        let is_word = |c| Letter::of(c) == Letter::Word;
        let (first, last) = (folded.chars().next()?, folded.chars().next_back()?);
        Some(Self {
            folded: folded.to_owned(),
            is_prefix,
            is_free: (is_word(first), is_word(last) && !is_prefix),
            finder: Box::new(Finder::new(folded).into_owned()),
        })
    }

    /// What is looked for in folded texts.
    #[cfg(test)]
    pub(crate) fn folded(&self) -> &str {
        &self.folded
    }

    /// Whether a word may go on behind it.
    #[cfg(test)]
    pub(crate) fn is_prefix(&self) -> bool {
        self.is_prefix
    }

    /// Where it occurs first in a folded text, at or behind a place.
    pub(super) fn find(&self, folded: &str, from: usize) -> Option<Range<usize>> {
        let mut from = from;
        loop {
            let begin = from + self.finder.find(&folded.as_bytes()[from..])?;
            let end = begin + self.folded.len();
            let is_free_before = !self.is_free.0 || !ends_with_word(&folded[..begin]);
            let is_free_behind = !self.is_free.1 || !begins_with_word(&folded[end..]);
            if is_free_before && is_free_behind {
                return Some(begin..end);
            }
            from = self.next(folded, begin);
        }
    }

    /// Where it can begin at the earliest, if it does not at this place.
    fn next(&self, folded: &str, begin: usize) -> usize {
        let mut letters = folded[begin..].char_indices();
        let first = letters.next().map_or(0, |(_, c)| c.len_utf8());
        if !self.is_free.0 {
            return begin + first;
        }
        // At the next word: a long one need not be tried at each of its letters.
        let end = letters.find(|(_, c)| Letter::of(*c) != Letter::Word);
        end.map_or(folded.len(), |(at, _)| begin + at)
    }

    /// Which terms a text has in which it occurs.
    pub(super) fn narrowing(&self) -> Narrowing {
        let parts = runs(&self.folded).map(|run| {
            let is_at_end = run.at + run.text.len() == self.folded.len();
            match run.letter {
                Letter::Dense if run.text.chars().nth(1).is_none() => {
                    Narrowing::Prefix(run.text.into())
                }
                Letter::Dense => {
                    Narrowing::all(pairs(run.text).map(|pair| Narrowing::Term(pair.into())))
                }
                _ if self.is_prefix && is_at_end => Narrowing::Prefix(cut(run.text).into()),
                _ => Narrowing::Term(cut(run.text).into()),
            }
        });
        Narrowing::all(parts).in_short()
    }
}

fn ends_with_word(text: &str) -> bool {
    let last = text.chars().next_back();
    last.is_some_and(|c| Letter::of(c) == Letter::Word)
}

fn begins_with_word(text: &str) -> bool {
    let first = text.chars().next();
    first.is_some_and(|c| Letter::of(c) == Letter::Word)
}

#[cfg(test)]
mod tests;
