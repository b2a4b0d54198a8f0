//! What an index narrows away does not suit, whatever the text; and what does.

use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::error::{QueryError, QueryFault};
use super::fold::{Folded, tests::text};
use super::letter::Letter;
use super::pattern::Pattern;
use super::text_wanted::TextWanted;
use super::words::{Clause, Term, Wanted};
use super::{Among, Filter, Key, Narrowing, Query, snippet, terms_of};
use crate::domain::Timestamp;

/// What is asked, and of which time does not matter.
fn ask(text: &str) -> Query {
    Query::parse(text, Timestamp(0), &TimeZone::UTC).unwrap()
}

/// A text with its marks in brackets; `None` if it does not suit.
fn marked(query: &str, text: &str) -> Option<String> {
    let mut marks = Vec::new();
    let is_found = ask(query).matches(text, &mut marks);
    assert!(is_found || marks.is_empty());
    let mut marked = text.to_owned();
    for mark in marks.into_iter().rev() {
        marked.insert(mark.end, ']');
        marked.insert(mark.start, '[');
    }
    is_found.then_some(marked)
}

#[test]
fn a_text_has_all_the_words() {
    for (query, text, expected) in [
        ("", "anything", Some("anything")),
        ("rome paris", "Paris, not Rome", Some("[Paris], not [Rome]")),
        ("rome paris", "Rome", None),
        ("rome OR paris", "Paris", Some("[Paris]")),
        (
            "rome OR paris trip",
            "Paris trip to Rome",
            Some("[Paris] [trip] to [Rome]"),
        ),
        ("rome OR paris trip", "Paris", None),
        ("trip -rome", "trip to Paris", Some("[trip] to Paris")),
        ("trip -rome", "trip to Rome", None),
        ("-rome", "", Some("")),
        ("rome OR -trip", "Paris", Some("Paris")),
        ("rome OR -trip", "trip", None),
        ("rom* -roman*", "Romeo", Some("[Rom]eo")),
        ("rom* -roman*", "romans in Rome", None),
        (
            "\"to rome\"",
            "trip to\n  ROME.",
            Some("trip [to\n  ROME]."),
        ),
        ("-\"to rome\"", "trip to\n  ROME.", None),
        ("/to.R/", "trip to Rome", Some("trip [to R]ome")),
        ("/to.R/ rome", "trip to Rome", Some("trip [to Rome]")),
        ("/x*/", "axxa", Some("a[xx]a")),
        ("-/x+/", "axxa", None),
        ("/a./ /b/ OR /aa/", "ab aa", Some("[ab] [aa]")),
        ("天气 气很", "天气很好", Some("[天气很]好")),
        ("天", "天天", Some("[天][天]")),
        ("株 会", "㍿", Some("[㍿]")),
        ("strasse", "Straße", Some("[Straße]")),
    ] {
        assert_eq!(
            marked(query, text).as_deref(),
            expected,
            "{query} in {text}"
        );
    }
}

#[test]
fn a_question_narrows_by_what_all_its_words_need() {
    use Narrowing::{All, Any, Everything, Prefix};
    let term = |word: &str| Narrowing::Term(word.into());
    for (query, expected) in [
        ("", Everything),
        ("Foo", term("foo")),
        (
            "foo bar -baz role:user",
            All(vec![term("foo"), term("bar")]),
        ),
        ("-baz", Everything),
        ("foo OR bar*", Any(vec![term("foo"), Prefix("bar".into())])),
        ("foo OR -bar", Everything),
        ("foo OR ++ x", term("x")),
        (
            "\"a b\" OR c",
            Any(vec![All(vec![term("a"), term("b")]), term("c")]),
        ),
        ("/ foo / x", All(vec![term("foo"), term("x")])),
    ] {
        assert_eq!(ask(query).narrowing(), expected, "{query}");
    }
}

#[test]
fn what_is_asked_is_plain_to_see() {
    let query = ask("role:ai \"Foo  bar\"* OR -/x/ limit:3");
    let [Clause { any_of }] = &query.words[..] else {
        panic!("{query:?}")
    };
    let [
        Term {
            is_negated: false,
            wanted: Wanted::Text(text),
        },
        Term {
            is_negated: true,
            wanted: Wanted::Pattern(pattern),
        },
    ] = &any_of[..]
    else {
        panic!("{query:?}")
    };
    let (text, pattern): (&TextWanted, &Pattern) = (text, pattern);
    assert_eq!((text.folded(), text.is_prefix()), ("foo bar", true));
    assert_eq!(pattern.text(), "x");
    let role = Among {
        one_of: vec![crate::domain::Role::Ai],
        none_of: Vec::new(),
    };
    let filter = Filter {
        role,
        limit: Some(3),
        ..Filter::default()
    };
    assert_eq!(query.filter, filter);
    let error: QueryError = Query::parse("a limit:", Timestamp(0), &TimeZone::UTC).unwrap_err();
    assert_eq!(error.fault, QueryFault::NoValue(Key::Limit));
    assert_eq!(error.at, 2..8);
}

#[test]
fn long_words_are_found_by_the_beginning_that_an_index_keeps() {
    for unit in ["a", "ω", "aω", "ह", "aहω", "𐐨"] {
        let word = unit.repeat(70 / unit.len() + 3);
        let terms = terms(&word);
        for (at, _) in word.char_indices().skip(1) {
            let wanted = TextWanted::new(&word[..at], true).unwrap();
            assert!(wanted.find(&word, 0).is_some(), "{at} of {word}");
            assert!(lets_through(&wanted.narrowing(), &terms), "{at} of {word}");
        }
        let whole = TextWanted::new(&word, false).unwrap();
        assert!(lets_through(&whole.narrowing(), &terms), "{word}");
    }
}

#[test]
fn what_was_found_is_shown_on_a_line() {
    let text = "one two three\nfour five six";
    let mut marks = Vec::new();
    assert!(ask("THREE \"five six\"").matches(text, &mut marks));
    let (line, marks) = snippet(text, &marks, 19);
    assert_eq!(line, "…two three four fi…");
    assert_eq!(marks, [7..12, 18..20]);
}

/// Whether an index that has these terms of a text lets it through.
pub(super) fn lets_through(narrowing: &Narrowing, terms: &[String]) -> bool {
    match narrowing {
        Narrowing::Everything => true,
        Narrowing::Term(wanted) => terms.contains(wanted),
        Narrowing::Prefix(begin) => terms.iter().any(|term| term.starts_with(begin)),
        Narrowing::All(parts) => parts.iter().all(|part| lets_through(part, terms)),
        Narrowing::Any(parts) => parts.iter().any(|part| lets_through(part, terms)),
    }
}

pub(super) fn terms(text: &str) -> Vec<String> {
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

/// Whether a text suits, by the rule alone.
fn suits(query: &Query, text: &str) -> bool {
    let folded = folded(text);
    query.words.iter().all(|clause| {
        clause.any_of.iter().any(|term| {
            let is_there = match &term.wanted {
                Wanted::Text(wanted) => {
                    let letters: Vec<char> = wanted.folded().chars().collect();
                    occurs(&folded, &letters, wanted.is_prefix())
                }
                Wanted::Pattern(pattern) => {
                    regex::Regex::new(pattern.text()).unwrap().is_match(text)
                }
            };
            is_there != term.is_negated
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

/// Words of any kind, in any order.
fn question() -> impl Strategy<Value = String> {
    const PARTS: [&str; 38] = [
        " ",
        " ",
        " ",
        " ",
        "a",
        "B",
        "c",
        "_",
        "1",
        "-",
        "+",
        "*",
        "\"",
        "\\",
        "/",
        " OR ",
        "e",
        "\u{301}",
        "é",
        "ß",
        "ss",
        "天",
        "气",
        "か",
        "ー",
        "가",
        "ก",
        "user:",
        "since:",
        "in:",
        "limit:1 ",
        "role:ai ",
        ".",
        "(",
        "|",
        "👩",
        "after:#1 ",
        "\n",
    ];
    proptest::collection::vec(proptest::sample::select(&PARTS[..]), 0..10)
        .prop_map(|parts| parts.concat())
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
    fn a_text_suits_as_the_rule_says(text in text(), query in question()) {
        let Ok(query) = Query::parse(&query, Timestamp(0), &TimeZone::UTC) else {
            return Ok(());
        };
        let mut marks = Vec::new();
        let is_found = query.matches(&text, &mut marks);
        prop_assert_eq!(is_found, suits(&query, &text));
        if is_found {
            prop_assert!(lets_through(&query.narrowing(), &terms(&text)));
        }
        let mut end = 0;
        for mark in marks {
            prop_assert!(end <= mark.start && mark.start < mark.end);
            prop_assert!(text.get(mark.clone()).is_some());
            end = mark.end;
        }
    }

    #[test]
    fn any_text_is_a_question_or_an_error_that_points_into_it(query in question()) {
        if let Err(error) = Query::parse(&query, Timestamp(0), &TimeZone::UTC) {
            prop_assert!(query[error.at.clone()].starts_with(error.word.trim_end_matches('…')));
            prop_assert!(!error.to_string().is_empty() && !error.hint().is_empty());
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
