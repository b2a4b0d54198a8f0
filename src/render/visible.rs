//! Escapes all text that is shown, so that it cannot mislead a reader.
//!
//! Everything but the program's own constant text passes through here last.
//! Characters that could control a terminal, end a line, hide or reorder text
//! are replaced by a picture or a number. They are never removed: that could
//! join the characters around them to a new control sequence.

use std::borrow::Cow;
use std::io::Write;

use crate::domain::is_deceptive;

/// Appends a text of several lines, escaped; `indent` follows each newline.
pub(super) fn push_body(out: &mut Vec<u8>, text: &str, indent: &str) {
    push(out, text, |out, c| match c {
        '\n' => {
            out.push(b'\n');
            out.extend_from_slice(indent.as_bytes());
        }
        '\t' => out.push(b'\t'),
        _ => push_picture(out, c),
    });
}

/// Appends a text as part of one line, escaped.
pub(super) fn push_line(out: &mut Vec<u8>, text: &str) {
    push(out, text, push_picture);
}

/// A text of several lines, escaped.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_deceptive) {
        return text.into();
    }
    let mut out = Vec::with_capacity(text.len() + 16);
    push_body(&mut out, text, "");
    String::from_utf8_lossy(&out).into_owned().into()
}

/// A text as part of one line, escaped.
pub(crate) fn visible_line(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    push_line(&mut out, text);
    String::from_utf8_lossy(&out).into_owned()
}

fn push(out: &mut Vec<u8>, text: &str, replace: impl Fn(&mut Vec<u8>, char)) {
    // Most text is printable ASCII. `fold` does not stop early, so the compiler can
    // test many bytes at once.
    if text
        .bytes()
        .fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~'))
    {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    let mut done = 0;
    for (at, c) in text.char_indices() {
        if is_deceptive(c) {
            out.extend_from_slice(&text.as_bytes()[done..at]);
            replace(out, c);
            done = at + c.len_utf8();
        }
    }
    out.extend_from_slice(&text.as_bytes()[done..]);
}

/// A control picture (U+2400 and on), `\x9b`, or `\u{202e}`.
fn push_picture(out: &mut Vec<u8>, c: char) {
    let code = u32::from(c);
    let picture = match code {
        0..0x20 => char::from_u32(0x2400 + code),
        0x7f => Some('\u{2421}'),
        _ => None,
    };
    // Writing to a vector cannot fail.
    let _ = match picture {
        Some(picture) => write!(out, "{picture}"),
        None if code < 0x100 => write!(out, "\\x{code:02x}"),
        None => write!(out, "\\u{{{code:x}}}"),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_drives_a_terminal_becomes_a_picture() {
        assert_eq!(visible("a\x1b[31mb\x07"), "a␛[31mb␇");
        assert_eq!(visible("a\u{9b}31m"), "a\\x9b31m");
        assert_eq!(visible("\u{7f}\u{202e}x"), "␡\\u{202e}x");
        assert_eq!(visible("a\r\nb\tc"), "a␍\nb\tc");
        assert_eq!(visible_line("a\nb\tc"), "a␊b␉c");
    }

    #[test]
    fn text_of_all_scripts_passes() {
        for text in ["é", "你好", "👨‍👩‍👧‍👦 ❤️", "नमस्ते"] {
            assert_eq!(visible(text), text);
        }
    }

    #[test]
    fn every_kind_of_line_break_stays_inside_the_body() {
        let mut out = Vec::new();
        push_body(
            &mut out,
            "a\nb\rc\u{b}d\u{c}e\u{85}f\u{2028}g\u{2029}h",
            "  ",
        );
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "a\n  b␍c␋d␌e\\x85f\\u{2028}g\\u{2029}h"
        );
    }
}
