//! Whether there is anything to be seen of a text.

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

#[cfg(test)]
mod tests {
    use super::*;

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
