//! What an index narrows away does not suit, whatever the text.

use proptest::prelude::*;

use super::fold::{Folded, tests::text};
use super::letter::Letter;
use super::{Narrowing, TextWanted, terms_of};

/// Whether an index that has these terms of a text lets it through.
fn lets_through(narrowing: &Narrowing, terms: &[String]) -> bool {
    match narrowing {
        Narrowing::Everything => true,
        Narrowing::Term(wanted) => terms.contains(wanted),
        Narrowing::Prefix(begin) => terms.iter().any(|term| term.starts_with(begin)),
        Narrowing::All(parts) => parts.iter().all(|part| lets_through(part, terms)),
        Narrowing::Any(parts) => parts.iter().any(|part| lets_through(part, terms)),
    }
}

fn terms(text: &str) -> Vec<String> {
    let mut terms = Vec::new();
    terms_of(text, &mut |term| terms.push(term.to_owned()));
    terms
}

/// The rule of matching, letter by letter.
fn occurs(text: &[char], wanted: &[char], is_prefix: bool) -> bool {
    let is_word = |c: Option<&char>| c.is_some_and(|&c| Letter::of(c) == Letter::Word);
    (0..text.len()).any(|at| {
        let (before, rest) = text.split_at(at);
        rest.strip_prefix(wanted).is_some_and(|behind| {
            let is_cut_before = is_word(wanted.first()) && is_word(before.last());
            let is_cut_behind = is_word(wanted.last()) && is_word(behind.first());
            !is_cut_before && (is_prefix || !is_cut_behind)
        })
    })
}

fn folded(text: &str) -> Vec<char> {
    let mut folded = Folded::default();
    folded.fold(text);
    folded.text().chars().collect()
}

/// A text, and what is wanted of it: often a part of it.
fn text_and_wanted() -> impl Strategy<Value = (String, String)> {
    let part = (text(), 0..24_usize, 1..8_usize).prop_map(|(text, skip, take)| {
        let part = text.chars().skip(skip).take(take).collect();
        (text, part)
    });
    prop_oneof![3 => part, 1 => (text(), text())]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, ..ProptestConfig::default() })]

    #[test]
    fn a_text_is_found_by_its_terms((text, wanted) in text_and_wanted(), is_prefix: bool) {
        let Some(wanted) = TextWanted::new(&wanted, is_prefix) else { return Ok(()) };
        let mut paper = Folded::default();
        paper.fold(&text);
        let found = wanted.find(paper.text(), 0);
        let letters: Vec<char> = wanted.folded().chars().collect();
        prop_assert_eq!(found.is_some(), occurs(&folded(&text), &letters, is_prefix));
        if found.is_some() {
            prop_assert!(lets_through(&wanted.narrowing(), &terms(&text)));
        }
    }

    #[test]
    fn terms_are_short_and_of_letters_only(text in text()) {
        for term in terms(&text) {
            prop_assert!(!term.is_empty() && term.len() <= 64);
            prop_assert!(term.chars().all(|c| Letter::of(c) != Letter::None), "{}", term);
            prop_assert_eq!(folded(&term).into_iter().collect::<String>(), term);
        }
    }
}
