use proptest::prelude::*;
use unicode_normalization::char::is_public_assigned;

use super::*;

fn folded(text: &str) -> String {
    let mut folded = Folded::default();
    folded.fold(text);
    folded.text
}

/// What a part of the folded text is in the original.
fn original<'a>(text: &'a str, part: &str) -> &'a str {
    let mut folded = Folded::default();
    folded.fold(text);
    let begin = folded.text.find(part).unwrap();
    &text[folded.original(begin..begin + part.len())]
}

#[test]
fn case_is_folded_wholly() {
    for (text, expected) in [
        ("Hello, WORLD_1!", "hello, world_1!"),
        ("ΣΊΣΥΦΟΣ Σίσυφος", "σισυφοσ σισυφοσ"),
        ("Straße STRASSE ẞ", "strasse strasse ss"),
        ("ŉ ﬁ ﬃ ſ", "ʼn fi ffi s"),
        ("İ I ı", "i i i"),
        ("K Å Ω", "k a ω"),
        ("ԱՐԵՒ և", "արեւ եւ"),
        ("Ꭰ ꭰ", "ꭰ ꭰ"),
    ] {
        assert_eq!(folded(text), expected, "{text}");
    }
}

#[test]
fn marks_of_european_letters_are_dropped() {
    for (text, expected) in [
        ("café cafe\u{301} CAFÉ", "cafe cafe cafe"),
        ("Ελλάδα ᾳ", "ελλαδα α"),
        ("Ёлка й", "елка и"),
        ("Việt Nam", "viet nam"),
        ("е\u{483}а\u{488}", "еа"),
        ("a\u{20dd}b", "ab"),
    ] {
        assert_eq!(folded(text), expected, "{text}");
    }
    for kept in [
        "が",
        "ば",
        "שָׁ",
        "हिन्दी",
        "ไก่",
        "بِ",
        "1\u{308}",
        "か\u{309a}",
        "我\u{345}",
    ] {
        assert_eq!(folded(kept), kept.nfc().collect::<String>(), "{kept}");
    }
}

#[test]
fn compatible_forms_are_one() {
    for (text, expected) in [
        ("ＡＢＣ１２３", "abc123"),
        ("ｶﾞｷﾞ か\u{3099}", "ガギ が"),
        ("㍿ ① ²", "株式会社 1 2"),
        ("\u{1112}\u{1161}\u{11ab}글 한글", "한글 한글"),
        ("가\u{11a8} 각", "각 각"),
        ("각", "각"),
        ("𝐀𝐛", "ab"),
    ] {
        assert_eq!(folded(text), expected, "{text}");
    }
}

#[test]
fn blanks_are_one_and_control_characters_are_blanks() {
    for (text, expected) in [
        ("a  b\n\n\tc\r\nd", "a b c d"),
        (" a ", " a "),
        ("a\u{3000}\u{a0}b", "a b"),
        ("a\0b\u{1b}[1m\u{7f}c\u{85}\u{2028}d", "a b [1m c d"),
        ("\n \u{a8} x", " \u{308} x"),
        ("a \u{200b} b", "a b"),
        ("天\n气", "天 气"),
    ] {
        assert_eq!(folded(text), expected, "{text:?}");
    }
}

#[test]
fn what_is_not_seen_is_dropped() {
    for (text, expected) in [
        ("so\u{ad}ft", "soft"),
        ("\u{feff}a\u{200b}b\u{202e}", "ab"),
        ("e\u{200d}\u{301}", "e"),
        ("❤\u{fe0f} 👩\u{200d}💻", "❤ 👩💻"),
        ("می\u{200c}خواهم", "میخواهم"),
        ("👍🏽 🇩🇪 1\u{fe0f}\u{20e3}", "👍🏽 🇩🇪 1\u{20e3}"),
    ] {
        assert_eq!(folded(text), expected, "{text:?}");
    }
}

#[test]
fn what_was_folded_is_found_in_the_original() {
    for (text, part, expected) in [
        ("Hello World", "world", "World"),
        ("a  \n b", " ", "  \n "),
        ("x  y  z", "y z", "y  z"),
        ("xx\n\ty", "x y", "x\n\ty"),
        ("Straße!", "ss", "ß"),
        ("Straße!", "s", "S"),
        ("Straße!", "e!", "e!"),
        ("ein cafe\u{301}-haus", "cafe", "cafe\u{301}"),
        ("ein Café-Haus", "cafe", "Café"),
        ("㍿です", "式", "㍿"),
        ("㍿です", "です", "です"),
        ("今天天气", "天气", "天气"),
        (
            "\u{1112}\u{1161}\u{11ab}글",
            "한",
            "\u{1112}\u{1161}\u{11ab}",
        ),
        ("👩\u{200d}💻", "👩", "👩\u{200d}"),
        ("👩\u{200d}💻", "💻", "💻"),
        ("\u{feff}abc", "abc", "abc"),
        ("ДОМ, Дом", "дом", "ДОМ"),
    ] {
        assert_eq!(original(text, part), expected, "{text:?} {part:?}");
    }
}

#[test]
fn folding_any_character_twice_changes_nothing() {
    let check = |c: char, text: &str| {
        let once = folded(text);
        assert_eq!(folded(&once), once, "{text:?} U+{:04X}", u32::from(c));
    };
    for c in ('\0'..=char::MAX).filter(|&c| is_public_assigned(c)) {
        check(c, &c.to_string());
        if !matches!(c, '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{20000}'..) {
            check(c, &format!("a{c}"));
            check(c, &format!("{c}\u{301}"));
            check(c, &format!("가{c}a"));
        }
    }
}

#[test]
fn plain_characters_are_their_own_folded_form() {
    for c in ('\0'..=char::MAX).filter(|&c| is_plain(c)) {
        assert_eq!(c.len_utf8(), 3);
        let mut alone = Folded::default();
        alone.fold_cluster(&c.to_string(), 0..3);
        assert_eq!(alone.text, c.to_string(), "U+{:04X}", u32::from(c));
        assert!(!binds(c), "U+{:04X}", u32::from(c));
    }
}

#[test]
fn clusters_of_other_scripts_are_what_they_were() {
    for text in ["हिन्दी क्षेत्र", "שָׁלוֹם", "ไก่ที่นี่", "بِسْمِ", "தமிழ்", "a हि"]
    {
        assert_eq!(folded(text), simply(text), "{text}");
        assert_eq!(original(text, &folded(text)), text);
    }
    assert_eq!(folded("ש\u{5c1}\u{5b8}"), folded("ש\u{5b8}\u{5c1}"));
    assert_eq!(folded("न\u{93c}"), "ऩ");
}

/// Texts of what can go wrong side by side.
pub(in crate::query) fn text() -> impl Strategy<Value = String> {
    const PARTS: [&str; 56] = [
        "a", "B", "c", "_", "1", " ", "  ", "\n", "\t", "-", "+", "*", "/", "\"", "e", "\u{301}",
        "\u{308}", "\u{345}", "é", "É", "ß", "ẞ", "ς", "Σ", "ŉ", "ﬁ", "İ", "ё", "и", "\u{306}",
        "天", "气", "か", "\u{3099}", "ｶ", "ﾞ", "ー", "㍿", "\u{1112}", "\u{1161}", "\u{11ab}",
        "가", "ก", "่", "ำ", "ह", "\u{94d}", "ש", "\u{5b8}", "\u{200d}", "\u{fe0f}", "👩", "🏽",
        "\u{a8}", "ﷺ", "\u{e000}",
    ];
    let part = prop_oneof![
        4 => proptest::sample::select(&PARTS[..]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(part, 0..24).prop_map(|parts| parts.concat())
}

/// Folding as it is described, without parts, tables and places.
fn simply(text: &str) -> String {
    let mut out = Vec::new();
    let mut drops = false;
    let decomposed: Vec<char> = text.nfkd().filter(|&c| !is_dropped(c)).collect();
    for c in decomposed {
        let cased: String = if is_combining_mark(c) {
            c.to_string()
        } else {
            c.to_lowercase().collect::<String>().to_uppercase()
        };
        let cased = if is_combining_mark(c) {
            cased
        } else {
            cased.chars().flat_map(char::to_lowercase).nfkd().collect()
        };
        for c in cased.chars() {
            if is_blank(c) {
                out.push(' ');
                drops = false;
            } else if !is_combining_mark(c) {
                out.push(c);
                drops = matches!(c.script(), Script::Latin | Script::Greek | Script::Cyrillic);
            } else if !(drops && is_european(c)) {
                out.push(c);
            }
        }
    }
    let composed: String = out.into_iter().nfkc().collect();
    let mut result = String::new();
    for c in composed.chars() {
        if c != ' ' || !result.ends_with(' ') {
            result.push(c);
        }
    }
    result
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    #[test]
    fn parts_fold_as_the_whole(text in text()) {
        prop_assert_eq!(folded(&text), simply(&text));
    }

    #[test]
    fn folding_twice_changes_nothing(text in text()) {
        let once = folded(&text);
        prop_assert_eq!(folded(&once), once);
    }

    #[test]
    fn places_are_on_boundaries_and_in_order(text in text()) {
        let mut folded = Folded::default();
        folded.fold(&text);
        let mut begin = 0;
        for (at, c) in folded.text.char_indices() {
            let range = folded.original(at..at + c.len_utf8());
            prop_assert!(text.is_char_boundary(range.start) && text.is_char_boundary(range.end));
            prop_assert!(range.start >= begin && !range.is_empty(), "{at} {range:?}");
            begin = range.start;
        }
    }
}
