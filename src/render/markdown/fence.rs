//! Code blocks between fences, written line by line.

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag};

use super::blank::is_blank;
use super::highlight::Highlighter;
use super::margins::{Margins, Sheet};
use super::style::Style;
use super::syntax::OPTIONS;

/// What stands above a block of code, before the name of its language.
const RULE: &str = "────────";

/// An open fence at the top level. Its lines are written as they arrive.
pub(super) struct Fence {
    mark: u8,
    length: usize,
    /// The spaces before the fence; as many are removed from each line of code.
    indent: usize,
    code: Code,
}

/// Lines of code on their way to the screen. They are as they came, so that they can
/// be copied: not indented, and not broken.
pub(super) struct Code {
    highlighter: Highlighter,
    /// Blank lines that are written only if another line follows.
    blanks: usize,
}

impl Fence {
    /// Opens the fence of a line that the parser recognised as one.
    pub(super) fn open(line: &str, margins: &mut Margins, sheet: &mut Sheet<'_>) -> Self {
        let text = line.trim_start_matches(' ');
        let mark = text.bytes().next().unwrap_or(b'`');
        let info = Parser::new_ext(line, OPTIONS).find_map(|event| match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => Some(info),
            _ => None,
        });
        margins.block(|| false, sheet);
        let code = Code::begin(info.as_deref().unwrap_or_default(), margins, sheet);
        Self {
            mark,
            length: run(text, mark),
            indent: line.len() - text.len(),
            code,
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
    pub(super) fn write(&mut self, line: &str, margins: &mut Margins, sheet: &mut Sheet<'_>) {
        let text = line.trim_start_matches(' ');
        let spaces = line.len() - text.len();
        if spaces >= self.indent {
            let (_, text) = line.split_at(self.indent);
            self.code.write(text, margins, sheet);
        } else if let Some(text) = text.strip_prefix('\t') {
            // A tab of which a part is removed leaves spaces up to the fourth column.
            let text = format!("{:1$}{text}", "", 4 - self.indent);
            self.code.write(&text, margins, sheet);
        } else {
            self.code.write(text, margins, sheet);
        }
    }
}

impl Code {
    /// Writes a rule, with the language at its end: the first word after the fence.
    pub(super) fn begin(info: &str, margins: &mut Margins, sheet: &mut Sheet<'_>) -> Self {
        margins.rule(sheet);
        margins.text(RULE, Style::DIM);
        if let Some(language) = info.split_whitespace().next() {
            margins.text(" ", Style::DIM);
            margins.text(language, Style::DIM);
        }
        margins.close(sheet);
        Self {
            highlighter: Highlighter::new(info),
            blanks: 0,
        }
    }

    /// Writes a line of code. Blank lines at the end of a block are left out.
    pub(super) fn write(&mut self, line: &str, margins: &mut Margins, sheet: &mut Sheet<'_>) {
        let line = line.strip_suffix('\n').unwrap_or(line);
        if is_blank(line) {
            self.blanks += 1;
            return;
        }
        for _ in 0..std::mem::take(&mut self.blanks) {
            margins.empty_line(sheet);
        }
        margins.verbatim(sheet);
        for (text, style) in self.highlighter.line(line) {
            margins.text(text, style);
        }
        margins.close(sheet);
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
        let mut sheet = Sheet::new(&|_| None);
        let fence = Fence::open(" ~~~~ x\n", &mut Margins::default(), &mut sheet);
        for line in ["~~~~\n", "   ~~~~~  \n", "~~~~\t\n"] {
            assert!(fence.is_closed_by(line), "{line}");
        }
        for line in ["~~~\n", "    ~~~~\n", "````\n", "~~~~ x\n", "\n"] {
            assert!(!fence.is_closed_by(line), "{line}");
        }
    }
}
