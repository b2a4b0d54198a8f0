//! Code blocks between fences, written line by line.

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag};

use super::boundary::is_blank;
use super::margins::Margins;
use super::style::Style;
use super::syntax::OPTIONS;

/// What stands before each line of code.
const CODE_INDENT: &str = "    ";

/// An open fence at the top level. Its lines are written as they arrive.
pub(super) struct Fence {
    mark: u8,
    length: usize,
    /// The spaces before the fence; as many are removed from each line of code.
    indent: usize,
    code: Code,
}

/// Lines of code on their way to the output.
#[derive(Default)]
pub(super) struct Code {
    /// Blank lines that are written only if another line follows.
    blanks: usize,
}

impl Fence {
    /// Opens the fence of a line that the parser recognised as one.
    pub(super) fn open(line: &str, margins: &mut Margins, out: &mut Vec<u8>) -> Self {
        let text = line.trim_start_matches(' ');
        let mark = text.bytes().next().unwrap_or(b'`');
        let info = Parser::new_ext(line, OPTIONS).find_map(|event| match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => Some(info),
            _ => None,
        });
        margins.block(|| false, out);
        Code::label(info.as_deref().unwrap_or_default(), margins, out);
        Self {
            mark,
            length: run(text, mark),
            indent: line.len() - text.len(),
            code: Code::default(),
        }
    }

    /// Whether a line closes the fence.
    pub(super) fn is_closed_by(&self, line: &str) -> bool {
        let text = line.trim_start_matches(' ');
        let length = run(text, self.mark);
        line.len() - text.len() < 4
            && length >= self.length
            && text
                .bytes()
                .skip(length)
                .all(|byte| b" \t\n".contains(&byte))
    }

    /// Writes a line of code that ends with a newline.
    pub(super) fn write(&mut self, line: &str, margins: &mut Margins, out: &mut Vec<u8>) {
        let text = line.trim_start_matches(' ');
        let spaces = line.len() - text.len();
        if spaces >= self.indent {
            let (_, text) = line.split_at(self.indent);
            self.code.write(text, margins, out);
        } else if let Some(text) = text.strip_prefix('\t') {
            // A tab of which a part is removed leaves spaces up to the fourth column.
            let text = format!("{:1$}{text}", "", 4 - self.indent);
            self.code.write(&text, margins, out);
        } else {
            self.code.write(text, margins, out);
        }
    }
}

impl Code {
    /// Writes the language, which is the first word after the fence.
    pub(super) fn label(info: &str, margins: &mut Margins, out: &mut Vec<u8>) {
        if let Some(language) = info.split_whitespace().next() {
            margins.text(language, Style::DIM, out);
            margins.close(out);
        }
    }

    /// Writes a line of code. Blank lines at the end of a block are left out.
    pub(super) fn write(&mut self, line: &str, margins: &mut Margins, out: &mut Vec<u8>) {
        let line = line.strip_suffix('\n').unwrap_or(line);
        if is_blank(line) {
            self.blanks += 1;
            return;
        }
        for _ in 0..std::mem::take(&mut self.blanks) {
            margins.empty_line(out);
        }
        margins.plain(CODE_INDENT, out);
        margins.text(line, Style::CODE, out);
        margins.close(out);
    }
}

/// How often a mark is repeated at the start of a text.
fn run(text: &str, mark: u8) -> usize {
    text.bytes().take_while(|byte| *byte == mark).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fence_is_closed_by_its_like() {
        let fence = Fence::open(" ~~~~ x\n", &mut Margins::default(), &mut Vec::new());
        for line in ["~~~~\n", "   ~~~~~  \n", "~~~~\t\n"] {
            assert!(fence.is_closed_by(line), "{line}");
        }
        for line in ["~~~\n", "    ~~~~\n", "````\n", "~~~~ x\n", "\n"] {
            assert!(!fence.is_closed_by(line), "{line}");
        }
    }
}
