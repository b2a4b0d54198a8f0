//! Puts the lines of a block together and checks every line.

use super::block::Block;
use super::mark::is_mark;
use super::utterance::Utterance;
use super::{LineEnd, RawLine};
use crate::domain::{Error, MESSAGE_LIMIT, TextError};

/// The longest line that can be a message, in bytes: `//` is said as `/`.
pub(crate) const LINE_LIMIT: usize = MESSAGE_LIMIT + 1;

/// Turns lines into complete inputs and counts the lines.
///
/// A line of `"""` opens a block and closes it. One of `"""` and a word, such as
/// `"""END`, opens a block that only the same line closes: with a word that the
/// text does not have, any text fits between the two.
#[derive(Default)]
pub(crate) struct Blocks {
    line: u64,
    /// The block being read.
    open: Option<Block>,
    /// The block that was returned last, which the caller borrows.
    closed: String,
    /// The next line is the first of a script.
    is_first_of_script: bool,
}

impl Blocks {
    /// For the lines of a script: a first line that begins with `#!` is skipped.
    pub(crate) fn of_script() -> Self {
        Self {
            is_first_of_script: true,
            ..Self::default()
        }
    }

    /// Whether a block is open.
    pub(crate) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Discards an open block, as Ctrl-C does at a prompt.
    pub(crate) fn abandon(&mut self) {
        self.open = None;
    }

    /// Takes the next line and returns an input if that completes one.
    pub(crate) fn take<'a>(&'a mut self, line: RawLine<'a>) -> Option<Utterance<'a>> {
        self.line += 1;
        let (RawLine::Bytes(bytes, _) | RawLine::TooLong(bytes)) = line;
        if std::mem::take(&mut self.is_first_of_script) && names_program(line) {
            return None;
        }
        // The first of two slashes is not part of the message.
        let is_escaped = self.open.is_none() && bytes.starts_with(b"//");
        let checked = check(line, MESSAGE_LIMIT + usize::from(is_escaped));
        let Some(block) = &mut self.open else {
            return match checked {
                Ok((mark, mark_end)) if is_mark(mark) => {
                    self.open = Some(Block::new(mark, mark_end, self.line));
                    None
                }
                Ok((text, _)) => Some(Utterance::Line(text)),
                Err(error) => Some(Utterance::Bad { error, head: bytes }),
            };
        };
        match checked {
            Ok((text, _)) if text == block.mark => self.close(),
            Ok((text, line_end)) => block.push(text, line_end).map(bad),
            Err(error) => block.spoil(error).map(bad),
        }
    }

    /// Takes a text of several lines that arrived at once, such as a paste at a
    /// prompt: it is never a command, and a mark inside it is text.
    pub(crate) fn take_text<'a>(&mut self, text: &'a str) -> Option<Utterance<'a>> {
        self.line += 1;
        let checked = check(RawLine::Bytes(text.as_bytes(), LineEnd::Lf), MESSAGE_LIMIT);
        match (&mut self.open, checked) {
            (Some(block), Ok((text, line_end))) => block.push(text, line_end).map(bad),
            (Some(block), Err(error)) => block.spoil(error).map(bad),
            (None, checked) => Some(checked.map_or_else(bad, |(text, _)| Utterance::Text(text))),
        }
    }

    /// Ends the input. A block that is still open is an error.
    pub(crate) fn end(&mut self) -> Option<Utterance<'static>> {
        let block = self.open.take().filter(|block| !block.spoilt)?;
        Some(bad(Error::UnterminatedBlock {
            line: block.began,
            mark: block.mark,
        }))
    }

    fn close(&mut self) -> Option<Utterance<'_>> {
        let block = self.open.take().filter(|block| !block.spoilt)?;
        Some(match block.finish() {
            Ok(text) => {
                self.closed = text;
                Utterance::Text(&self.closed)
            }
            Err(error) => bad(error),
        })
    }
}

/// Whether the first line of a script is none of it, but tells the system which
/// program it is for.
pub(crate) fn names_program(line: RawLine<'_>) -> bool {
    let (RawLine::Bytes(bytes, _) | RawLine::TooLong(bytes)) = line;
    bytes.starts_with(b"#!")
}

/// An error that is part of a block, or about all of one.
fn bad<'a>(error: Error) -> Utterance<'a> {
    Utterance::Bad { error, head: &[] }
}

/// The line, or the lines that came at once, as text, if they are UTF-8 without
/// NUL and not longer than that.
fn check(line: RawLine<'_>, limit: usize) -> Result<(&str, LineEnd), Error> {
    let RawLine::Bytes(bytes, line_end) = line else {
        return Err(Error::TooLong);
    };
    if bytes.len() > limit {
        return Err(Error::TooLong);
    }
    Ok((TextError::check(bytes)?, line_end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(line: &[u8]) -> RawLine<'_> {
        match line.strip_suffix(b"\r") {
            Some(line) => RawLine::Bytes(line, LineEnd::CrLf),
            None => RawLine::Bytes(line, LineEnd::Lf),
        }
    }

    /// What each line of `input` gives, and then its end.
    fn play(input: &[&[u8]]) -> Vec<String> {
        run(Blocks::default(), input)
    }

    /// The same; a line that is given with a CR at its end ended with CR LF.
    fn run(mut blocks: Blocks, input: &[&[u8]]) -> Vec<String> {
        let mut said = Vec::new();
        let mut note = |utterance: Utterance<'_>| {
            said.push(match utterance {
                Utterance::Line(text) => format!("line {text}"),
                Utterance::Text(text) => format!("text {text:?}"),
                Utterance::Bad { error, head } => {
                    format!("{} {:?}", error.code(), String::from_utf8_lossy(head))
                }
            });
        };
        for line in input {
            if let Some(utterance) = blocks.take(raw(line)) {
                note(utterance);
            }
        }
        if let Some(utterance) = blocks.end() {
            note(utterance);
        }
        said
    }

    #[test]
    fn a_block_is_one_text() {
        assert_eq!(
            play(&[b"a", b"\"\"\"", b"/clear", b"", b" b", b"\"\"\"", b"c"]),
            ["line a", "text \"/clear\\n\\n b\"", "line c"]
        );
    }

    #[test]
    fn a_fence_stands_alone() {
        assert_eq!(
            play(&[b"\"\"\" ", b"\"\"\"a"]),
            ["line \"\"\" ", "line \"\"\"a"]
        );
    }

    #[test]
    fn a_paste_is_text_even_where_it_holds_a_fence() {
        let mut blocks = Blocks::default();
        assert!(matches!(
            blocks.take_text("/clear\n/quit"),
            Some(Utterance::Text("/clear\n/quit"))
        ));
        assert!(blocks.take(raw(b"\"\"\"")).is_none());
        assert!(blocks.take_text("a\n\"\"\"\nb").is_none());
        assert!(matches!(
            blocks.take(raw(b"\"\"\"")),
            Some(Utterance::Text("a\n\"\"\"\nb"))
        ));
    }

    #[test]
    fn an_open_block_at_the_end_is_an_error() {
        assert_eq!(
            play(&[b"x", b"\"\"\"", b"a"]),
            ["line x", "unterminated_block \"\""]
        );
    }

    #[test]
    fn a_bad_line_spoils_its_block_and_only_that() {
        assert_eq!(
            play(&[b"\"\"\"", b"a\xff", b"\0", b"b", b"\"\"\"", b"c", b"d\0"]),
            ["invalid_utf8 \"\"", "line c", "nul_byte \"d\\0\""]
        );
        assert_eq!(play(&[b"\"\"\"", b"\xff"]), ["invalid_utf8 \"\""]);
    }

    #[test]
    fn only_the_same_mark_closes_a_block() {
        assert_eq!(
            play(&[
                b"\"\"\"END",
                b"\"\"\"",
                b"/clear",
                b"\"\"\"EN",
                b"\"\"\"END ",
                b"\"\"\"END",
                b"\"\"\"",
                b"\"\"\"END",
                b"\"\"\"",
            ]),
            [
                r#"text "\"\"\"\n/clear\n\"\"\"EN\n\"\"\"END ""#,
                r#"text "\"\"\"END""#
            ]
        );
    }

    #[test]
    fn a_block_with_a_word_keeps_line_ends() {
        assert_eq!(
            play(&[b"\"\"\"A", b"x\r", b"", b"y\r", b"\"\"\"A"]),
            [r#"text "x\r\n\ny\r""#]
        );
        assert_eq!(
            play(&[b"\"\"\"A\r", b"x\r", b"\r", b"y\r", b"\"\"\"A\r"]),
            [r#"text "x\r\n\r\ny""#]
        );
        assert_eq!(
            play(&[b"\"\"\"\r", b"x\r", b"y\r", b"\"\"\"\r"]),
            [r#"text "x\ny""#]
        );
        assert_eq!(play(&[b"\"\"\"A", b"\"\"\"A"]), [r#"text """#]);
        assert_eq!(play(&[b"\"\"\"A", b"", b"\"\"\"A"]), [r#"text """#]);
    }

    #[test]
    fn the_limit_is_that_of_the_whole_text() {
        let half = vec![b'x'; MESSAGE_LIMIT / 2];
        let less = &half[1..];
        for (mark, lines, fits) in [
            (&b"\"\"\"A"[..], [&half[..], less], true),
            (b"\"\"\"A", [&half, &half], false),
            (b"\"\"\"A\r", [&half, less], true),
        ] {
            let mut blocks = Blocks::default();
            assert!(blocks.take(raw(mark)).is_none());
            let told = lines
                .iter()
                .filter(|line| blocks.take(raw(line)).is_some())
                .count();
            assert_eq!(told, usize::from(!fits));
            assert_eq!(blocks.take(raw(mark)).is_some(), fits);
        }
        // One carriage return more than fits, which is noticed at the end.
        let mut blocks = Blocks::default();
        let line = vec![b'x'; MESSAGE_LIMIT];
        assert!(blocks.take(raw(b"\"\"\"A")).is_none());
        assert!(blocks.take(RawLine::Bytes(&line, LineEnd::CrLf)).is_none());
        assert!(matches!(
            blocks.take(raw(b"\"\"\"A")),
            Some(Utterance::Bad {
                error: Error::TooLong,
                ..
            })
        ));
    }

    #[test]
    fn nothing_of_a_spoilt_block_is_a_line() {
        for mark in [&b"\"\"\""[..], b"\"\"\"END"] {
            assert_eq!(
                play(&[
                    mark,
                    b"/a",
                    b"\xff",
                    b"/b",
                    b"\"\"\"OTHER",
                    b"\0",
                    b"/c",
                    mark,
                    b"d"
                ]),
                ["invalid_utf8 \"\"", "line d"]
            );
        }
        let mut blocks = Blocks::default();
        assert!(blocks.take(raw(b"\"\"\"END")).is_none());
        assert!(blocks.take(RawLine::TooLong(b"/user bob")).is_some());
        assert!(blocks.take_text("/user\nbob").is_none());
        assert!(blocks.take(RawLine::TooLong(b"/user bob")).is_none());
        assert!(blocks.take(raw(b"\"\"\"END")).is_none());
        assert!(!blocks.is_open());
    }

    #[test]
    fn a_script_may_name_its_program() {
        let script = |input: &[&[u8]]| run(Blocks::of_script(), input);
        assert_eq!(
            script(&[b"#!/usr/bin/saylog -f", b"#!", b"#"]),
            ["line #!", "line #"]
        );
        assert_eq!(script(&[b"# !", b"#!"]), ["line # !", "line #!"]);
        assert_eq!(script(&[b"#!\xff\0"]), [""; 0]);
        assert_eq!(play(&[b"#!"]), ["line #!"]);
        let mut blocks = Blocks::of_script();
        assert!(blocks.take(RawLine::TooLong(b"#!")).is_none());
        assert!(blocks.take(raw(b"\"\"\"A")).is_none());
        assert!(matches!(
            blocks.end(),
            Some(Utterance::Bad {
                error: Error::UnterminatedBlock { line: 2, .. },
                ..
            })
        ));
    }
}
