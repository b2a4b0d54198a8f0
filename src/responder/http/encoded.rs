//! The ways in which an endpoint may have written a secret when it quotes it.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// How often a text may be encoded on top of itself.
const LAYERS: usize = 3;

/// Characters of HTML that have names.
const ENTITIES: [(&str, char); 6] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("sol", '/'),
];

/// What stands in base64 for a text, wherever in a longer one that stands
/// (`Bearer KEY`, `user:KEY`): what it shares with its neighbours is left out.
pub(super) fn base64(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    for (before, dropped) in [("", 0), ("-", 2), ("--", 3)] {
        let whole = format!("{before}{text}");
        let known = whole.len() * 8 / 6;
        for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
            let encoded = engine.encode(&whole);
            let inner = encoded.get(dropped..known).unwrap_or_default();
            if !all.iter().any(|one| one == inner) {
                all.push(inner.to_owned());
            }
        }
    }
    all
}

/// A text as digits of its bytes.
pub(super) fn hexadecimal(text: &str) -> String {
    text.bytes().fold(String::new(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

/// A text without the escapes of addresses, JSON and HTML.
pub(super) fn decoded(text: &str) -> String {
    let mut text = text.to_owned();
    for _ in 0..LAYERS {
        let next = decoded_once(&text);
        if next == text {
            break;
        }
        text = next;
    }
    text
}

fn decoded_once(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if let Some((byte, length)) = percent(rest) {
            bytes.push(byte);
            length
        } else {
            let (c, length) = escape(rest).unwrap_or((first, first.len_utf8()));
            bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            length
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The byte that an escape of an address at the beginning stands for.
fn percent(text: &str) -> Option<(u8, usize)> {
    let digits = text.strip_prefix('%')?.get(..2)?;
    Some((u8::from_str_radix(digits, 16).ok()?, 3))
}

/// The character that an escape of JSON or HTML at the beginning stands for, and how
/// long that is.
fn escape(text: &str) -> Option<(char, usize)> {
    let number = |digits: &str, radix| char::from_u32(u32::from_str_radix(digits, radix).ok()?);
    if let Some(rest) = text.strip_prefix('\\') {
        let kind = rest.chars().next()?;
        let digits = match kind {
            'u' => rest.get(1..5)?,
            'x' => rest.get(1..3)?,
            '/' | '\\' | '"' | '\'' => return Some((kind, 2)),
            _ => return None,
        };
        return Some((number(digits, 16)?, 2 + digits.len()));
    }
    let (name, _) = text.strip_prefix('&')?.split_once(';')?;
    let hexadecimal = name.strip_prefix("#x").or_else(|| name.strip_prefix("#X"));
    let c = if let Some(digits) = hexadecimal {
        number(digits, 16)
    } else if let Some(digits) = name.strip_prefix('#') {
        number(digits, 10)
    } else {
        let known = ENTITIES.iter().find(|(known, _)| *known == name);
        known.map(|(_, c)| *c)
    };
    Some((c?, name.len() + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone_and_all_else_stays() {
        for (text, plain) in [
            ("%73k%2D%2f", "sk-/"),
            ("%2573k", "sk"),
            ("\\u0073\\x6b\\/\\\\", "sk/\\"),
            ("&#115;&#x6B;&amp;&sol;", "sk&/"),
            (
                "100 % \\d \\ & &x; %zz é%C3%A9",
                "100 % \\d \\ & &x; %zz éé",
            ),
        ] {
            assert_eq!(decoded(text), plain);
        }
    }

    #[test]
    fn a_text_is_known_in_base64_wherever_it_stands() {
        for before in ["", "a", "ab", "Bearer "] {
            for after in ["", "!", "!!"] {
                let whole = STANDARD_NO_PAD.encode(format!("{before}test-key-123{after}"));
                assert!(base64("test-key-123").iter().any(|one| whole.contains(one)));
            }
        }
    }
}
