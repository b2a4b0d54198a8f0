use super::*;

/// All that a class of a regular expression names.
fn class(pattern: &str) -> Vec<RangeInclusive<char>> {
    let parsed = regex_syntax::parse(pattern).unwrap();
    let regex_syntax::hir::HirKind::Class(regex_syntax::hir::Class::Unicode(class)) = parsed.kind()
    else {
        panic!("no class: {pattern}");
    };
    let ranges = class.iter().map(|range| range.start()..=range.end());
    ranges.collect()
}

#[test]
fn what_is_not_seen_is_what_unicode_says() {
    let ignorable = class(r"\p{Default_Ignorable_Code_Point}");
    for c in '\0'..=char::MAX {
        let expected = matches!(
            c.general_category(),
            GeneralCategory::Control
                | GeneralCategory::Format
                | GeneralCategory::LineSeparator
                | GeneralCategory::ParagraphSeparator
        ) || c == '\u{2800}'
            || ignorable.iter().any(|range| range.contains(&c));
        // A format control of hieroglyphs may yet be given a number.
        let is_reserved = ('\u{13430}'..='\u{1343f}').contains(&c);
        assert!(is_unseen(c) == expected || is_reserved, "{c:?}");
    }
}

/// Where the stray characters of a text stand, in characters.
fn strays(text: &str) -> Vec<usize> {
    let places = text.char_indices().enumerate();
    places
        .filter(|&(_, (at, c))| is_stray(text, at, c))
        .map(|(number, _)| number)
        .collect()
}

#[test]
fn real_texts_have_none() {
    for text in [
        "é naïve 你好 नमस्ते",
        "می‌خواهم نمی‌دانم خانه‌ها",                          // Persian
        "क्‍ष क्‌ष श्री र्‍",                                     // Devanagari
        "ශ්‍රී ලංකාව ක්‍ෂ",                                      // Sinhala
        "র‍্যাব ক্‌ষ",                                          // Bengali
        "ന്‍ അവന്‍",                                           // Malayalam
        "ខ្មែរ ស្រ៊‌ី",                                          // Khmer
        "لِ\u{200d}",                                       // a mark between letter and joiner
        "ـ\u{200d}",                                       // tatweel
        "ᠨ᠋ ᠠ᠋ ᠪᠠᠷᠠᠭ\u{180e}ᠠ ᠨ\u{180b}\u{180e}ᠠ ᠲ\u{180f}", // Mongolian
        "👨‍👩‍👧‍👦 👩🏽‍⚕️ 🏳️‍🌈 🏴‍☠️ 🧑🏻‍🤝‍🧑🏿 ❤️‍🔥",
        "❤️ ☎︎ ™️ ↔︎ 1️⃣ #️⃣ *⃣ 🇩🇪",
        "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f} and on",
        "葛\u{e0100} 辻\u{e0101} 〆 神\u{fe00}",
        "∩\u{fe00} ⨅ ꡖ\u{fe00}",
    ] {
        assert_eq!(strays(text), [0; 0], "{}", text.escape_unicode());
    }
}

#[test]
fn what_hides_or_drives_is_found() {
    for (text, expected) in [
        ("a\0\x1b\r\u{7f}\u{9b}", &[1, 2, 3, 4, 5][..]),
        (
            "\u{202e}\u{2066}\u{feff}\u{ad}\u{34f}\u{2800}",
            &[0, 1, 2, 3, 4, 5],
        ),
        ("\u{115f}\u{1160}\u{3164}\u{ffa0}\u{17b4}", &[0, 1, 2, 3, 4]),
        ("\u{fff9}a\u{fffa}b\u{fffb}\u{1d173}", &[0, 2, 4, 5]),
        // Selectors that smuggle, behind anything.
        ("😀\u{fe0f}\u{fe0f}", &[2]),
        ("😀\u{e0100}\u{e0101}", &[1, 2]),
        ("葛\u{e0100}\u{e0101}", &[2]),
        ("葛\u{fe0f} a\u{fe0f} a\u{e0100}", &[1, 4, 7]),
        ("1\u{fe0f} 1\u{fe0f}\u{20e3}", &[1]),
        ("a\u{fe00} +\u{fe00}", &[1, 4]),
        // Joiners that join nothing.
        ("pay\u{200d}pal a\u{200c}b", &[3, 9]),
        ("😀\u{200d} 😀\u{200d}a 1\u{200d}😀", &[1, 4, 8]),
        ("می\u{200c}\u{200c}خواهم", &[3]),
        ("👩\u{200d}\u{200d}👩", &[1, 2]),
        ("🇩\u{200d}🇪 🇩\u{fe0f}", &[1, 5]),
        ("א\u{200d}ב α\u{200c}", &[1, 5]),
        // Tags that spell no region.
        ("\u{e0067}", &[0]),
        ("🏴\u{e0067}\u{e0062}\u{e0065}", &[1, 2, 3]),
        (
            "🏴\u{e007f} 🏴\u{e0031}\u{e0062}\u{e0065}\u{e007f}",
            &[1, 4, 5, 6, 7],
        ),
        (
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e0020}\u{e007f}",
            &[1, 2, 3, 4, 5],
        ),
        ("😀\u{e0067}\u{e0062}\u{e0065}\u{e007f}", &[1, 2, 3, 4]),
        ("a\u{180b} ᠠ\u{180b}\u{180b} \u{180e}", &[1, 5, 7]),
    ] {
        assert_eq!(strays(text), expected, "{}", text.escape_unicode());
    }
    let long = "\u{e0061}".repeat(7);
    assert_eq!(strays(&format!("🏴{long}\u{e007f}")).len(), 8);
}
