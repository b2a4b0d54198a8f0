//! Invisible characters, and the places where they have a purpose.
//!
//! An invisible character can hide a message in a message, or make two texts look
//! alike. Some of them are needed: emoji are composed with joiners, several scripts
//! choose between forms of a letter with them. So whether one may stay depends on
//! what stands around it, never farther away than [`CONTEXT_CHARACTERS`].

use std::ops::RangeInclusive;

use unicode_properties::{
    EmojiStatus, GeneralCategory, GeneralCategoryGroup, UnicodeEmoji, UnicodeGeneralCategory,
};
use unicode_script::{Script, UnicodeScript};

/// How many characters before and behind an invisible one can decide about it.
pub(crate) const CONTEXT_CHARACTERS: usize = 8;

const NON_JOINER: char = '\u{200c}';
const JOINER: char = '\u{200d}';
/// Selectors of the forms of Mongolian letters.
const FORM_1: char = '\u{180b}';
const FORM_3: char = '\u{180d}';
const FORM_4: char = '\u{180f}';
const VOWEL_SEPARATOR: char = '\u{180e}';
const TEXT_STYLE: char = '\u{fe0e}';
const EMOJI_STYLE: char = '\u{fe0f}';
const KEYCAP: char = '\u{20e3}';
const BLACK_FLAG: char = '\u{1f3f4}';
const CANCEL_TAG: char = '\u{e007f}';
/// What joins Arabic letters has no script of its own.
const TATWEEL: char = '\u{640}';

/// How many letters and digits of a region, such as `gbeng`, follow a black flag.
const REGION_LETTERS: RangeInclusive<usize> = 3..=6;

/// The scripts that are written with joiners: those whose letters join, and those of
/// India and its neighbours.
const JOINING_SCRIPTS: &[Script] = &[
    Script::Adlam,
    Script::Arabic,
    Script::Balinese,
    Script::Bengali,
    Script::Brahmi,
    Script::Chakma,
    Script::Chorasmian,
    Script::Devanagari,
    Script::Grantha,
    Script::Gujarati,
    Script::Gurmukhi,
    Script::Hanifi_Rohingya,
    Script::Javanese,
    Script::Kaithi,
    Script::Kannada,
    Script::Khmer,
    Script::Malayalam,
    Script::Mandaic,
    Script::Manichaean,
    Script::Mongolian,
    Script::Myanmar,
    Script::Newa,
    Script::Nko,
    Script::Oriya,
    Script::Phags_Pa,
    Script::Psalter_Pahlavi,
    Script::Sharada,
    Script::Sinhala,
    Script::Sogdian,
    Script::Syriac,
    Script::Tamil,
    Script::Telugu,
    Script::Tibetan,
    Script::Tirhuta,
];

/// What is to become of a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It is needed where it stands.
    Needed,
    /// Nothing needs it there: a reader has to be told of it.
    Stray,
    /// What follows decides.
    Undecided,
}

/// Whether a character is not seen wherever it stands: the general categories Cc,
/// Cf, Zl and Zp, the property `Default_Ignorable_Code_Point`, and the blank of
/// braille. Newline and tab count; a renderer of texts with several lines lets
/// those two pass.
///
/// A test compares it with the tables of two crates; those would take ten times as
/// long, for each character that is shown.
pub(crate) fn is_unseen(c: char) -> bool {
    if c < '\u{7f}' {
        return c < ' ';
    }
    matches!(c,
        '\u{7f}'..='\u{9f}'              // DEL and the C1 controls
        | '\u{ad}'                       // soft hyphen
        | '\u{34f}'                      // combining grapheme joiner
        | '\u{600}'..='\u{605}'          // Arabic signs that enclose numbers
        | '\u{61c}'                      // Arabic letter mark
        | '\u{6dd}' | '\u{70f}'          // end of ayah, Syriac abbreviation mark
        | '\u{890}'..='\u{891}' | '\u{8e2}'
        | '\u{115f}'..='\u{1160}'        // Hangul fillers
        | '\u{17b4}'..='\u{17b5}'        // Khmer inherent vowels
        | '\u{180b}'..='\u{180f}'        // Mongolian selectors and vowel separator
        | '\u{200b}'..='\u{200f}'        // zero-width space, joiners, directions
        | '\u{2028}'..='\u{202e}'        // separators, embeddings, overrides
        | '\u{2060}'..='\u{206f}'        // word joiner, isolates, deprecated controls
        | '\u{2800}'                     // blank of braille
        | '\u{3164}'                     // Hangul filler
        | '\u{fe00}'..='\u{fe0f}'        // variation selectors
        | '\u{feff}'                     // zero-width no-break space
        | '\u{ffa0}'                     // Hangul filler
        | '\u{fff0}'..='\u{fffb}'        // interlinear annotation
        | '\u{110bd}' | '\u{110cd}'      // Kaithi number signs
        | '\u{13430}'..='\u{1343f}'      // hieroglyph format controls
        | '\u{1bca0}'..='\u{1bca3}'      // shorthand format controls
        | '\u{1d173}'..='\u{1d17a}'      // musical format controls
        | '\u{e0000}'..='\u{e0fff}'      // tags, more variation selectors
    )
}

/// Whether the character at a place of a whole text misleads a reader or controls a
/// terminal, and must not be shown as it is.
pub(crate) fn is_stray(text: &str, at: usize, c: char) -> bool {
    is_unseen(c) && standing(text, at, true) != Standing::Needed
}

/// Whether a text has a character that must not be shown as it is, newline and tab
/// among them.
pub(crate) fn has_stray(text: &str) -> bool {
    text.char_indices().any(|(at, c)| is_stray(text, at, c))
}

/// What becomes of the invisible character at a place. Unless the text ends with
/// its last character, what follows may have to be known first.
pub(crate) fn standing(text: &str, at: usize, is_whole: bool) -> Standing {
    let before = &text[..at];
    let mut rest = text[at..].chars();
    let Some(c) = rest.next() else {
        return Standing::Stray;
    };
    let followed_by = |is_needed: fn(char) -> bool| match rest.clone().next() {
        Some(next) => decided(is_needed(next)),
        None if is_whole => Standing::Stray,
        None => Standing::Undecided,
    };
    match c {
        JOINER if ends_with_emoji(before) => followed_by(is_pictograph),
        JOINER | NON_JOINER => decided(takes_joiner(before)),
        TEXT_STYLE | EMOJI_STYLE => match before.chars().next_back() {
            Some('0'..='9' | '#' | '*') => followed_by(|next| next == KEYCAP),
            Some(base) => decided(is_pictograph(base)),
            None => Standing::Stray,
        },
        '\u{fe00}'..='\u{fe02}' | '\u{e0100}'..='\u{e01ef}' => decided(takes_selector(before, c)),
        VOWEL_SEPARATOR => decided(is_mongolian(without_selector(before))),
        FORM_1..=FORM_3 | FORM_4 => decided(is_mongolian(before)),
        '\u{e0020}'..=CANCEL_TAG => tag(text, at, is_whole),
        _ => Standing::Stray,
    }
}

/// The end of a text that can decide about what follows.
pub(crate) fn context(text: &str) -> &str {
    let mut back = text.char_indices().rev();
    let at = back.nth(CONTEXT_CHARACTERS - 1).map_or(0, |(at, _)| at);
    &text[at..]
}

fn decided(is_needed: bool) -> Standing {
    if is_needed {
        Standing::Needed
    } else {
        Standing::Stray
    }
}

/// An emoji that is a picture: no digit, and no letter of a flag.
fn is_pictograph(c: char) -> bool {
    !matches!(
        c.emoji_status(),
        EmojiStatus::NonEmoji
            | EmojiStatus::NonEmojiButEmojiComponent
            | EmojiStatus::EmojiOtherAndEmojiComponent
            | EmojiStatus::EmojiPresentationAndEmojiComponent
    )
}

/// Whether a picture stands at the end, with a selector or a skin tone of its own.
fn ends_with_emoji(before: &str) -> bool {
    let mut back = before.chars().rev();
    match back.next() {
        Some(TEXT_STYLE | EMOJI_STYLE) => back.next().is_some_and(is_pictograph),
        last => last.is_some_and(is_pictograph),
    }
}

/// Whether a letter of a script with joiners stands at the end, with marks of its own.
fn takes_joiner(before: &str) -> bool {
    let mut back = before.chars().rev().take(CONTEXT_CHARACTERS);
    let is_mark = |c: char| {
        !is_unseen(c)
            && c.script() == Script::Inherited
            && c.general_category() == GeneralCategory::NonspacingMark
    };
    match back.find(|c| !is_mark(*c)) {
        Some(TATWEEL) => true,
        Some(FORM_1..=FORM_3 | FORM_4) => is_mongolian(without_selector(before)),
        Some(c) => !is_unseen(c) && is_letter(c) && JOINING_SCRIPTS.contains(&c.script()),
        None => false,
    }
}

/// Whether what stands at the end has forms that this selector chooses from.
fn takes_selector(before: &str, selector: char) -> bool {
    let Some(base) = before.chars().next_back() else {
        return false;
    };
    let (script, category) = (base.script(), base.general_category());
    let is_first = selector == '\u{fe00}';
    match script {
        Script::Han => matches!(
            category,
            GeneralCategory::OtherLetter | GeneralCategory::LetterNumber
        ),
        Script::Myanmar | Script::Phags_Pa | Script::Manichaean => is_first && is_letter(base),
        _ => is_first && category == GeneralCategory::MathSymbol && !base.is_ascii(),
    }
}

/// What stands before the selector of a Mongolian letter's form, if there is one.
fn without_selector(before: &str) -> &str {
    let is_selector = |c| matches!(c, FORM_1..=FORM_3 | FORM_4);
    before.strip_suffix(is_selector).unwrap_or(before)
}

/// Whether a Mongolian letter stands at the end.
fn is_mongolian(before: &str) -> bool {
    let last = before.chars().next_back();
    last.is_some_and(|c| c.script() == Script::Mongolian && !is_unseen(c) && is_letter(c))
}

fn is_letter(c: char) -> bool {
    matches!(
        c.general_category_group(),
        GeneralCategoryGroup::Letter | GeneralCategoryGroup::Mark
    )
}

/// Whether a tag belongs to the flag of a region: a black flag, tags that spell the
/// region, and the tag that ends it.
fn tag(text: &str, at: usize, is_whole: bool) -> Standing {
    let before = &text[..at];
    let tags = before.chars().rev().take(*REGION_LETTERS.end());
    let bytes_before: usize = tags
        .take_while(|&c| letter_of(c).is_some())
        .map(char::len_utf8)
        .sum();
    let begin = at - bytes_before;
    if !text[..begin].ends_with(BLACK_FLAG) {
        return Standing::Stray;
    }
    let mut region = String::new();
    for c in text[begin..].chars() {
        match letter_of(c) {
            Some(letter) if region.len() < *REGION_LETTERS.end() => region.push(letter),
            None if c == CANCEL_TAG => {
                let is_region = REGION_LETTERS.contains(&region.len())
                    && region.chars().take(2).all(|c| c.is_ascii_lowercase());
                return decided(is_region);
            }
            _ => return Standing::Stray,
        }
    }
    if is_whole {
        Standing::Stray
    } else {
        Standing::Undecided
    }
}

/// The letter or digit that a tag stands for.
fn letter_of(tag: char) -> Option<char> {
    let letter = char::from_u32(u32::from(tag).checked_sub(0xe0000)?)?;
    matches!(letter, '0'..='9' | 'a'..='z').then_some(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All that a class of a regular expression names.
    fn class(pattern: &str) -> Vec<RangeInclusive<char>> {
        let parsed = regex_syntax::parse(pattern).unwrap();
        let regex_syntax::hir::HirKind::Class(regex_syntax::hir::Class::Unicode(class)) =
            parsed.kind()
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
}
