//! A regular expression that is looked for in texts as they are.

use std::ops::Range;

use regex::{Regex, RegexBuilder};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

use super::fold::Folded;
use super::letter::Letter;
use super::narrowing::Narrowing;
use super::terms::{cut, pairs};

/// How far behind its first place a pattern is looked for again, in bytes, and how often.
const MARKED: usize = 4096;
const MARKS: usize = 64;

/// How deep groups may stand in each other.
const NEST_LIMIT: u32 = 64;
/// How many bytes a pattern may need when it is ready: `\w` of all scripts, a few
/// hundred times.
const SIZE_LIMIT: usize = 10 << 20;

/// A regular expression, and what an index can say of it. It is looked for in time
/// that grows with the text alone.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    regex: Regex,
    narrowing: Narrowing,
}

/// Why a text is no pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PatternFault {
    /// It is not written as one: the byte where that shows, and the parser's words.
    Syntax(usize, String),
    /// It says too much.
    TooLarge,
}

impl Pattern {
    /// Reads what stands between the slashes.
    pub(super) fn new(text: &str) -> Result<Self, PatternFault> {
        let mut parser = ParserBuilder::new().nest_limit(NEST_LIMIT).build();
        let hir = parser.parse(text).map_err(|error| match error {
            regex_syntax::Error::Parse(error) => {
                PatternFault::Syntax(error.span().start.offset, error.kind().to_string())
            }
            regex_syntax::Error::Translate(error) => {
                PatternFault::Syntax(error.span().start.offset, error.kind().to_string())
            }
            error => PatternFault::Syntax(0, error.to_string()),
        })?;
        let mut builder = RegexBuilder::new(text);
        let builder = builder.nest_limit(NEST_LIMIT).size_limit(SIZE_LIMIT);
        let regex = builder.build().map_err(|_| PatternFault::TooLarge)?;
        Ok(Self {
            regex,
            narrowing: Needs::of(&hir),
        })
    }

    /// What was read.
    #[cfg(test)]
    pub(crate) fn text(&self) -> &str {
        self.regex.as_str()
    }

    /// Whether it occurs in a text.
    pub(super) fn is_in(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    /// Where it occurs in a text first, and soon behind that, but for places without a
    /// character. To look for all of them may take a time that grows with the square
    /// of the text.
    pub(super) fn places<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
        let first = self.regex.find(text).map(|found| found.range());
        let begin = first.as_ref().map_or(text.len(), |first| first.end);
        let mut end = text.len().min(begin.saturating_add(MARKED));
        while !text.is_char_boundary(end) {
            end += 1;
        }
        let near = &text[begin..end];
        let others = self.regex.find_iter(near).take(MARKS);
        let others = others.map(move |found| begin + found.start()..begin + found.end());
        let places = first.into_iter().chain(others);
        places.filter(|place| !place.is_empty())
    }

    /// Which terms a text has in which it occurs.
    pub(super) fn narrowing(&self) -> &Narrowing {
        &self.narrowing
    }
}

/// What each text has in which a pattern occurs.
#[derive(Default)]
struct Needs {
    /// Characters that stand side by side in it.
    literal: String,
    parts: Vec<Narrowing>,
}

impl Needs {
    fn of(hir: &Hir) -> Narrowing {
        let mut needs = Self::default();
        needs.read(hir);
        needs.end_literal();
        Narrowing::all(needs.parts).in_short()
    }

    fn read(&mut self, hir: &Hir) {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(literal) => match str::from_utf8(&literal.0) {
                Ok(text) => self.literal.push_str(text),
                Err(_) => self.end_literal(),
            },
            HirKind::Class(class) => match letter_of(class) {
                Some(letter) => self.literal.push(letter),
                None => self.end_literal(),
            },
            HirKind::Capture(group) => self.read(&group.sub),
            HirKind::Concat(parts) => parts.iter().for_each(|part| self.read(part)),
            HirKind::Repetition(repeated) => {
                self.end_literal();
                if repeated.min > 0 {
                    self.parts.push(Self::of(&repeated.sub));
                }
            }
            HirKind::Alternation(choices) => {
                self.end_literal();
                self.parts
                    .push(Narrowing::any(choices.iter().map(Self::of)));
            }
        }
    }

    fn end_literal(&mut self) {
        let literal = std::mem::take(&mut self.literal);
        self.parts.extend(certain(&literal));
    }
}

/// The one ASCII letter that all characters of a class are when they are folded.
fn letter_of(class: &Class) -> Option<char> {
    let Class::Unicode(class) = class else {
        return None;
    };
    let ranges = || class.iter().map(|range| range.start()..=range.end());
    if ranges().map(|range| range.take(4).count()).sum::<usize>() > 4 {
        return None;
    }
    let mut folded = Folded::default();
    let mut letter = None;
    for c in ranges().flatten() {
        folded.fold(c.encode_utf8(&mut [0; 4]));
        let mut characters = folded.text().chars();
        let first = characters.next().filter(char::is_ascii_alphabetic)?;
        if characters.next().is_some() || letter.is_some_and(|letter| letter != first) {
            return None;
        }
        letter = Some(first);
    }
    letter
}

/// What a character of a text says of the terms around it, whatever else stands there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Certainty {
    /// It is of a word, and the same in it but for case.
    Word,
    /// It is of a script without blanks, and the same in it.
    Dense,
    /// It ends a word.
    End,
    /// It may become something else, by what stands beside it.
    Unknown,
}

fn certainty(c: char) -> Certainty {
    match c {
        '\u{4e00}'..='\u{9fff}' => Certainty::Dense,
        _ if !c.is_ascii() => Certainty::Unknown,
        _ if Letter::of(c) == Letter::Word => Certainty::Word,
        _ => Certainty::End,
    }
}

/// Which terms a text has that has these characters side by side: a word of which
/// the beginning is not known may be the end of a longer one, so it says nothing.
fn certain(literal: &str) -> Vec<Narrowing> {
    let mut found = Vec::new();
    let mut before = Certainty::Unknown;
    let mut rest = literal;
    while let Some(kind) = rest.chars().next().map(certainty) {
        let end = rest.find(|c| certainty(c) != kind).unwrap_or(rest.len());
        let (run, behind) = rest.split_at(end);
        let is_bounded = |kind| matches!(kind, Certainty::End | Certainty::Dense);
        match kind {
            Certainty::Word if is_bounded(before) => {
                let word = cut(run).to_ascii_lowercase();
                let is_whole = behind.chars().next().map(certainty).is_some_and(is_bounded);
                found.push(if is_whole {
                    Narrowing::Term(word)
                } else {
                    Narrowing::Prefix(word)
                });
            }
            Certainty::Dense if run.chars().nth(1).is_none() => {
                found.push(Narrowing::Prefix(run.into()));
            }
            Certainty::Dense => found.extend(pairs(run).map(|pair| Narrowing::Term(pair.into()))),
            _ => {}
        }
        before = kind;
        rest = behind;
    }
    found
}

#[cfg(test)]
mod tests;
