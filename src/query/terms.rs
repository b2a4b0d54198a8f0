//! The terms of a text: what an index keeps of it.

use super::fold::Folded;
use super::letter::{Letter, runs};

/// The longest term, in bytes.
const TERM_BYTES: usize = 64;

/// Shows the terms of a text, in their order and as often as they stand there: its
/// words, folded, and each pair of neighbouring characters of a script without
/// blanks, with the last character of such a run alone.
///
/// A term has at most 64 bytes, cut at a character, and only letters, marks, digits
/// and `_`: no blank, no quote, nothing of a private-use area.
pub(crate) fn terms_of(text: &str, visit: &mut dyn FnMut(&str)) {
    let mut folded = Folded::default();
    folded.fold(text);
    for run in runs(folded.text()) {
        match run.letter {
            Letter::Dense => {
                pairs(run.text).for_each(&mut *visit);
                visit(last_character(run.text));
            }
            _ => visit(cut(run.text)),
        }
    }
}

/// The beginning of a word that an index keeps.
pub(super) fn cut(word: &str) -> &str {
    &word[..word.floor_char_boundary(TERM_BYTES)]
}

/// Each two characters that stand side by side.
pub(super) fn pairs(run: &str) -> impl Iterator<Item = &str> {
    let begins = run.char_indices().map(|(at, _)| at);
    let ends = begins.clone().skip(2).chain([run.len()]);
    let is_pair = |(begin, end): &(usize, usize)| run[*begin..*end].chars().nth(1).is_some();
    begins
        .zip(ends)
        .filter(is_pair)
        .map(|(begin, end)| &run[begin..end])
}

fn last_character(run: &str) -> &str {
    let last = run.char_indices().next_back();
    &run[last.map_or(0, |(at, _)| at)..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(text: &str) -> Vec<String> {
        let mut terms = Vec::new();
        terms_of(text, &mut |term| terms.push(term.to_owned()));
        terms
    }

    #[test]
    fn words_are_terms() {
        assert_eq!(
            terms("Hello, foo-bar_1! C++ path/X.rs"),
            ["hello", "foo", "bar_1", "c", "path", "x", "rs"]
        );
        assert_eq!(terms("Café STRASSE straße"), ["cafe", "strasse", "strasse"]);
        assert_eq!(terms(""), [""; 0]);
        assert_eq!(terms(" ++ 🙂\u{e000}\u{e00f}"), [""; 0]);
    }

    #[test]
    fn scripts_without_blanks_give_pairs_and_their_last_character() {
        assert_eq!(terms("天"), ["天"]);
        assert_eq!(terms("天气"), ["天气", "气"]);
        assert_eq!(terms("今天天气"), ["今天", "天天", "天气", "气"]);
        assert_eq!(terms("用Rust写"), ["用", "rust", "写"]);
        assert_eq!(terms("天,气"), ["天", "气"]);
        assert_eq!(terms("ไก่"), ["ไก", "ก่", "่"]);
    }

    #[test]
    fn a_long_word_is_cut_at_a_character() {
        assert_eq!(terms(&"a".repeat(100)), ["a".repeat(64)]);
        assert_eq!(
            terms(&format!("a{}", "ω".repeat(50))),
            [format!("a{}", "ω".repeat(31))]
        );
    }
}
