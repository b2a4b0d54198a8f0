//! JSON that is safe to show on a terminal.

use std::io::{self, Write};

use serde_json::ser::{CompactFormatter, Formatter};

use crate::domain::is_stray;

/// Compact JSON in which all stray invisible characters are escaped: it is safe on a
/// terminal and still means the same.
pub(super) struct Escaping;

impl Formatter for Escaping {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        if fragment.is_ascii() && !fragment.as_bytes().contains(&0x7f) {
            return writer.write_all(fragment.as_bytes());
        }
        let mut done = 0;
        // What ends a fragment needs no invisible character beside it.
        let places = fragment.char_indices();
        for (at, c) in places.filter(|&(at, c)| is_stray(fragment, at, c)) {
            writer.write_all(&fragment.as_bytes()[done..at])?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            done = at + c.len_utf8();
        }
        CompactFormatter.write_string_fragment(writer, &fragment[done..])
    }
}

/// Whether a text can stand in JSON as it is: it is printable ASCII without quotation marks
/// and backslashes. Of others that is not known.
pub(super) fn needs_no_escape(text: &str) -> bool {
    let bytes = text.as_bytes();
    let Some((_, last)) = bytes.split_last_chunk::<16>() else {
        return bytes.iter().all(|byte| is_plain(*byte));
    };
    // Some of the last ones are looked at twice, and none alone.
    bytes.as_chunks::<16>().0.iter().all(are_plain) && are_plain(last)
}

/// Without a way out in the middle all of them are compared at once.
fn are_plain(bytes: &[u8; 16]) -> bool {
    bytes.iter().fold(true, |all, byte| all & is_plain(*byte))
}

fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'!' | b'#'..=b'[' | b']'..=b'~')
}

#[cfg(test)]
mod tests {
    use serde::Serialize;

    use super::*;

    #[test]
    fn what_needs_no_escape_is_written_as_it_is() {
        let plain: String = (' '..='~').filter(|c| !"\"\\".contains(*c)).collect();
        for length in [0, 1, 15, 16, 17, 31, 32, 33, 200] {
            let text: String = plain.chars().cycle().take(length).collect();
            assert!(needs_no_escape(&text));
            for other in [
                '"', '\\', '\n', '\0', '\u{1f}', '\u{7f}', 'é', '你', '\u{202e}',
            ] {
                for place in [0, length / 2, length] {
                    let mut text = text.clone();
                    text.insert(place, other);
                    assert!(!needs_no_escape(&text), "{text:?}");
                }
            }
        }
    }

    #[test]
    fn everything_stray_is_escaped_and_nothing_is_lost() {
        let text = "a\u{7f}\u{9b}31m\u{202e}\u{e0041}\x1b é 你好 👨‍👩‍👧 \u{200d}\u{3164} \"q\"\\\n";
        let mut out = Vec::new();
        text.serialize(&mut serde_json::Serializer::with_formatter(
            &mut out, Escaping,
        ))
        .unwrap();
        let shown = String::from_utf8(out).unwrap();
        assert!(!crate::domain::has_stray(&shown), "{shown}");
        assert!(shown.contains("👨‍👩‍👧 \\u200d\\u3164"), "{shown}");
        assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), text);
    }
}
