//! Gathers a stream into one text and refuses what is none while it is read.

use crate::domain::TextError;

/// A text of at most so many bytes, which comes in pieces.
///
/// A piece may end in the middle of a character. What is wrong with the text is
/// told as soon as it can be known, so that a stream without an end is, too, and
/// that takes no more memory than the longest text.
pub(crate) struct WholeText {
    bytes: Vec<u8>,
    limit: usize,
    /// How many bytes are known to be text.
    checked: usize,
}

impl WholeText {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            bytes: Vec::new(),
            limit,
            checked: 0,
        }
    }

    /// Adds the next piece.
    ///
    /// # Errors
    /// The first thing that is wrong with the text so far. Then it is of no more use.
    pub(crate) fn push(&mut self, piece: &[u8]) -> Result<(), TextError> {
        // One byte beyond the limit is enough to know that there is one.
        let room = self.limit + 1 - self.bytes.len();
        self.bytes
            .extend_from_slice(&piece[..piece.len().min(room)]);
        let unchecked = &self.bytes[self.checked..];
        let (text, is_wrong) = match str::from_utf8(unchecked) {
            Ok(text) => (text.len(), false),
            Err(error) => (error.valid_up_to(), error.error_len().is_some()),
        };
        if let Some(at) = memchr::memchr(0, &unchecked[..text]) {
            return Err(TextError::NulByte(self.checked + at + 1));
        }
        self.checked += text;
        if is_wrong {
            return Err(TextError::InvalidUtf8(self.checked + 1));
        }
        if self.bytes.len() > self.limit {
            return Err(TextError::TooLong);
        }
        Ok(())
    }

    /// Ends the text.
    ///
    /// # Errors
    /// If it ends in the middle of a character.
    pub(crate) fn end(self) -> Result<String, TextError> {
        String::from_utf8(self.bytes).map_err(|_| TextError::InvalidUtf8(self.checked + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text that comes in pieces of that many bytes.
    fn read(bytes: &[u8], step: usize, limit: usize) -> Result<String, TextError> {
        let mut text = WholeText::new(limit);
        bytes.chunks(step).try_for_each(|piece| text.push(piece))?;
        text.end()
    }

    #[test]
    fn a_text_is_kept_byte_for_byte() {
        let text = "\u{feff}a\r\nb\n\né你好🙂\u{1b}";
        for step in 1..20 {
            assert_eq!(read(text.as_bytes(), step, 100).unwrap(), text);
            assert_eq!(read(b"", step, 100).unwrap(), "");
        }
    }

    #[test]
    fn the_first_thing_that_is_wrong_is_told_wherever_the_pieces_end() {
        for step in 1..20 {
            for (bytes, error) in [
                (&b"ab\xffcd\0"[..], TextError::InvalidUtf8(3)),
                (b"ab\0cd\xff", TextError::NulByte(3)),
                (b"\xc3\0", TextError::InvalidUtf8(1)),
                (b"a\xe4\xbd", TextError::InvalidUtf8(2)),
                (b"1234567890x", TextError::TooLong),
                (b"123456789\0xx", TextError::NulByte(10)),
                ("123456789é".as_bytes(), TextError::TooLong),
            ] {
                assert_eq!(read(bytes, step, 10).unwrap_err(), error, "{step}");
            }
            assert_eq!(read(b"1234567890", step, 10).unwrap(), "1234567890");
        }
    }

    #[test]
    fn a_refused_text_takes_no_more_memory_than_the_longest_one() {
        let mut text = WholeText::new(1000);
        assert_eq!(text.push(&vec![b'x'; 100_000]), Err(TextError::TooLong));
        assert_eq!(text.bytes.len(), 1001);
    }
}
