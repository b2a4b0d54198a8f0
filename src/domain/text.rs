//! Which characters mislead a reader or control a terminal.
//!
//! The classes follow Unicode 16: the `Default_Ignorable_Code_Point` property,
//! the general categories Cc, Cf, Zl, Zp and Zs, and the two blanks (braille
//! U+2800 and the Hangul fillers) that render as nothing.

/// Whether a line has nothing but white space.
pub(crate) fn is_blank(line: &str) -> bool {
    line.chars().all(char::is_whitespace)
}

/// Whether a character must not be shown as it is, because it controls a
/// terminal, or reorders or hides text. Newline and tab count; a renderer of
/// texts with several lines lets those two pass. Joiners and variation
/// selectors do not count: emoji and several scripts need them.
pub(crate) fn is_deceptive(c: char) -> bool {
    if c < '\u{7f}' {
        return c < ' ';
    }
    matches!(c,
        '\u{7f}'..='\u{9f}'            // DEL and the C1 controls
        | '\u{ad}'                     // soft hyphen
        | '\u{61c}'                    // Arabic letter mark
        | '\u{180e}'                   // Mongolian vowel separator
        | '\u{200b}'                   // zero-width space
        | '\u{200e}' | '\u{200f}'      // direction marks
        | '\u{2028}'..='\u{202e}'      // separators, embeddings, overrides
        | '\u{2060}'..='\u{206f}'      // word joiner, isolates, deprecated controls
        | '\u{feff}'                   // zero-width no-break space
        | '\u{fff0}'..='\u{fffb}'      // interlinear annotation
        | '\u{1bca0}'..='\u{1bca3}'    // shorthand format controls
        | '\u{1d173}'..='\u{1d17a}'    // musical format controls
        | '\u{e0000}'..='\u{e007f}'    // language tags
    )
}

/// Whether nobody would see anything of a text: white space and what is invisible.
pub(crate) fn shows_nothing(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_invisible(c))
}

/// Whether a character is not allowed in a user name or a key: everything deceptive, and
/// whatever is shown as nothing or as a space other than U+0020.
pub(crate) fn is_invisible(c: char) -> bool {
    is_deceptive(c)
        || (c.is_whitespace() && c != ' ')
        || matches!(c,
            '\u{34f}'                       // combining grapheme joiner
            | '\u{115f}' | '\u{1160}'       // Hangul fillers
            | '\u{17b4}' | '\u{17b5}'       // Khmer inherent vowels
            | '\u{180b}'..='\u{180f}'       // Mongolian variation selectors
            | '\u{200c}' | '\u{200d}'       // joiners
            | '\u{2800}'                    // braille blank
            | '\u{3164}' | '\u{ffa0}'       // Hangul fillers
            | '\u{fe00}'..='\u{fe0f}'       // variation selectors
            | '\u{e0080}'..='\u{e0fff}'     // the rest of the ignorable plane
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emoji_and_scripts_pass() {
        for text in ["é", "你好", "👨‍👩‍👧‍👦", "❤️", "नमस्ते", "می‌خواهم"]
        {
            assert!(!text.chars().any(is_deceptive), "{text}");
        }
    }

    #[test]
    fn controls_and_overrides_do_not() {
        for c in [
            '\0',
            '\x1b',
            '\r',
            '\u{7f}',
            '\u{9b}',
            '\u{202e}',
            '\u{2066}',
            '\u{e0041}',
        ] {
            assert!(is_deceptive(c), "{c:?}");
        }
    }

    #[test]
    fn blank_is_only_white_space() {
        assert!(is_blank("") && is_blank(" \t") && is_blank("\u{3000}"));
        assert!(!is_blank(" ."));
    }
}
