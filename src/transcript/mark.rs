//! The lines that open and close a block.

/// Three quotes, alone or before a word, make a mark.
const QUOTES: &str = "\"\"\"";

/// The longest word of a mark, in characters.
const LONGEST_WORD: usize = 64;

/// Whether a line outside a block opens one, which only the same line closes:
/// three quotes, alone or with a word of 1 to 64 of A–Z, 0–9 and `_`, and nothing else.
pub(crate) fn is_mark(line: &str) -> bool {
    let is_letter = |byte: u8| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'_');
    line.strip_prefix(QUOTES)
        .is_some_and(|word| word.len() <= LONGEST_WORD && word.bytes().all(is_letter))
}

/// Whether a mark has a word, so that what is between two of them stays byte for byte.
pub(super) fn has_word(mark: &str) -> bool {
    mark != QUOTES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_quotes_and_at_most_one_word() {
        let longest = format!("{QUOTES}{}", "X".repeat(64));
        for mark in ["\"\"\"", "\"\"\"END", "\"\"\"_", "\"\"\"0_9", &longest] {
            assert!(is_mark(mark), "{mark}");
        }
        let too_long = format!("{longest}X");
        for text in [
            "",
            "\"\"",
            "\"\"\"\"",
            "\"\"\" ",
            "\"\"\" END",
            "\"\"\"END ",
            " \"\"\"END",
            "\"\"\"end",
            "\"\"\"É",
            "\"\"\"A-B",
            "\"\"\"END\"\"\"",
            "\"\"\"END\r",
            &too_long,
        ] {
            assert!(!is_mark(text), "{text}");
        }
    }
}
