//! Puts the lines of a `"""` block together and checks every line.

use super::RawLine;
use crate::domain::{Error, MESSAGE_LIMIT};

/// The line that opens and closes a block.
const FENCE: &str = "\"\"\"";

/// One complete input: a line, a text of several lines, or one that cannot be used.
#[derive(Debug)]
pub(crate) enum Utterance<'a> {
    /// One line: a command, a message or nothing.
    Line(&'a str),
    /// A text of several lines: always a message, never a command.
    Text(&'a str),
    /// An input that cannot be used.
    Bad {
        /// What is wrong with it.
        error: Error,
        /// The first bytes of the line, unless it is part of a block: enough to
        /// tell which command it would have been.
        head: &'a [u8],
    },
}

/// Turns lines into complete inputs and counts the lines.
#[derive(Default)]
pub(crate) struct Blocks {
    line: u64,
    /// The block being read and the line it began on.
    open: Option<(String, u64)>,
    /// The block that was returned last, which the caller borrows.
    closed: String,
    /// The open block has failed already; the rest of its lines is skipped.
    spoilt: bool,
}

impl Blocks {
    /// Whether a block is open.
    pub(crate) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Discards an open block, as Ctrl-C does at a prompt.
    pub(crate) fn abandon(&mut self) {
        self.open = None;
        self.spoilt = false;
    }

    /// Takes the next line and returns an input if that completes one.
    pub(crate) fn take<'a>(&'a mut self, line: RawLine<'a>) -> Option<Utterance<'a>> {
        self.line += 1;
        let (RawLine::Bytes(bytes) | RawLine::TooLong(bytes)) = line;
        let text = match check(line) {
            Ok(text) => text,
            Err(_) if self.spoilt => return None,
            Err(error) => {
                self.spoilt = self.is_open();
                let head = if self.spoilt { &[] } else { bytes };
                return Some(Utterance::Bad { error, head });
            }
        };
        if text == FENCE {
            return self.fence();
        }
        let Some((block, _)) = &mut self.open else {
            return Some(Utterance::Line(text));
        };
        if self.spoilt {
            return None;
        }
        if block.len() + text.len() > MESSAGE_LIMIT {
            *block = String::new();
            self.spoilt = true;
            return Some(Utterance::Bad {
                error: Error::TooLong,
                head: &[],
            });
        }
        block.push_str(text);
        block.push('\n');
        None
    }

    /// Takes a text of several lines that arrived at once, such as a paste at a
    /// prompt: it is never a command, and a fence inside it is text.
    pub(crate) fn take_text<'a>(&mut self, text: &'a str) -> Option<Utterance<'a>> {
        if !self.is_open() {
            self.line += 1;
            return Some(Utterance::Text(text));
        }
        for line in text.split('\n') {
            if let Some((block, _)) = &mut self.open {
                block.push_str(line);
                block.push('\n');
            }
        }
        None
    }

    /// Ends the input. A block that is still open is an error.
    pub(crate) fn end(&mut self) -> Option<Utterance<'static>> {
        let spoilt = std::mem::take(&mut self.spoilt);
        let (_, line) = self.open.take()?;
        (!spoilt).then_some(Utterance::Bad {
            error: Error::UnterminatedBlock(line),
            head: &[],
        })
    }

    fn fence(&mut self) -> Option<Utterance<'_>> {
        let Some((mut block, _)) = self.open.take() else {
            self.open = Some((String::new(), self.line));
            return None;
        };
        if std::mem::take(&mut self.spoilt) {
            return None;
        }
        block.pop();
        self.closed = block;
        Some(Utterance::Text(&self.closed))
    }
}

/// Whether a line would open a block in a transcript: three quotes, alone or
/// with a mark of capital letters, digits and `_` behind them.
pub(super) fn opens_block(line: &str) -> bool {
    line.strip_prefix(FENCE).is_some_and(|mark| {
        let is_mark = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
        mark.len() <= 64 && mark.bytes().all(is_mark)
    })
}

/// The line as text, if it is UTF-8 without NUL and not too long.
fn check(line: RawLine<'_>) -> Result<&str, Error> {
    let RawLine::Bytes(bytes) = line else {
        return Err(Error::TooLong);
    };
    let text =
        str::from_utf8(bytes).map_err(|error| Error::InvalidUtf8(error.valid_up_to() + 1))?;
    match memchr::memchr(0, bytes) {
        Some(at) => Err(Error::NulByte(at + 1)),
        None => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What each line of `input` gives, and then its end.
    fn play(input: &[&[u8]]) -> Vec<String> {
        let mut blocks = Blocks::default();
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
            if let Some(utterance) = blocks.take(RawLine::Bytes(line)) {
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
        assert!(blocks.take(RawLine::Bytes(b"\"\"\"")).is_none());
        assert!(blocks.take_text("a\n\"\"\"\nb").is_none());
        assert!(matches!(
            blocks.take(RawLine::Bytes(b"\"\"\"")),
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
}
