//! What a folded character is to a search.

use unicode_normalization::char::is_combining_mark;
use unicode_script::{Script, UnicodeScript};

use super::table::Table;

/// What a folded character is to a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Letter {
    /// A letter, mark or digit of a script with blanks between its words, or `_`.
    Word,
    /// A letter, mark or digit of a script without blanks between its words.
    Dense,
    /// Anything else: blanks, punctuation, symbols.
    None,
}

static LETTERS: Table<Letter> = Table::new(Letter::by_properties);

impl Letter {
    /// Which of them a character is, wherever it stands.
    pub(super) fn of(c: char) -> Self {
        match c {
            '0'..='9' | 'a'..='z' | 'A'..='Z' | '_' => Self::Word,
            '\0'..='\u{7f}' => Self::None,
            // Most of these texts; what lengthens or voices kana has no script of its own.
            '\u{4e00}'..='\u{9fff}'
            | '\u{ac00}'..='\u{d7a3}'
            | '\u{30fc}'
            | '\u{3099}'
            | '\u{309a}' => Self::Dense,
            _ => (LETTERS.get(c).copied()).unwrap_or_else(|| Self::by_properties(c)),
        }
    }

    /// The same, by tables of everything.
    fn by_properties(c: char) -> Self {
        if !c.is_alphanumeric() && !is_combining_mark(c) {
            return Self::None;
        }
        match c.script() {
            Script::Han
            | Script::Hiragana
            | Script::Katakana
            | Script::Bopomofo
            | Script::Hangul
            | Script::Thai
            | Script::Lao
            | Script::Khmer
            | Script::Myanmar => Self::Dense,
            _ => Self::Word,
        }
    }
}

/// A run of characters of one kind, neither of which is [`Letter::None`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run<'a> {
    pub letter: Letter,
    pub text: &'a str,
    /// Where it begins in what it is of.
    pub at: usize,
}

/// The longest runs of words, and of scripts without blanks, in a folded text.
pub(super) fn runs(folded: &str) -> impl Iterator<Item = Run<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = &folded[at..];
        let mut letters = rest.char_indices().map(|(at, c)| (at, Letter::of(c)));
        let (begin, letter) = letters.find(|(_, letter)| *letter != Letter::None)?;
        let end = letters.find(|(_, other)| *other != letter);
        let end = end.map_or(rest.len(), |(at, _)| at);
        let run = Run {
            letter,
            text: &rest[begin..end],
            at: at + begin,
        };
        at += end;
        Some(run)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_with_blanks_have_words() {
        for c in "aZ5_éяωשعहिक्አ²".chars() {
            assert_eq!(Letter::of(c), Letter::Word, "{c}");
        }
    }

    #[test]
    fn scripts_without_blanks_are_dense() {
        for c in "天々〇がガー゙゚ㄅ한ᄒไก่๕ກຂខ្មမြ".chars() {
            assert_eq!(Letter::of(c), Letter::Dense, "{c}");
        }
    }

    #[test]
    fn the_rest_is_no_letter() {
        for c in " \n.-+'、。・🙂🏽🇩฿\u{e000}\u{200d}".chars() {
            assert_eq!(Letter::of(c), Letter::None, "{c}");
        }
    }

    #[test]
    fn what_is_known_by_heart_is_what_the_tables_say() {
        let is_odd = |c| matches!(c, '_' | '\u{30fc}' | '\u{3099}' | '\u{309a}');
        for c in ('\0'..=char::MAX).filter(|&c| !is_odd(c)) {
            assert_eq!(
                Letter::of(c),
                Letter::by_properties(c),
                "U+{:04X}",
                u32::from(c)
            );
        }
    }

    #[test]
    fn a_run_ends_where_the_kind_changes() {
        let found: Vec<_> = runs("用rust_2写 c++")
            .map(|run| (run.at, run.text))
            .collect();
        assert_eq!(found, [(0, "用"), (3, "rust_2"), (9, "写"), (13, "c")]);
        assert_eq!(runs(" ++ ").next(), None);
    }
}
