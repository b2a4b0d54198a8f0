//! Names of users.

use std::fmt;
use std::sync::Arc;

use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::text;

/// The longest user name, in bytes of UTF-8 after normalisation.
const NAME_BYTES: usize = 128;

/// The name of a user: 1 to 128 bytes of visible text in Unicode NFC, compared exactly.
///
/// Two names that look alike because of an invisible character cannot both
/// exist, since invisible characters are refused.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct UserName(Arc<str>);

/// Why a text cannot be a user name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NameError {
    /// There is no visible character.
    Empty,
    /// It is longer than 128 bytes; its length in bytes.
    TooLong(usize),
    /// It holds a control or invisible character, this one first.
    Invisible(char),
}

impl UserName {
    /// Makes a name of what was typed: white space around it is removed, the rest is brought to NFC.
    ///
    /// # Errors
    /// A [`NameError`] that says what is wrong with it.
    pub(crate) fn new(typed: &str) -> Result<Self, NameError> {
        let trimmed = typed.trim();
        if trimmed.is_empty() {
            return Err(NameError::Empty);
        }
        if let Some(c) = trimmed.chars().find(|&c| text::is_invisible(c)) {
            return Err(NameError::Invisible(c));
        }
        let name: Box<str> = if is_nfc(trimmed) {
            trimmed.into()
        } else {
            trimmed.nfc().collect::<String>().into()
        };
        if name.len() > NAME_BYTES {
            return Err(NameError::TooLong(name.len()));
        }
        Ok(Self(name.into()))
    }

    /// Takes a name from a store without checking it again.
    ///
    /// If another program has written something else there, it is shown as it
    /// is, escaped like any other text.
    pub(crate) fn stored(text: &str) -> Self {
        Self(text.into())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The name in double quotes if it holds a space or a quote, so that it stays one word of a listing.
    pub(crate) fn quoted(&self) -> std::borrow::Cow<'_, str> {
        if self.0.contains([' ', '"', '\\']) {
            let inner = self.0.replace('\\', "\\\\").replace('"', "\\\"");
            format!("\"{inner}\"").into()
        } else {
            (&*self.0).into()
        }
    }
}

impl fmt::Display for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_trimmed_and_composed() {
        assert_eq!(UserName::new(" alice ").unwrap().as_str(), "alice");
        assert_eq!(UserName::new("e\u{301}").unwrap().as_str(), "é");
        assert_eq!(UserName::new("你好 🙂").unwrap().as_str(), "你好 🙂");
    }

    #[test]
    fn what_cannot_be_seen_is_refused() {
        assert_eq!(UserName::new("  "), Err(NameError::Empty));
        assert_eq!(
            UserName::new("a\u{200b}b"),
            Err(NameError::Invisible('\u{200b}'))
        );
        assert_eq!(UserName::new("a\tb"), Err(NameError::Invisible('\t')));
        assert_eq!(
            UserName::new("a\u{a0}b"),
            Err(NameError::Invisible('\u{a0}'))
        );
        assert_eq!(
            UserName::new("a\u{202e}b"),
            Err(NameError::Invisible('\u{202e}'))
        );
        assert_eq!(
            UserName::new("\u{3164}"),
            Err(NameError::Invisible('\u{3164}'))
        );
    }

    #[test]
    fn length_counts_bytes() {
        assert!(UserName::new(&"a".repeat(128)).is_ok());
        assert_eq!(UserName::new(&"é".repeat(65)), Err(NameError::TooLong(130)));
    }

    #[test]
    fn quoting_keeps_a_name_one_word() {
        assert_eq!(UserName::new("alice").unwrap().quoted(), "alice");
        assert_eq!(UserName::new("al ice").unwrap().quoted(), "\"al ice\"");
        assert_eq!(UserName::new("a\"b").unwrap().quoted(), "\"a\\\"b\"");
    }
}
