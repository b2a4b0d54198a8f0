//! Folding: what is the same to a search becomes the same text.
//!
//! A text is brought to NFKC and to lower case as Unicode folds it (`ß` is `ss`);
//! marks of Latin, Greek and Cyrillic letters are dropped, and so are characters
//! that are not seen; any run of white space and control characters is one blank.
//! Index, query and scan fold alike, and folding what is folded changes nothing.

use std::ops::Range;

use unicode_normalization::char::{
    canonical_combining_class, decompose_compatible, is_combining_mark,
};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick, is_nfkc_quick};
use unicode_script::{Script, UnicodeScript};

use super::places::Places;
use super::table::Table;
use crate::domain::is_unseen;

/// A folded text, and where each part of it comes from. It can be used again.
#[derive(Debug, Default)]
pub(super) struct Folded {
    text: String,
    places: Places,
    /// Whether the last letter is one whose marks are dropped.
    drops_marks: bool,
    /// What a cluster of characters becomes.
    cluster: Vec<char>,
}

/// What becomes of a character.
struct Entry {
    /// The one or two characters that it becomes, if nothing is bound to it.
    folded: Option<(char, Option<char>)>,
    drops_marks: bool,
    is_bound: bool,
    /// Whether nothing becomes of it, and its marks stay.
    stays: bool,
}

static ENTRIES: Table<Entry> = Table::new(Entry::new);

impl Folded {
    /// The folded text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Folds a text in place of the one before.
    pub(super) fn fold(&mut self, text: &str) {
        self.text.clear();
        self.places.clear();
        self.drops_marks = false;
        let mut at = 0;
        while at < text.len() {
            at = self.fold_plain(text, at);
            let Some(c) = text[at..].chars().next() else {
                break;
            };
            let next = at + c.len_utf8();
            let end = next + bound_bytes(&text[next..]);
            let bound = &text[next..end];
            match ENTRIES.get(c) {
                Some(entry) if entry.loses(bound) => self.push(entry, at..end),
                Some(_) if self.stays(&text[at..end]) => {
                    self.drops_marks = false;
                    let begin = self.text.len();
                    self.text.push_str(&text[at..end]);
                    self.places.add(begin, at..end, true);
                }
                _ => self.fold_cluster(&text[at..end], at..end),
            }
            at = end;
        }
    }

    /// The bytes of the original that a range of the folded text comes from, on
    /// boundaries of characters.
    pub(super) fn original(&self, folded: Range<usize>) -> Range<usize> {
        self.places.original(folded)
    }

    /// Folds what is folded byte by byte, as far as that goes; says where it ends.
    fn fold_plain(&mut self, text: &str, begin: usize) -> usize {
        let bytes = text.as_bytes();
        let mut at = begin;
        loop {
            let from = at;
            // The last character may belong to what follows.
            let mut last = at;
            while let Some(&byte) = bytes.get(at) {
                let length = match byte {
                    b' ' if at > from && bytes[at - 1] == b' ' => break,
                    b' '..=b'~' => 1,
                    0xe3..=0xed if text[at..].chars().next().is_some_and(is_plain) => 3,
                    _ => break,
                };
                last = at;
                at += length;
            }
            let is_cut = at > from && bound_bytes(&text[at..]) > 0;
            if is_cut {
                at = last;
            }
            self.push_plain(&text[from..at], from);
            if is_cut {
                return at;
            }
            match bytes.get(at) {
                Some(b' ' | b'\t'..=b'\r') if bound_bytes(&text[at + 1..]) == 0 => {
                    self.push_blank(at..at + 1);
                    at += 1;
                }
                _ => return at,
            }
        }
    }

    fn push_plain(&mut self, text: &str, at: usize) {
        let (text, at) = match text.strip_prefix(' ') {
            Some(rest) => {
                self.push_blank(at..at + 1);
                (rest, at + 1)
            }
            None => (text, at),
        };
        let Some(last) = text.as_bytes().last() else {
            return;
        };
        self.drops_marks = last.is_ascii_alphabetic();
        let begin = self.text.len();
        self.text.push_str(text);
        self.text.as_mut_str()[begin..].make_ascii_lowercase();
        self.places.add(begin, at..at + text.len(), true);
    }

    /// A blank of one byte, or of more; it joins the one before.
    fn push_blank(&mut self, original: Range<usize>) {
        self.drops_marks = false;
        let begin = self.text.len();
        if !self.text.ends_with(' ') {
            self.text.push(' ');
            let is_stepwise = original.len() == 1;
            self.places.add(begin, original, is_stepwise);
            return;
        }
        self.places.lengthen_last(begin, original.end);
    }

    /// Folds a character with all that is bound to it.
    fn fold_cluster(&mut self, text: &str, original: Range<usize>) {
        self.cluster.clear();
        for c in text.nfkd() {
            self.put(c);
        }
        let begin = self.text.len();
        let cluster = std::mem::take(&mut self.cluster);
        let mut composed = cluster.iter().copied().nfkc().peekable();
        if composed.peek() == Some(&' ') && self.text.ends_with(' ') {
            composed.next();
            if composed.peek().is_none() {
                self.push_blank(original.clone());
            }
        }
        for c in composed {
            if c != ' ' || !self.text.ends_with(' ') {
                self.text.push(c);
            }
        }
        self.cluster = cluster;
        if self.text.len() > begin {
            let is_stepwise = self.text[begin..] == *text;
            self.places.add(begin, original, is_stepwise);
        }
    }

    /// Adds what a decomposed character becomes to the cluster.
    fn put(&mut self, c: char) {
        if is_blank(c) {
            self.drops_marks = false;
            self.cluster.push(' ');
        } else if is_combining_mark(c) {
            let is_lost = is_dropped(c) || (self.drops_marks && is_european(c));
            self.cluster.extend(Some(c).filter(|_| !is_lost));
        } else if !is_dropped(c) {
            let lower = c.to_lowercase().flat_map(char::to_uppercase);
            for c in lower.flat_map(char::to_lowercase) {
                decompose_compatible(c, |c| {
                    if !is_combining_mark(c) {
                        self.drops_marks = is_european(c) && c.script() != Script::Inherited;
                        self.cluster.push(c);
                    } else if !self.drops_marks {
                        self.cluster.push(c);
                    }
                });
            }
        }
    }

    /// What one character becomes, with what is bound to it and lost.
    fn push(&mut self, entry: &Entry, original: Range<usize>) {
        let Some((first, second)) = entry.folded else {
            return;
        };
        self.drops_marks = entry.drops_marks;
        let begin = self.text.len();
        self.text.push(first);
        self.text.extend(second);
        let is_stepwise = second.is_none() && original.len() == first.len_utf8();
        self.places.add(begin, original, is_stepwise);
    }

    /// Whether a cluster is known to be its own folded form: letters with marks of
    /// most scripts.
    fn stays(&self, cluster: &str) -> bool {
        !self.drops_marks
            && cluster
                .chars()
                .all(|c| ENTRIES.get(c).is_some_and(|entry| entry.stays))
            && is_nfkc_quick(cluster.chars()) == IsNormalized::Yes
    }
}

impl Entry {
    fn new(c: char) -> Self {
        let mut alone = Folded::default();
        alone.fold_cluster(c.encode_utf8(&mut [0; 4]), 0..c.len_utf8());
        let mut characters = alone.text.chars();
        let is_whole = |c: &char| *c != ' ' && !is_combining_mark(*c);
        let folded = characters
            .next()
            .filter(is_whole)
            .map(|c| (c, characters.next()));
        Self {
            folded: folded.filter(|(_, second)| {
                characters.next().is_none() && second.as_ref().is_none_or(is_whole)
            }),
            drops_marks: alone.drops_marks,
            is_bound: binds(c),
            stays: c != ' ' && !alone.drops_marks && alone.text.chars().eq([c]),
        }
    }

    /// Whether what is bound to the character changes nothing.
    fn loses(&self, bound: &str) -> bool {
        let is_lost = |c| match c {
            '\u{300}'..='\u{36f}' => self.drops_marks,
            c => is_dropped(c),
        };
        self.folded.is_some() && bound.chars().all(is_lost)
    }
}

/// How many bytes of a text belong to the character before it.
fn bound_bytes(text: &str) -> usize {
    let bound = text.chars().take_while(|&c| is_bound(c));
    bound.map(char::len_utf8).sum()
}

/// Whether a character has to be folded together with the one before it.
fn is_bound(c: char) -> bool {
    match c {
        '\0'..='\u{ac}' => false,
        _ if is_plain(c) => false,
        _ => ENTRIES
            .get(c)
            .map_or_else(|| binds(c), |entry| entry.is_bound),
    }
}

fn binds(c: char) -> bool {
    let mut first = None;
    decompose_compatible(c, |c| first = first.or(Some(c)));
    let first = first.unwrap_or(c);
    is_dropped(c)
        || canonical_combining_class(first) != 0
        || is_nfc_quick(std::iter::once(first)) == IsNormalized::Maybe
}

/// Whether a character of three bytes is its own folded form: most of what Chinese,
/// Japanese and Korean texts have.
fn is_plain(c: char) -> bool {
    matches!(c,
        '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{3041}'..='\u{3096}'
        | '\u{30a1}'..='\u{30fe}'
        | '\u{3001}'..='\u{3029}'
    )
}

/// White space, what controls a device, and the blank of braille.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control() || c == '\u{2800}'
}

/// What is not seen and is no blank either: joiners, selectors, directions.
fn is_dropped(c: char) -> bool {
    is_unseen(c) && !is_blank(c)
}

/// Whether the marks of a letter are dropped, or a mark is of those that are.
fn is_european(c: char) -> bool {
    let scripts = [
        Script::Latin,
        Script::Greek,
        Script::Cyrillic,
        Script::Inherited,
    ];
    c.is_ascii_alphabetic() || (!c.is_ascii() && scripts.contains(&c.script()))
}

#[cfg(test)]
pub(super) mod tests;
