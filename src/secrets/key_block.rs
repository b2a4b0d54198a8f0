//! Private keys between lines that say so: PEM, OpenSSH, PGP, and PuTTY's own.

use std::ops::Range;
use std::sync::OnceLock;

use regex::bytes::Regex;

use super::random::{is_drawn, variety};
use super::surroundings::{before, run, window};

const KIND: &str = "a private key";

/// How much of a mark may stand around its words.
const AROUND: usize = 48;
/// So many bytes of base64 without a gap are a line of a key at least.
const LINE: usize = 40;
/// The shortest last line, and the widest gap between two lines, of a key of which
/// the end was cut off.
const LAST: usize = 16;
const GAP: usize = 8;
/// The longest key of PuTTY.
const PUTTY: usize = 8192;

/// The lines that a text has shown so far.
#[derive(Default)]
pub(super) struct KeyBlocks {
    /// A key has begun, and its end is still to come.
    open: Option<Range<usize>>,
}

impl KeyBlocks {
    /// The key that ends here, or that did not end before another begins.
    pub(super) fn read(
        &mut self,
        bytes: &[u8],
        words: &Range<usize>,
    ) -> Option<(&'static str, Range<usize>)> {
        if bytes.get(words.start) == Some(&b'P') && bytes.get(words.end - 1) == Some(&b' ') {
            return putty(bytes, words.start);
        }
        let (mark, is_begin) = mark(bytes, words)?;
        if is_begin {
            let cut_off = self.open.replace(mark.clone());
            return cut_off.and_then(|begin| cut_off_key(bytes, begin, mark.start));
        }
        let begin = self.open.take()?;
        let body = bytes.get(begin.end..mark.start)?;
        is_body(body).then_some((KIND, begin.start..mark.end))
    }

    /// The key that was still open when the text ended.
    pub(super) fn end(&mut self, bytes: &[u8]) -> Option<(&'static str, Range<usize>)> {
        let begin = self.open.take()?;
        cut_off_key(bytes, begin, bytes.len())
    }
}

/// The mark around its words, and whether a key begins there.
fn mark(bytes: &[u8], words: &Range<usize>) -> Option<(Range<usize>, bool)> {
    static AHEAD: OnceLock<Option<Regex>> = OnceLock::new();
    static BEHIND: OnceLock<Option<Regex>> = OnceLock::new();
    let ahead =
        AHEAD.get_or_init(|| Regex::new("(?-u)-{4,5} ?(BEGIN|END) (?:[A-Z0-9]+ )*\\z").ok());
    let behind = BEHIND.get_or_init(|| Regex::new("(?-u)\\A(?: BLOCK)? ?-{4,5}").ok());
    let text = before(bytes, words.start, AROUND);
    let ahead = ahead.as_ref()?.captures(text)?;
    let end = behind
        .as_ref()?
        .find(window(bytes, words.end, AROUND))?
        .end();
    let start = words.start - text.len() + ahead.get(0)?.start();
    Some((start..words.end + end, ahead.get(1)?.as_bytes() == b"BEGIN"))
}

/// The key of PuTTY that follows the number of its lines.
fn putty(bytes: &[u8], start: usize) -> Option<(&'static str, Range<usize>)> {
    static REGEX: OnceLock<Option<Regex>> = OnceLock::new();
    let text = r"(?-u)\APrivate-Lines: [0-9]{1,3}(?:\s|\\[nr])+([A-Za-z0-9+/=\s\\]+)Private-MAC: [0-9a-f]{40,64}";
    let regex = REGEX.get_or_init(|| Regex::new(text).ok()).as_ref()?;
    let found = regex.captures(window(bytes, start, PUTTY))?;
    let is_it = is_body(found.get(1)?.as_bytes());
    is_it.then_some((KIND, start..start + found.get(0)?.end()))
}

/// Whether it has lines of base64, and little else: not the code between two texts
/// that look for the marks.
fn is_body(body: &[u8]) -> bool {
    let (mut all, mut has_line) = (0, false);
    for run in body.split(|&byte| !is_of_key(byte)) {
        all += run.len();
        has_line |= run.len() >= LINE && is_drawn(run);
    }
    has_line && all * 4 >= body.len() * 3
}

/// The key without its end, as far as its lines go.
fn cut_off_key(
    bytes: &[u8],
    begin: Range<usize>,
    limit: usize,
) -> Option<(&'static str, Range<usize>)> {
    let text = bytes.get(..limit)?;
    let mut end = begin.end;
    let mut at = begin.end;
    loop {
        let gap = run(window(text, at, GAP + 1), 0, |byte| !is_of_key(byte));
        let length = run(text, at + gap, is_of_key);
        if gap > GAP || !is_line(text, at + gap, length) {
            break;
        }
        at += gap + length;
        end = at;
        if length < LINE {
            break;
        }
    }
    is_body(bytes.get(begin.end..end)?).then_some((KIND, begin.start..end))
}

/// Whether so many bytes from a place on are a line of a key, or its last: no word of
/// what follows, nor the beginning of a token.
fn is_line(text: &[u8], start: usize, length: usize) -> bool {
    let line = window(text, start, length);
    let follows = text.get(start + length).copied();
    let is_apart = follows.is_none_or(|byte| !matches!(byte, b'.' | b':' | b'-' | b'_'));
    length >= LINE || (length >= LAST && is_apart && variety(line) >= 3)
}

fn is_of_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}
