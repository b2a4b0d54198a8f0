//! What a model thinks, dimmed above its answer.

use super::super::visible::BodyInPieces;
use super::super::{Prose, Window};

/// Writes what a model thinks while it comes: as it is, but for blank lines around
/// it and more than one of them in a row between two pieces.
pub(super) struct ReasoningText {
    /// Some of it stands in the current line.
    is_open: bool,
    /// How many lines ended, and how many blanks came, since the last word. They
    /// are written when another one follows.
    newlines: usize,
    blanks: usize,
    body: BodyInPieces,
    prose: Prose,
    window: fn() -> Option<Window>,
}

/// How many columns a line may be indented by what was held back.
const MOST_BLANKS: usize = 40;

impl ReasoningText {
    /// For a window whose size can be asked.
    pub(super) fn new(window: fn() -> Option<Window>) -> Self {
        Self {
            is_open: false,
            newlines: 0,
            blanks: 0,
            body: BodyInPieces::default(),
            prose: Prose::new(window),
            window,
        }
    }

    /// Whether some of it stands in the current line.
    pub(super) fn is_open(&self) -> bool {
        self.is_open
    }

    /// Takes the next piece.
    pub(super) fn push(&mut self, piece: &str, out: &mut Vec<u8>) {
        let text = piece.trim_end();
        let (text, blank) = (text, &piece[text.len()..]);
        if !text.is_empty() {
            let text = if self.is_open {
                text
            } else {
                text.trim_start()
            };
            self.write_held(out);
            self.write(text, out);
            self.is_open = true;
        }
        if self.is_open && !blank.is_empty() {
            self.finish_word(out);
            self.hold(blank);
        }
    }

    /// Ends it, and sets apart the answer if one follows.
    pub(super) fn finish(&mut self, is_followed: bool, out: &mut Vec<u8>) {
        if self.is_open {
            self.finish_word(out);
            self.prose.finish(out);
            if is_followed {
                out.push(b'\n');
            }
        }
        *self = Self::new(self.window);
    }

    fn write(&mut self, text: &str, out: &mut Vec<u8>) {
        let mut shown = Vec::new();
        self.body.push(text, &mut shown);
        self.prose.push(&String::from_utf8_lossy(&shown), out);
    }

    /// Nothing that comes decides about what came.
    fn finish_word(&mut self, out: &mut Vec<u8>) {
        let mut shown = Vec::new();
        self.body.finish(&mut shown);
        self.prose.push(&String::from_utf8_lossy(&shown), out);
    }

    fn hold(&mut self, blank: &str) {
        for c in blank.chars() {
            if c == '\n' {
                self.newlines = (self.newlines + 1).min(2);
                self.blanks = 0;
            } else {
                self.blanks = (self.blanks + 1).min(MOST_BLANKS);
            }
        }
    }

    fn write_held(&mut self, out: &mut Vec<u8>) {
        let (newlines, blanks) = (self.newlines, self.blanks);
        let held = format!("{:\n<newlines$}{:blanks$}", "", "");
        self.prose.push(&held, out);
        (self.newlines, self.blanks) = (0, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is written of these pieces, without colours, which other tests turn
    /// on and off.
    fn written(pieces: &[&str], is_followed: bool) -> String {
        let (mut text, mut out) = (ReasoningText::new(|| None), Vec::new());
        for piece in pieces {
            text.push(piece, &mut out);
        }
        text.finish(is_followed, &mut out);
        let written = String::from_utf8(out).unwrap();
        written.replace("\x1b[2m", "").replace("\x1b[0m", "")
    }

    #[test]
    fn it_stands_alone_however_it_comes() {
        for (pieces, expected) in [
            (&["one", " two"][..], "one two\n\n"),
            (&["\n\n  one\n", "two\n\n\n"], "one\ntwo\n\n"),
            (&["one\n", "\n", "\n\n", "two"], "one\n\ntwo\n\n"),
            (&["if x:\n", "    ", "y"], "if x:\n    y\n\n"),
            (&["one ", " ", "two "], "one  two\n\n"),
            (&["", " ", "\n"], ""),
            (&[], ""),
        ] {
            assert_eq!(written(pieces, true), expected, "{pieces:?}");
            let alone = expected.strip_suffix('\n').unwrap_or_default();
            assert_eq!(written(pieces, false), alone, "{pieces:?}");
        }
    }

    #[test]
    fn its_lines_break_at_words() {
        let window = || {
            Some(Window {
                columns: 20,
                rows: 24,
                stops: 0,
            })
        };
        let (mut text, mut out) = (ReasoningText::new(window), Vec::new());
        for piece in [
            "The quick brown",
            " fox jum",
            "ps over\n\n",
            "  the lazy",
            " dog, and then",
        ] {
            text.push(piece, &mut out);
        }
        text.finish(true, &mut out);
        let written = String::from_utf8(out).unwrap();
        let written = written.replace("\x1b[2m", "").replace("\x1b[0m", "");
        assert_eq!(
            written,
            "The quick brown fox\njumps over\n\n  the lazy dog, and\nthen\n\n"
        );
    }

    #[test]
    fn nothing_of_it_drives_the_terminal() {
        let shown = written(&["a\x1b", "[2J\u{9b}b\r\u{202e}", "c\x07"], false);
        assert_eq!(shown, "a␛[2J\\x9bb␍\\u{202e}c␇\n");
        let shown = written(&["👩", "\u{200d}", "👧\u{200d}", " a"], false);
        assert_eq!(shown, "👩\u{200d}👧\\u{200d} a\n");
    }
}
