use proptest::prelude::*;

use super::super::tests::{lets_through, terms};
use super::*;

fn narrowing(pattern: &str) -> Narrowing {
    Pattern::new(pattern).unwrap().narrowing
}

#[test]
fn a_pattern_sees_the_text_as_it_is() {
    let places = |pattern: &str, text: &str| -> Vec<String> {
        let pattern = Pattern::new(pattern).unwrap();
        let places = pattern.places(text).map(|place| text[place].to_owned());
        assert_eq!(pattern.is_in(text), pattern.regex.is_match(text));
        places.collect()
    };
    assert_eq!(places("caf.", "Café, café"), ["café"]);
    assert_eq!(places("(?i)É", "café"), ["é"]);
    assert_eq!(places(r"src\/\w+", "in src/main.rs"), ["src/main"]);
    assert_eq!(places("x*", "axxb"), ["xx"]);
    assert_eq!(places("天.", "天天气"), ["天天"]);
}

#[test]
fn what_is_wrong_says_where() {
    for (pattern, at, why) in [
        ("a(b", 1, "unclosed group"),
        ("a[b", 1, "unclosed character class"),
        ("é**(", 4, "unclosed group"),
        (
            "a{3,1}",
            1,
            "invalid repetition count range, the start must be <= the end",
        ),
        (r"\p{Nonsense}", 0, "Unicode property not found"),
        (r"(a)\1", 3, "backreferences are not supported"),
        (
            &format!("{}{}", "(".repeat(99), ")".repeat(99)),
            64,
            "exceed the maximum number of nested parentheses/brackets (64)",
        ),
    ] {
        let fault = Pattern::new(pattern).unwrap_err();
        assert_eq!(fault, PatternFault::Syntax(at, why.into()), "{pattern}");
    }
    for sound in [
        r"\w{100}",
        r"\w{1,64}@\w{1,64}\.\w{2,8}",
        r"(?i)[\w.]{1,100}",
    ] {
        assert!(Pattern::new(sound).is_ok(), "{sound}");
    }
    for large in [r"\w{100}{100}", "(a{1000}){1000}"] {
        assert_eq!(
            Pattern::new(large).unwrap_err(),
            PatternFault::TooLarge,
            "{large}"
        );
    }
}

#[test]
fn an_index_can_narrow_where_it_is_certain() {
    use Narrowing::{All, Any, Everything, Prefix, Term};
    let (term, prefix) = (
        |word: &str| Term(word.into()),
        |word: &str| Prefix(word.into()),
    );
    for (pattern, expected) in [
        ("foo", Everything),
        ("foo bar", prefix("bar")),
        (r"at (Foo)\(\d+", term("foo")),
        (r"\bfoo\b", Everything),
        (r"\d+ms, \w+", Everything),
        ("a (foo|bar) b", prefix("b")),
        ("a (?: foo | bar )+", Any(vec![term("foo"), term("bar")])),
        ("a (?: foo | bar )*", Everything),
        ("(?: foo |x)", Everything),
        ("(?i) Kiss!", term("kiss")),
        (" caf\u{e9}!", prefix("caf")),
        ("天气.*好", All(vec![term("天气"), prefix("好")])),
        (
            "用Rust写",
            All(vec![prefix("用"), term("rust"), prefix("写")]),
        ),
        ("か", Everything),
        ("", Everything),
        (".*", Everything),
    ] {
        assert_eq!(narrowing(pattern), expected, "{pattern}");
    }
}

fn pattern() -> impl Strategy<Value = String> {
    const PARTS: [&str; 27] = [
        "a", "B", "_", "1", " ", "-", "+?", "*", ".", r"\n", "e", "\u{301}", "é", "天", "气", "か",
        "\u{3099}", "가", "\u{11ab}", r"\b", r"\w", "(?i)", "|", "[ab]", "[kK]", "\u{200d}", "ſ",
    ];
    proptest::collection::vec(proptest::sample::select(&PARTS[..]), 1..8)
        .prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn a_text_is_found_by_its_terms(
        pattern in pattern(),
        text in super::super::fold::tests::text(),
        begin in "[aB_1 \\-e天气か가]{0,6}",
        at in 0..24_usize,
    ) {
        let Ok(pattern) = Pattern::new(&pattern) else { return Ok(()) };
        let at = text.char_indices().nth(at).map_or(text.len(), |(at, _)| at);
        let text = format!("{}{begin}{}", &text[..at], &text[at..]);
        if pattern.is_in(&text) {
            prop_assert!(lets_through(pattern.narrowing(), &terms(&text)), "{text:?}");
        }
    }

    #[test]
    fn a_text_is_found_by_the_terms_of_its_parts(
        text in super::super::fold::tests::text(),
        skip in 0..20_usize,
        take in 1..8_usize,
        is_insensitive: bool,
    ) {
        let part: String = text.chars().skip(skip).take(take).collect();
        let flag = if is_insensitive { "(?i)" } else { "" };
        let pattern = Pattern::new(&format!("{flag}{}", regex_syntax::escape(&part))).unwrap();
        prop_assert!(pattern.is_in(&text));
        prop_assert!(lets_through(pattern.narrowing(), &terms(&text)), "{part:?}");
    }
}
