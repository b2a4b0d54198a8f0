use super::*;

/// What of a text is marked for a word.
fn found<'a>(text: &'a str, typed: &str, is_prefix: bool) -> Vec<&'a str> {
    let wanted = TextWanted::new(typed, is_prefix).unwrap();
    let mut folded = Folded::default();
    folded.fold(text);
    let (mut found, mut from) = (Vec::new(), 0);
    while let Some(range) = wanted.find(folded.text(), from) {
        from = range.end;
        found.push(&text[folded.original(range)]);
    }
    found
}

fn words<'a>(text: &'a str, typed: &str) -> Vec<&'a str> {
    found(text, typed, false)
}

#[test]
fn a_word_is_found_whole() {
    assert_eq!(
        words("Rome, to rome; Romeo aroma", "ROME"),
        ["Rome", "rome"]
    );
    assert_eq!(words("foo_bar foo", "foo"), ["foo"]);
    assert_eq!(words("foo2 2foo", "foo"), [""; 0]);
    assert_eq!(words("use Rust語で", "rust"), ["Rust"]);
    assert_eq!(words("ein Café", "cafe"), ["Café"]);
    assert_eq!(words("ein cafe", "Café"), ["cafe"]);
}

#[test]
fn a_prefix_may_go_on() {
    assert_eq!(found("Romeo aroma rome", "rom", true), ["Rom", "rom"]);
    assert_eq!(found("a big data base", "big dat", true), ["big dat"]);
}

#[test]
fn signs_have_no_boundary() {
    assert_eq!(words("C++, C++17 and XC++", "c++"), ["C++", "C++"]);
    assert_eq!(words("a foo-bar, foo-barn", "foo-bar"), ["foo-bar"]);
    assert_eq!(words("see path/x.rs:12", "path/x.rs"), ["path/x.rs"]);
    assert_eq!(words("a++b", "+"), ["+", "+"]);
}

#[test]
fn a_phrase_goes_over_line_ends() {
    assert_eq!(
        words("to be,\n or  not\tto be", "or not to"),
        ["or  not\tto"]
    );
}

#[test]
fn other_scripts_are_found_in_the_middle() {
    assert_eq!(words("今天天气很好", "天气"), ["天气"]);
    assert_eq!(words("今天天气很好", "天"), ["天", "天"]);
    assert_eq!(words("今天天气很好", "天气很"), ["天气很"]);
    assert_eq!(words("日本語ガイド", "ガイ"), ["ガイ"]);
    assert_eq!(words("ばか", "は"), [""; 0]);
    assert_eq!(words("한국어", "\u{1112}\u{1161}\u{11ab}"), ["한"]);
    assert_eq!(
        words("\u{1112}\u{1161}\u{11ab}국", "한"),
        ["\u{1112}\u{1161}\u{11ab}"]
    );
    assert_eq!(words("กินไก่ทอด", "ไก่"), ["ไก่"]);
    assert_eq!(words("खाना हिन्दी", "हिन्द"), [""; 0]);
}

#[test]
fn emoji_are_found_with_and_without_their_selectors() {
    assert_eq!(words("I ❤\u{fe0f} it", "❤"), ["❤\u{fe0f}"]);
    assert_eq!(words("I ❤ it", "❤\u{fe0f}"), ["❤"]);
    assert_eq!(words("👍🏽 👩\u{200d}💻", "👍"), ["👍"]);
    assert_eq!(words("👍🏽 👩\u{200d}💻", "👩\u{200d}💻"), ["👩\u{200d}💻"]);
}

#[test]
fn a_place_that_does_not_suit_hides_none_behind_it() {
    assert_eq!(words("xb a b a b", "b a b"), ["b a b"]);
    assert_eq!(words("aa+aa+aax aa+aa", "aa+aa"), ["aa+aa", "aa+aa"]);
    assert_eq!(words(&"ab".repeat(100_000), "ab"), [""; 0]);
}

#[test]
fn what_folds_to_nothing_is_not_wanted() {
    for typed in ["", " ", "\n\u{200d}", "\u{feff}"] {
        assert!(TextWanted::new(typed, false).is_none(), "{typed:?}");
    }
    assert_eq!(TextWanted::new(" a  b ", false).unwrap().folded(), "a b");
}

fn narrowing(typed: &str, is_prefix: bool) -> Narrowing {
    TextWanted::new(typed, is_prefix).unwrap().narrowing()
}

#[test]
fn an_index_can_narrow_by_whole_words() {
    use Narrowing::{All, Everything, Prefix, Term};
    let term = |word: &str| Term(word.into());
    assert_eq!(narrowing("Foo", false), term("foo"));
    assert_eq!(narrowing("foo", true), Prefix("foo".into()));
    assert_eq!(
        narrowing("foo-bar", false),
        All(vec![term("foo"), term("bar")])
    );
    assert_eq!(
        narrowing("foo-bar", true),
        All(vec![term("foo"), Prefix("bar".into())])
    );
    assert_eq!(narrowing("++", false), Everything);
    assert_eq!(narrowing("C++", false), term("c"));
    assert_eq!(narrowing("天", false), Prefix("天".into()));
    assert_eq!(narrowing("天气", false), term("天气"));
    assert_eq!(
        narrowing("天气很", true),
        All(vec![term("天气"), term("气很")])
    );
    assert_eq!(
        narrowing("Rust語", false),
        All(vec![term("rust"), Prefix("語".into())])
    );
    assert_eq!(narrowing(&"x".repeat(99), true), Prefix("x".repeat(64)));
}
