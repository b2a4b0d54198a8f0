//! Folding: what is the same to a search becomes the same text.
//!
//! A text is brought to NFKC and to lower case as Unicode folds it (`ß` is `ss`);
//! marks of Latin, Greek and Cyrillic letters are dropped, and so are characters
//! that are not seen; any run of white space and control characters is one blank.
//! Index, query and scan fold alike, and folding what is folded changes nothing.

use std::ops::Range;
use std::sync::LazyLock;

use unicode_normalization::char::{
    canonical_combining_class, decompose_compatible, is_combining_mark,
};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use unicode_script::{Script, UnicodeScript};

use crate::domain::is_unseen;

/// A folded text, and where each part of it comes from. It can be used again.
#[derive(Debug, Default)]
pub(super) struct Folded {
    text: String,
    pieces: Vec<Piece>,
    /// Whether the last letter is one whose marks are dropped.
    drops_marks: bool,
    /// What a cluster of characters becomes.
    cluster: Vec<char>,
}

/// A part of a folded text that comes from one part of the original.
#[derive(Debug)]
struct Piece {
    /// Where it begins in the folded text.
    folded: usize,
    original: Range<usize>,
    /// Each byte of one is a byte of the other; else the piece is one whole.
    is_stepwise: bool,
}

impl Piece {
    /// Where what begins at a place of the folded text begins in the original.
    fn begin_of(&self, folded: usize) -> usize {
        if self.is_stepwise {
            self.original.start + (folded - self.folded)
        } else {
            self.original.start
        }
    }

    /// Where what ends at a place of the folded text ends in the original.
    fn end_of(&self, folded: usize) -> usize {
        if self.is_stepwise {
            self.original.start + (folded - self.folded)
        } else {
            self.original.end
        }
    }
}

/// What becomes of a character that is looked up often.
#[derive(Clone, Copy)]
struct Entry {
    /// The one character that it becomes, wherever it stands alone.
    folded: Option<char>,
    drops_marks: bool,
    is_bound: bool,
}

/// The characters of [`ENTRIES`]: alphabets, mostly.
const TABLE: Range<u32> = 0x80..0x1000;

static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let mut folded = Folded::default();
    let characters = TABLE.filter_map(char::from_u32);
    characters.map(|c| folded.entry(c)).collect()
});

impl Folded {
    /// The folded text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Folds a text in place of the one before.
    pub(super) fn fold(&mut self, text: &str) {
        self.text.clear();
        self.pieces.clear();
        self.drops_marks = false;
        let mut at = 0;
        while at < text.len() {
            at = self.fold_plain(text, at);
            let Some(c) = text[at..].chars().next() else {
                break;
            };
            let next = at + c.len_utf8();
            let end = next + bound_bytes(&text[next..]);
            match entry(c).filter(|_| end == next) {
                Some(Entry {
                    folded: Some(folded),
                    drops_marks,
                    ..
                }) => {
                    self.drops_marks = *drops_marks;
                    let begin = self.text.len();
                    self.text.push(*folded);
                    self.piece(begin, at..end, folded.len_utf8() == end - at);
                }
                _ => self.fold_cluster(&text[at..end], at..end),
            }
            at = end;
        }
    }

    /// The bytes of the original that a range of the folded text comes from, on
    /// boundaries of characters.
    pub(super) fn original(&self, folded: Range<usize>) -> Range<usize> {
        let piece_at = |at: usize| {
            let behind = self.pieces.partition_point(|piece| piece.folded <= at);
            self.pieces.get(behind.saturating_sub(1))
        };
        let begin = piece_at(folded.start).map_or(0, |piece| piece.begin_of(folded.start));
        let last = piece_at(folded.end.saturating_sub(1));
        let end = last.map_or(0, |piece| piece.end_of(folded.end));
        begin..end.max(begin)
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
        self.piece(begin, at..at + text.len(), true);
    }

    /// A blank of one byte, or of more; it joins the one before.
    fn push_blank(&mut self, original: Range<usize>) {
        self.drops_marks = false;
        let begin = self.text.len();
        if !self.text.ends_with(' ') {
            self.text.push(' ');
            let is_stepwise = original.len() == 1;
            self.piece(begin, original, is_stepwise);
            return;
        }
        let Some(last) = self.pieces.last_mut() else {
            return;
        };
        if last.is_stepwise && begin - last.folded > 1 {
            last.original.end -= 1;
            let blank = last.original.end..original.end;
            self.piece(begin - 1, blank, false);
        } else {
            last.is_stepwise = false;
            last.original.end = original.end;
        }
    }

    /// A piece of the original became all that was pushed since `folded`.
    fn piece(&mut self, folded: usize, original: Range<usize>, is_stepwise: bool) {
        match self.pieces.last_mut() {
            Some(last)
                if is_stepwise && last.is_stepwise && last.original.end == original.start =>
            {
                last.original.end = original.end;
            }
            _ => self.pieces.push(Piece {
                folded,
                original,
                is_stepwise,
            }),
        }
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
            self.piece(begin, original, is_stepwise);
        }
    }

    /// Adds what a decomposed character becomes to the cluster.
    fn put(&mut self, c: char) {
        if is_blank(c) {
            self.drops_marks = false;
            self.cluster.push(' ');
        } else if is_dropped(c) || (is_combining_mark(c) && self.drops_marks && is_european(c)) {
        } else if is_combining_mark(c) {
            self.cluster.push(c);
        } else {
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

    /// What becomes of a character that stands alone.
    fn entry(&mut self, c: char) -> Entry {
        self.text.clear();
        self.pieces.clear();
        self.drops_marks = false;
        self.fold_cluster(c.encode_utf8(&mut [0; 4]), 0..c.len_utf8());
        let mut folded = self.text.chars();
        let first = folded.next().filter(|&c| c != ' ' && !is_combining_mark(c));
        Entry {
            folded: first.filter(|_| folded.next().is_none()),
            drops_marks: self.drops_marks,
            is_bound: binds(c),
        }
    }
}

/// How many bytes of a text belong to the character before it.
fn bound_bytes(text: &str) -> usize {
    let bound = text.chars().take_while(|&c| is_bound(c));
    bound.map(char::len_utf8).sum()
}

fn entry(c: char) -> Option<&'static Entry> {
    let at = u32::from(c).checked_sub(TABLE.start)?;
    // The table is not made for whoever has no use for it.
    (at < TABLE.end).then(|| ENTRIES.get(at as usize))?
}

/// Whether a character has to be folded together with the one before it.
fn is_bound(c: char) -> bool {
    match c {
        '\0'..='\u{ac}' => false,
        _ if is_plain(c) => false,
        _ => entry(c).map_or_else(|| binds(c), |entry| entry.is_bound),
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
