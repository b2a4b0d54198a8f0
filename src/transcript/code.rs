//! Takes the code out of a message: what stands between fences.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// What stands between two fences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CodeBlock {
    /// The first word behind the first fence.
    pub(crate) language: Option<String>,
    /// The code, byte for byte, less what marks the lines as being in a list or a
    /// quotation.
    pub(crate) text: String,
}

/// The blocks of code between fences in a message, in order. One that is never
/// closed goes on to the end of what it stands in.
pub(crate) fn code_blocks(message: &str) -> Vec<CodeBlock> {
    // Most have none, and need not be parsed.
    if !message.contains("```") && !message.contains("~~~") {
        return Vec::new();
    }
    let mut blocks = Vec::new();
    let mut open: Option<OpenBlock> = None;
    let shallow = shallow(message);
    for (event, place) in Parser::new_ext(&shallow, Options::ENABLE_TABLES).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                let language = info.split_whitespace().next().map(str::to_owned);
                let text = String::new();
                open = Some(OpenBlock {
                    block: CodeBlock { language, text },
                    end: place.end,
                });
            }
            Event::End(TagEnd::CodeBlock) => blocks.extend(open.take().map(|open| open.block)),
            Event::Text(text) => {
                if let Some(open) = &mut open {
                    open.add(message, &text, place);
                }
            }
            _ => {}
        }
    }
    blocks
}

/// How many lists may stand in each other on a line, and how far a further one may be
/// indented, in bytes. The parser looks at all that are open at each blank line, so that
/// a few megabytes of more of them would keep it busy for hours.
const DEEPEST: usize = 100;
const WIDEST: usize = 400;

/// A text of as many bytes in which what would be a deeper list is none. Code is taken
/// from the text itself.
fn shallow(message: &str) -> Cow<'_, str> {
    let mut hidden: Vec<usize> = Vec::new();
    let mut begin = 0;
    for line in message.split_inclusive('\n') {
        let (mut at, mut depth) = (0, 0);
        while let Some(marker) = Marker::at(line.as_bytes(), at) {
            depth += usize::from(marker.is_list);
            if marker.is_list && (depth > DEEPEST || marker.end > WIDEST) {
                hidden.push(begin + marker.end - 1);
            }
            at = marker.end;
        }
        begin += line.len();
    }
    if hidden.is_empty() {
        return message.into();
    }
    let mut bytes = message.as_bytes().to_vec();
    for at in hidden {
        bytes[at] = b'x';
    }
    String::from_utf8(bytes).map_or(message.into(), Cow::Owned)
}

/// What begins an item of a list, or stands before a line of a quotation.
struct Marker {
    /// Where it ends in its line.
    end: usize,
    is_list: bool,
}

impl Marker {
    /// The one behind the blanks that begin there, if there is one.
    fn at(line: &[u8], at: usize) -> Option<Self> {
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
        let blanks = line[at..].iter().take_while(|byte| is_blank(byte)).count();
        let from = at + blanks;
        let rest = &line[from..];
        let digits = rest.iter().take(9).take_while(|byte| byte.is_ascii_digit());
        let digits = digits.count();
        let (length, is_list) = match rest.get(digits)? {
            b'>' if digits == 0 => (1, false),
            b'-' | b'+' | b'*' if digits == 0 => (1, true),
            b'.' | b')' if digits > 0 => (digits + 1, true),
            _ => return None,
        };
        let next = rest.get(length);
        let ends = next.is_none_or(|next| is_blank(next) || matches!(next, b'\r' | b'\n'));
        let end = from + length;
        (!is_list || ends).then_some(Self { end, is_list })
    }
}

/// A block of which more may come.
struct OpenBlock {
    block: CodeBlock,
    /// Where what was added last ends in the message.
    end: usize,
}

impl OpenBlock {
    /// Adds a piece of code that stands there in the message.
    fn add(&mut self, message: &str, piece: &str, place: Range<usize>) {
        // The parser leaves carriage returns out.
        if message.get(self.end..place.start) == Some("\r") && piece.starts_with('\n') {
            self.block.text.push('\r');
        }
        let source = message.get(place.clone());
        let source = source.filter(|source| source.len() == piece.len());
        self.block.text.push_str(source.unwrap_or(piece));
        self.end = place.end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The blocks as `language: text`.
    fn found(message: &str) -> Vec<String> {
        let blocks = code_blocks(message).into_iter();
        let told = blocks.map(|block| format!("{:?}: {}", block.language, block.text));
        told.map(|text| text.replace("Some(", "").replace("): ", ": "))
            .collect()
    }

    #[test]
    fn code_stands_between_fences() {
        for (message, blocks) in [
            ("no code", &[][..]),
            ("```\na\n```", &["None: a\n"]),
            (
                "x\n```rust ignore\nfn f() {}\n\n```\ny",
                &["\"rust\": fn f() {}\n\n"],
            ),
            (
                "~~~~ py\n~~~\n```\n~~~~\n```\nb\n```",
                &["\"py\": ~~~\n```\n", "None: b\n"],
            ),
            // Not a fence: two marks, four blanks, a backtick behind backticks.
            ("``\na\n``\n\n    ```\n    a\n\n``` a`b\nx", &[]),
            ("   ```\n   a\n     b\n c\n   ```", &["None: a\n  b\nc\n"]),
            // Closed by its like only.
            (
                "````\n```\n~~~~\n````x\n`````",
                &["None: ```\n~~~~\n````x\n"],
            ),
            // Never closed.
            ("```sh\nls", &["\"sh\": ls"]),
            ("```", &["None: "]),
            ("```\n```", &["None: "]),
            // In lists and quotations.
            (
                "1. x\n\n   ```c\n   a\n     b\n   ```\n",
                &["\"c\": a\n  b\n"],
            ),
            ("- ```\n  a\n\n  b\n  ```\n- x", &["None: a\n\nb\n"]),
            ("> ```\n> a\n>  b\n>\n> c\n> ```", &["None: a\n b\n\nc\n"]),
            ("> ```\n> a\nb", &["None: a\n"]),
            ("> - ~~~ x\n>   a\n> \n>   b", &["\"x\": a\n\nb"]),
            // As they are: tabs, carriage returns, what is not seen.
            ("```\r\na\r\n\tb\r\n```\r\n", &["None: a\r\n\tb\r\n"]),
            ("```\r\na\r\n\r\nb", &["None: a\r\n\r\nb"]),
            (
                "```\n\u{1b}[2J é你🙂\u{202e} &amp; \\n *x*\n```",
                &["None: \u{1b}[2J é你🙂\u{202e} &amp; \\n *x*\n"],
            ),
            ("| a |\n|---|\n| b |\n```\nc\n```", &["None: c\n"]),
            ("$$\n```\na\n```", &["None: a\n"]),
            ("<pre>\n```\na\n```\n</pre>", &[]),
        ] {
            assert_eq!(found(message), blocks, "{message:?}");
        }
    }

    #[test]
    fn code_that_looks_like_deep_lists_stays_as_it_is() {
        let deep = format!("{}\n{}- 1. x\n", "- > 1. * ".repeat(100), " ".repeat(500));
        assert_eq!(shallow(&deep).len(), deep.len());
        assert_ne!(shallow(&deep), deep);
        assert_eq!(
            found(&format!("```\n{deep}```\n")),
            [format!("None: {deep}")]
        );
        for shallow_text in ["- > 1. x\n2) y\n> >- z\n------\n**b**\n", &"-".repeat(300)] {
            assert_eq!(shallow(shallow_text), shallow_text);
        }
    }

    #[test]
    fn what_was_made_to_be_slow_is_read() {
        for (message, count) in [
            (format!("```\n{}", "> ".repeat(200_000)), 1),
            (format!("{}```\na", "> ".repeat(200_000)), 1),
            ("```\n".repeat(200_000), 100_000),
            (format!("```\n```\n{}", "[".repeat(200_000)), 1),
            (
                format!("{}\n{}```\na", "- ".repeat(100_000), "\n".repeat(100_000)),
                1,
            ),
        ] {
            assert_eq!(code_blocks(&message).len(), count);
        }
    }
}
