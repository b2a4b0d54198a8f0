//! Escapes all text that is shown, so that it cannot mislead a reader.
//!
//! Everything but the program's own constant text passes through here last.
//! Characters that could control a terminal, end a line, hide or reorder text
//! are replaced by a picture or a number. They are never removed: that could
//! join the characters around them to a new control sequence.

use std::borrow::Cow;
use std::io::Write;

use crate::domain::{Standing, context, has_stray, is_unseen, standing};

/// Appends a text of several lines, escaped; `indent` follows each newline.
pub(super) fn push_body(out: &mut Vec<u8>, text: &str, indent: &str) {
    push(out, text, 0, true, |out, c| push_in_body(out, c, indent));
}

/// Appends a text as part of one line, escaped.
pub(super) fn push_line(out: &mut Vec<u8>, text: &str) {
    push(out, text, 0, true, push_picture);
}

/// A text of several lines that comes in pieces. Whatever they are, the same is
/// shown of it: what the next piece may decide about waits for it, at most a few
/// characters.
#[derive(Default)]
pub(super) struct BodyInPieces {
    /// The end of what was written, which can decide about what follows.
    before: String,
    waiting: String,
}

impl BodyInPieces {
    /// Appends a piece, escaped.
    pub(super) fn push(&mut self, piece: &str, out: &mut Vec<u8>) {
        if self.waiting.is_empty() && is_plain(piece) {
            out.extend_from_slice(piece.as_bytes());
            self.keep_context(piece);
            return;
        }
        let mut text = std::mem::take(&mut self.before);
        let from = text.len();
        text.push_str(&std::mem::take(&mut self.waiting));
        text.push_str(piece);
        let end = push(out, &text, from, false, |out, c| push_in_body(out, c, ""));
        text[end..].clone_into(&mut self.waiting);
        self.keep_context(&text[..end]);
    }

    /// Appends what waits. The next piece begins another text.
    pub(super) fn finish(&mut self, out: &mut Vec<u8>) {
        let Self { before, waiting } = std::mem::take(self);
        let text = [&*before, &*waiting].concat();
        push(out, &text, before.len(), true, |out, c| {
            push_in_body(out, c, "");
        });
    }

    fn keep_context(&mut self, written: &str) {
        if !written.is_empty() {
            context(written).clone_into(&mut self.before);
        }
    }
}

/// A text of several lines, escaped.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !has_stray(text) {
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

/// The same behind a text that stands on the line already.
pub(crate) fn visible_line_after(before: &str, text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    if is_plain(text) {
        out.extend_from_slice(text.as_bytes());
    } else {
        let whole = [before, text].concat();
        push(&mut out, &whole, before.len(), true, push_picture);
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Appends what follows `from`, escaped, up to a character about which more would
/// have to be known unless the text is whole; returns its place, or the end.
fn push(
    out: &mut Vec<u8>,
    text: &str,
    from: usize,
    is_whole: bool,
    replace: impl Fn(&mut Vec<u8>, char),
) -> usize {
    let mut done = from;
    let mut end = text.len();
    if !is_plain(&text[from..]) {
        for (at, c) in text[from..].char_indices() {
            if !is_unseen(c) {
                continue;
            }
            let at = from + at;
            match standing(text, at, is_whole) {
                Standing::Needed => {}
                Standing::Stray => {
                    out.extend_from_slice(&text.as_bytes()[done..at]);
                    replace(out, c);
                    done = at + c.len_utf8();
                }
                Standing::Undecided => {
                    end = at;
                    break;
                }
            }
        }
    }
    out.extend_from_slice(&text.as_bytes()[done..end]);
    end
}

/// Whether a text is printable ASCII, as most are. `fold` does not stop early, so
/// the compiler can test many bytes at once.
fn is_plain(text: &str) -> bool {
    text.bytes()
        .fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~'))
}

fn push_in_body(out: &mut Vec<u8>, c: char, indent: &str) {
    match c {
        '\n' => {
            out.push(b'\n');
            out.extend_from_slice(indent.as_bytes());
        }
        '\t' => out.push(b'\t'),
        _ => push_picture(out, c),
    }
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

    /// What is shown of a text that comes in these pieces.
    fn in_pieces<'a>(pieces: impl IntoIterator<Item = &'a str>) -> String {
        let (mut body, mut out) = (BodyInPieces::default(), Vec::new());
        for piece in pieces {
            body.push(piece, &mut out);
            let most = (body.before.chars().count(), body.waiting.chars().count());
            assert!(most.0 <= 8 && most.1 <= 8, "{most:?}");
        }
        body.finish(&mut out);
        assert!(body.before.is_empty() && body.waiting.is_empty());
        String::from_utf8(out).unwrap()
    }

    /// Characters that decide about one another, and some others.
    const DECIDING: [&str; 24] = [
        "a",
        "1",
        " ",
        "\n",
        "\u{20e3}",
        "ک",
        "क",
        "\u{94d}",
        "\u{301}",
        "葛",
        "ᠠ",
        "👩",
        "🏽",
        "🏴",
        "🇩",
        "\u{200c}",
        "\u{200d}",
        "\u{fe0f}",
        "\u{fe00}",
        "\u{e0100}",
        "\u{180b}",
        "\u{e0067}",
        "\u{e007f}",
        "\u{202e}",
    ];

    proptest::proptest! {
        #[test]
        fn pieces_show_what_the_whole_shows_and_nothing_invisible(
            chosen in proptest::collection::vec(0..DECIDING.len(), 0..40),
            cuts in proptest::collection::vec(proptest::bool::ANY, 40),
        ) {
            let characters = || chosen.iter().map(|&at| DECIDING[at]);
            let whole: String = characters().collect();
            let mut pieces = vec![String::new()];
            for (character, cut) in characters().zip(cuts) {
                if cut {
                    pieces.push(String::new());
                }
                pieces.last_mut().unwrap().push_str(character);
            }
            let shown = in_pieces(pieces.iter().map(String::as_str));
            proptest::prop_assert_eq!(&shown, &visible(&whole));
            proptest::prop_assert!(!has_stray(&shown.replace('\n', " ")), "{:?}", shown);
        }

        #[test]
        fn any_text_shows_the_same_in_any_pieces(text in ".*", every in 1_usize..5) {
            let characters: Vec<String> = text.chars().map(String::from).collect();
            let pieces: Vec<String> = characters.chunks(every).map(<[_]>::concat).collect();
            let shown = in_pieces(pieces.iter().map(String::as_str));
            proptest::prop_assert_eq!(&shown, &visible(&text));
            let rest = shown.replace(['\n', '\t'], " ");
            proptest::prop_assert!(!has_stray(&rest), "{:?}", shown);
        }
    }

    #[test]
    fn real_texts_pass_in_any_pieces() {
        let england = "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}";
        for text in ["می‌خواهم", "ක්‍ෂ", "👨‍👩‍👧‍👦", "1️⃣", "葛\u{e0100}", "ᠨ᠋", england]
        {
            let characters: Vec<String> = text.chars().map(String::from).collect();
            assert_eq!(in_pieces(characters.iter().map(String::as_str)), text);
        }
        assert_eq!(in_pieces(["👩", "\u{200d}"]), "👩\\u{200d}");
        assert_eq!(in_pieces(["👩\u{200d}", "a"]), "👩\\u{200d}a");
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
