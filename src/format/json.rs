//! JSON as other programs write it, and the few questions that every reader asks it.

use serde_json::Value;

/// The longest record, in bytes; what is longer is passed over.
pub(super) const RECORD_LIMIT: usize = 64 * 1024 * 1024;

/// Reads a value that fills the bytes.
///
/// Halves of characters that stand alone (`\ud800`) become U+FFFD: programs cut texts
/// at 16-bit units, and the rest of such a text is worth having.
///
/// # Errors
/// Why it is none, as the end of a sentence.
pub(super) fn value_of(bytes: &[u8]) -> Result<Value, String> {
    let json = str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to() + 1;
        format!("it is not UTF-8 from byte {at} on")
    })?;
    serde_json::from_str(json).or_else(|error| {
        let repaired = without_lone_surrogates(json);
        let value = repaired.and_then(|json| serde_json::from_str(&json).ok());
        value.ok_or_else(|| {
            let why = error.to_string();
            let (why, _) = why.split_once(" at line ").unwrap_or((&why, ""));
            format!("it is no JSON: {why}, at column {}", error.column())
        })
    })
}

/// The text of a field, if it is one.
pub(super) fn text<'v>(object: &'v Value, key: &str) -> Option<&'v str> {
    object.get(key).and_then(Value::as_str)
}

/// The text of the first of some fields that is one and is not empty.
pub(super) fn first_text(object: &Value, keys: &[&str]) -> Option<String> {
    let mut texts = keys.iter().filter_map(|key| text(object, key));
    texts.find(|text| !text.is_empty()).map(str::to_owned)
}

/// Whether a field is there and true.
pub(super) fn is_true(object: &Value, key: &str) -> bool {
    object.get(key).and_then(Value::as_bool).unwrap_or_default()
}

/// The count in the first of some fields that is one.
pub(super) fn first_count(object: &Value, keys: &[&str]) -> Option<i64> {
    let mut counts = keys.iter().filter_map(|key| object.get(key)?.as_i64());
    counts.find(|count| *count >= 0)
}

/// The items of a list; none if it is something else.
pub(super) fn items<'v>(object: &'v Value, key: &str) -> &'v [Value] {
    let list = object.get(key).and_then(Value::as_array);
    list.map_or(&[], Vec::as_slice)
}

/// The same JSON with U+FFFD for every escaped half of a character that stands alone;
/// `None` if there is no such half.
fn without_lone_surrogates(json: &str) -> Option<String> {
    let mut repaired = String::new();
    let (mut kept_to, mut at) = (0, 0);
    while let Some(found) = memchr::memchr(b'\\', json.as_bytes().get(at..)?) {
        let escape = at + found;
        // Whatever is escaped, a backslash among it, is passed over with its escape.
        at = escape + 2;
        match unit_at(json, escape) {
            Some(0xd800..=0xdbff) if matches!(unit_at(json, escape + 6), Some(0xdc00..=0xdfff)) => {
                at = escape + 12;
            }
            Some(0xd800..=0xdfff) => {
                repaired.push_str(json.get(kept_to..escape)?);
                repaired.push_str("\\ufffd");
                at = escape + 6;
                kept_to = at;
            }
            _ => {}
        }
        if at >= json.len() {
            break;
        }
    }
    if kept_to == 0 {
        return None;
    }
    repaired.push_str(json.get(kept_to..)?);
    Some(repaired)
}

/// The 16-bit unit that is escaped at a place.
fn unit_at(json: &str, at: usize) -> Option<u16> {
    let digits = json.get(at..at + 6)?.strip_prefix("\\u")?;
    let is_hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    u16::from_str_radix(digits, 16)
        .ok()
        .filter(|_| is_hexadecimal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_of_characters_are_replaced() {
        for (json, text) in [
            (r#""a\ud800b""#, "a\u{fffd}b"),
            (r#""\udc00""#, "\u{fffd}"),
            (r#""\ud83d\ud83d\ude42""#, "\u{fffd}🙂"),
            (r#""\\ud800\ud800""#, "\\ud800\u{fffd}"),
            (r#""é\uD83D\n""#, "é\u{fffd}\n"),
            (r#""\ud83d\ude42""#, "🙂"),
        ] {
            assert_eq!(value_of(json.as_bytes()), Ok(Value::from(text)), "{json}");
        }
    }

    #[test]
    fn what_is_no_json_is_told() {
        let why = |json: &[u8]| value_of(json).unwrap_err();
        assert_eq!(
            why(b"{\"a\":}"),
            "it is no JSON: expected value, at column 6"
        );
        assert_eq!(
            why(br#"{"a":"\ud800"#),
            "it is no JSON: EOF while parsing a string, at column 12"
        );
        assert_eq!(why(b"\"\xff\""), "it is not UTF-8 from byte 2 on");
        assert!(value_of("[".repeat(1000).as_bytes()).is_err());
    }
}
