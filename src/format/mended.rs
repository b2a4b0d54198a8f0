//! JSON in which every text can be read.

use std::borrow::Cow;

/// JSON whose texts are made of whole characters: what is no UTF-8, and escaped halves
/// of a character without their other half, become `U+FFFD`. Programs that cut texts by
/// their UTF-16 length write such halves, and a parser refuses all around them.
pub(super) fn mended(json: &[u8]) -> Cow<'_, str> {
    let json = String::from_utf8_lossy(json);
    let mut mended = String::new();
    // All before this place is in `mended`.
    let mut copied = 0;
    let mut at = 0;
    while let Some(length) = memchr::memchr(b'\\', json.as_bytes().get(at..).unwrap_or_default()) {
        let begin = at + length;
        at = match (half_at(&json, begin), half_at(&json, begin + HALF)) {
            (Some(Half::First), Some(Half::Second)) => begin + 2 * HALF,
            (Some(_), _) => {
                mended.push_str(&json[copied..begin]);
                mended.push_str(r"\ufffd");
                copied = begin + HALF;
                copied
            }
            // What is behind a backslash is no backslash of its own.
            (None, _) => begin + 2,
        };
    }
    if copied == 0 {
        return json;
    }
    mended.push_str(&json[copied..]);
    Cow::Owned(mended)
}

/// How long an escaped half is: `\ud83d`.
const HALF: usize = 6;

enum Half {
    First,
    Second,
}

/// Which half of a character is escaped at a place.
fn half_at(json: &str, at: usize) -> Option<Half> {
    let digits = json.get(at..at + HALF)?.strip_prefix(r"\u")?;
    match u16::from_str_radix(digits, 16).ok()? {
        0xD800..=0xDBFF => Some(Half::First),
        0xDC00..=0xDFFF => Some(Half::Second),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_without_the_other_half_are_replaced() {
        for (json, expected) in [
            (r#""\ud83d\ude42 é""#, None),
            (r#""\\ud83d""#, None),
            (r#""\u00e9\"\\""#, None),
            (r#""\"#, None),
            (r#""\ud83"#, None),
            (r#""\ud83é""#, None),
            (r#""\uD83D""#, Some(r#""\ufffd""#)),
            (r#""a\ude42b""#, Some(r#""a\ufffdb""#)),
            (r#""\ud83d\ud83d\ude42""#, Some(r#""\ufffd\ud83d\ude42""#)),
            (r#""\\\ud83d\n\udfff""#, Some(r#""\\\ufffd\n\ufffd""#)),
        ] {
            let mended = mended(json.as_bytes());
            assert_eq!(mended, expected.unwrap_or(json));
            assert_eq!(matches!(mended, Cow::Borrowed(_)), expected.is_none());
        }
        assert_eq!(mended(b"\"a\xFF\""), "\"a\u{FFFD}\"");
    }
}
