//! Whether there is anything to be seen of a text, and what becomes of NUL in one.

use std::borrow::Cow;

use super::invisible::is_unseen;

/// Whether a line has nothing but white space.
pub(crate) fn is_blank(line: &str) -> bool {
    line.chars().all(char::is_whitespace)
}

/// Whether nobody would see anything of a text: white space and what is invisible.
pub(crate) fn shows_nothing(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_invisible(c))
}

/// Whether a character is not allowed in a user name or a key: all that is not seen,
/// and whatever is shown as a space other than U+0020.
pub(crate) fn is_invisible(c: char) -> bool {
    is_unseen(c) || (c.is_whitespace() && c != ' ')
}

/// A text as the log takes it from elsewhere: not every store takes NUL, and in other
/// programs it ends a text.
pub(crate) fn without_nul<'a>(text: impl Into<Cow<'a, str>>) -> Cow<'a, str> {
    let text = text.into();
    if text.contains('\0') {
        text.replace('\0', "\u{fffd}").into()
    } else {
        text
    }
}

/// Whether a text of the log, in which a NUL may stand, is one that came from elsewhere.
pub(crate) fn is_same_text(here: &str, there: &str) -> bool {
    here == there || here.contains('\0') && without_nul(here) == there
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_with_a_nul_is_the_one_that_was_made_of_it() {
        assert_eq!(without_nul("a\0é\0"), "a\u{fffd}é\u{fffd}");
        assert_eq!(without_nul("a"), "a");
        assert!(is_same_text("a\0é", "a\u{fffd}é") && is_same_text("a", "a"));
        assert!(!is_same_text("a\0é", "aé") && !is_same_text("a\u{fffd}", "a\0"));
    }

    #[test]
    fn blank_is_only_white_space() {
        assert!(is_blank("") && is_blank(" \t") && is_blank("\u{3000}"));
        assert!(!is_blank(" ."));
    }

    #[test]
    fn what_has_a_purpose_elsewhere_has_none_in_a_name() {
        let unseen = "\u{200c}\u{200d}\u{fe0f}\u{e0100}\u{180b}\u{2800}\u{3164}\u{a0}\t";
        assert!(unseen.chars().all(is_invisible) && shows_nothing(unseen));
        assert!(!"a é你😀".chars().any(is_invisible));
    }
}
