//! Puts the text of a reply together from pieces that may end within a character.

use std::borrow::Cow;
use std::mem;

use crate::domain::without_nul;

/// How long a surrogate is, written like a character of UTF-8.
const SURROGATE_BYTES: usize = 3;

/// Text, and the half of a character that it may end in.
///
/// Halves are bytes of UTF-8, or surrogates: an escape such as `\ud83d` is the
/// first half of a character, and its second half may come with the next event.
#[derive(Default)]
pub(super) struct Characters {
    text: String,
    half: Vec<u8>,
    is_damaged: bool,
}

impl Characters {
    /// Whether there is no text to be taken.
    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Takes the text without the half it may end in.
    pub(super) fn take(&mut self) -> String {
        mem::take(&mut self.text)
    }

    /// Whether something was no character and has been replaced, or has no second half yet.
    pub(super) fn is_damaged(&self) -> bool {
        self.is_damaged || !self.half.is_empty()
    }

    /// Adds a piece.
    pub(super) fn push(&mut self, piece: &[u8]) {
        if self.half.is_empty() {
            self.push_whole(piece);
        } else {
            let mut bytes = mem::take(&mut self.half);
            bytes.extend_from_slice(piece);
            self.push_whole(&bytes);
        }
    }

    /// Adds a piece together with the half before it.
    fn push_whole(&mut self, mut rest: &[u8]) {
        while !rest.is_empty() {
            let error = match str::from_utf8(rest) {
                Ok(text) => return self.push_text(text),
                Err(error) => error,
            };
            let (whole, broken) = rest.split_at(error.valid_up_to());
            self.push_text(&String::from_utf8_lossy(whole));
            let used = match (surrogate(broken, 0xa0), error.error_len()) {
                (Some(high), _) => {
                    let next = broken.get(SURROGATE_BYTES..).unwrap_or_default();
                    if next.is_empty() {
                        self.half = broken.to_vec();
                        return;
                    }
                    self.pair(high, surrogate(next, 0xb0))
                }
                (None, None) => {
                    self.half = broken.to_vec();
                    return;
                }
                (None, Some(_)) if surrogate(broken, 0xb0).is_some() => {
                    self.replace();
                    SURROGATE_BYTES
                }
                (None, Some(length)) => {
                    self.replace();
                    length
                }
            };
            rest = broken.get(used..).unwrap_or_default();
        }
    }

    /// Nothing more comes: a half stays one.
    pub(super) fn finish(&mut self) {
        if !mem::take(&mut self.half).is_empty() {
            self.replace();
        }
    }

    /// Adds the character of two surrogates; returns how many bytes of them were used.
    fn pair(&mut self, high: u32, low: Option<u32>) -> usize {
        match low.and_then(|low| char::from_u32(0x1_0000 + (high << 10) + low)) {
            Some(character) => {
                self.text.push(character);
                2 * SURROGATE_BYTES
            }
            None => {
                self.replace();
                SURROGATE_BYTES
            }
        }
    }

    /// Adds text, in which a NUL is no character either.
    fn push_text(&mut self, text: &str) {
        let kept = without_nul(text);
        self.is_damaged |= matches!(kept, Cow::Owned(_));
        self.text.push_str(&kept);
    }

    fn replace(&mut self) {
        self.is_damaged = true;
        self.text.push(char::REPLACEMENT_CHARACTER);
    }
}

/// The ten bits of a surrogate at the beginning; its second byte is `from` or up to 15 more.
fn surrogate(bytes: &[u8], from: u8) -> Option<u32> {
    match bytes {
        [0xed, second, third @ 0x80..0xc0, ..] if (from..from + 16).contains(second) => {
            Some((u32::from(second - from) << 6) + u32::from(third - 0x80))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put_together(pieces: &[&[u8]]) -> (String, bool) {
        let mut characters = Characters::default();
        for piece in pieces {
            characters.push(piece);
        }
        characters.finish();
        (characters.take(), characters.is_damaged())
    }

    #[test]
    fn halves_become_characters() {
        let whole = |text: &str| (text.to_owned(), false);
        for cut in 0..="aé你👋z".len() {
            let (one, two) = "aé你👋z".as_bytes().split_at(cut);
            assert_eq!(put_together(&[one, two]), whole("aé你👋z"), "{cut}");
        }
        let halves: [&[u8]; 2] = [b"ok \xed\xa0\xbd", b"\xed\xb8\x80 end"];
        assert_eq!(put_together(&halves), whole("ok 😀 end"));
        assert_eq!(put_together(&[&halves.concat()]), whole("ok 😀 end"));
    }

    #[test]
    fn what_is_no_character_is_replaced_alone() {
        for pieces in [
            [&b"a\xff"[..], b"b"],
            [b"a\xed\xa0\xbd", b"b"],
            [b"a", b"\xed\xb8\x80b"],
            [b"a", b"\0b"],
            [b"a\0", b"b"],
            [b"a\xf0\x9f", b"b"],
        ] {
            assert_eq!(put_together(&pieces), ("a\u{fffd}b".into(), true));
        }
        assert_eq!(put_together(&[b"a\xe4"]), ("a\u{fffd}".into(), true));
        let twice = ("\u{fffd}\u{fffd}é\u{fffd}".into(), true);
        assert_eq!(put_together(&[b"\xe4\0\xc3", b"\xa9\0"]), twice);
    }
}
