//! The output of a program as text.

use std::borrow::Cow;

use crate::domain::without_nul;

/// How much of a program's standard error is kept.
const KEPT_BYTES: usize = 4 * 1024;

/// A reply that arrives as bytes, cut anywhere, even inside a character.
///
/// The line end that programs write last is not part of the reply, so a line end
/// is held back until something follows.
pub(super) struct ProgramText {
    text: String,
    /// The bytes of an incomplete character.
    part: Vec<u8>,
    held: &'static str,
    is_damaged: bool,
    room: usize,
    limit: usize,
    taken: usize,
}

impl ProgramText {
    /// A reply of at most so many bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            text: String::new(),
            part: Vec::new(),
            held: "",
            is_damaged: false,
            room: limit,
            limit,
            taken: 0,
        }
    }

    /// The text that the last call of [`take`](Self::take) has added.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Takes bytes. The text before a wrong byte, or within the limit, is added even if
    /// the rest is refused.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Result<(), String> {
        self.text.clear();
        self.text.push_str(std::mem::take(&mut self.held));
        let mut whole = std::mem::take(&mut self.part);
        let before = self.taken;
        whole.extend_from_slice(bytes);
        let mut wrong = None;
        match std::str::from_utf8(&whole) {
            Ok(text) => self.push_text(text),
            Err(error) => {
                let (good, rest) = whole.split_at(error.valid_up_to());
                self.push_text(&String::from_utf8_lossy(good));
                if error.error_len().is_none() {
                    self.part = rest.to_vec();
                } else {
                    wrong = Some(before + good.len() + 1);
                }
            }
        }
        self.taken += whole.len() - self.part.len();
        for end in ["\r\n", "\n", "\r"] {
            if let Some(rest) = self.text.strip_suffix(end).filter(|_| wrong.is_none()) {
                self.text.truncate(rest.len());
                self.held = end;
                break;
            }
        }
        if self.text.len() > self.room {
            let fits = self.text.floor_char_boundary(self.room);
            self.text.truncate(fits);
            self.room = 0;
            let mebibytes = self.limit / 1024 / 1024;
            return Err(format!("the reply is longer than {mebibytes} MiB"));
        }
        self.room -= self.text.len();
        wrong.map_or(Ok(()), |byte| Err(not_text(byte)))
    }

    fn push_text(&mut self, text: &str) {
        let kept = without_nul(text);
        self.is_damaged |= matches!(kept, Cow::Owned(_));
        self.text.push_str(&kept);
    }

    /// Whether there was a NUL in it, which has been replaced.
    pub(super) fn is_damaged(&self) -> bool {
        self.is_damaged
    }

    /// Ends the reply. A line end that is held back, even a carriage return alone, is
    /// dropped.
    pub(super) fn end(&self) -> Result<(), String> {
        if self.part.is_empty() {
            Ok(())
        } else {
            Err(not_text(self.taken + 1))
        }
    }
}

fn not_text(byte: usize) -> String {
    format!("the output of the program is not UTF-8 (byte {byte})")
}

/// The end of a program's standard error.
#[derive(Default)]
pub(super) struct Tail(Vec<u8>);

impl Tail {
    /// Takes bytes and drops the oldest ones.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
        let excess = self.0.len().saturating_sub(KEPT_BYTES);
        self.0.drain(..excess);
    }

    /// The text on one line, from the first whole character on.
    pub(super) fn text(&self) -> String {
        let start = self.0.iter().position(|byte| byte & 0xc0 != 0x80);
        let text = self.0.get(start.unwrap_or_default()..).unwrap_or_default();
        let text = String::from_utf8_lossy(text);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], size: usize, limit: usize) -> (String, Result<(), String>) {
        let mut reply = ProgramText::new(limit);
        let mut all = String::new();
        for piece in bytes.chunks(size) {
            let taken = reply.take(piece);
            all.push_str(reply.text());
            if taken.is_err() {
                return (all, taken);
            }
        }
        (all, reply.end())
    }

    #[test]
    fn bytes_come_in_any_pieces_and_the_last_line_end_stays_out() {
        for (output, text) in [
            ("é 你\n好\r\n\n👋\n", "é 你\n好\r\n\n👋"),
            ("a\r\n", "a"),
            ("a\n\n", "a\n"),
            ("\n", ""),
            ("", ""),
            ("a\rb", "a\rb"),
        ] {
            for size in 1..=output.len().max(1) {
                let whole = (text.to_owned(), Ok(()));
                assert_eq!(
                    read(output.as_bytes(), size, 100),
                    whole,
                    "{output:?} {size}"
                );
            }
        }
    }

    #[test]
    fn wrong_bytes_are_named_and_what_came_before_stays() {
        for size in 1..6 {
            let (text, end) = read(b"\xc3\xa9\n\xffb", size, 100);
            assert_eq!(text, "é\n");
            assert_eq!(
                end.unwrap_err(),
                "the output of the program is not UTF-8 (byte 4)"
            );
            let (text, end) = read(b"ab\xe4\xbd", size, 100);
            assert_eq!(text, "ab");
            assert_eq!(
                end.unwrap_err(),
                "the output of the program is not UTF-8 (byte 3)"
            );
        }
    }

    #[test]
    fn a_nul_is_replaced() {
        for size in 1..6 {
            let whole = ("a\u{fffd}é\u{fffd}".to_owned(), Ok(()));
            assert_eq!(read("a\0é\0\n".as_bytes(), size, 100), whole);
            let (text, end) = read(b"a\0\xffb", size, 100);
            assert_eq!(text, "a\u{fffd}");
            assert_eq!(end, Err(not_text(3)));
        }
    }

    #[test]
    fn a_reply_is_cut_at_the_limit_between_characters() {
        for size in 1..6 {
            assert_eq!(read("aé\n".as_bytes(), size, 3), ("aé".into(), Ok(())));
            let (text, end) = read("aéé".as_bytes(), size, 4);
            assert_eq!(text, "aé");
            assert!(end.is_err());
        }
    }

    #[test]
    fn only_the_end_of_a_complaint_is_kept() {
        let mut tail = Tail::default();
        for _ in 0..1000 {
            tail.push("é你\n".as_bytes());
        }
        tail.push(b"done");
        assert_eq!(tail.0.len(), KEPT_BYTES);
        let text = tail.text();
        assert!(text.ends_with("é你 done") && !text.contains('\u{fffd}'));
    }
}
