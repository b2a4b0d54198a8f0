//! What differs from run to run, replaced by words: ids and times.

/// The same text with ids and times replaced; `ids` are those that were seen before.
pub(crate) fn normalise(text: &str, ids: &mut Vec<String>) -> String {
    let mut normal = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let word: String = rest.chars().take(36).collect();
        if word.len() == 36 && is_uuid(&word) {
            let known = ids.iter().position(|id| *id == word);
            let number = known.unwrap_or_else(|| {
                ids.push(word.clone());
                ids.len() - 1
            });
            normal.push_str(&format!("<{}>", number + 1));
            rest = &rest[36..];
        } else if word.len() >= 24 && word.is_char_boundary(24) && is_time(&word[..24]) {
            normal.push_str("<time>");
            rest = &rest[24..];
        } else {
            normal.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    normal
}

/// A version 4 UUID in its hyphenated lower-case form.
fn is_uuid(word: &str) -> bool {
    word.bytes().enumerate().all(|(at, byte)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        14 => byte == b'4',
        19 => matches!(byte, b'8' | b'9' | b'a' | b'b'),
        _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
    })
}

/// RFC 3339 in UTC with milliseconds.
fn is_time(word: &str) -> bool {
    let pattern = "dddd-dd-ddTdd:dd:dd.dddZ";
    word.bytes().zip(pattern.bytes()).all(|(byte, kind)| {
        if kind == b'd' {
            byte.is_ascii_digit()
        } else {
            byte == kind
        }
    })
}
