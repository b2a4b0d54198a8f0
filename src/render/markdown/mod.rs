//! Markdown for a terminal, block by block while a reply streams.
//!
//! Pieces of a reply become lines; finished lines wait until a block is certain
//! to be complete; complete blocks are laid out and never touched again, so no
//! cursor moves, and scrollback, wrapping and resizing stay right. Only lines of
//! an open code fence do not wait.
//!
//! ```text
//! Markdown    pieces to lines, lines to blocks
//! boundary    how much of what waits is complete, asked of the parser
//! fence       an open code block
//! layout      the parser's events to lines
//! page        margins, empty lines
//! style, table, links
//! ```
//!
//! Text passes the gate of [`super::visible()`] on its way into a line.

mod boundary;
mod fence;
mod layout;
mod links;
mod page;
mod style;
mod table;
#[cfg(test)]
mod tests;

use pulldown_cmark::Options;

use boundary::{Boundary, is_blank, may_settle};
use fence::Fence;
use layout::layout;
use links::Definitions;
use page::Page;

/// The most bytes that wait for their block, or their line, to end. What is
/// longer is laid out in parts.
const LIMIT: usize = 64 * 1024;

/// How often the parser may read what waits, per byte that comes in. This keeps
/// the work linear however the blocks are made.
const READINGS: usize = 16;

/// The readings that may be saved up for a block that needs more of them.
const SAVINGS: usize = 8 * LIMIT;

/// CommonMark and what models write besides.
const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS);

/// Lays out one reply after the other, each while it streams.
///
/// Output is whole lines: between two calls the cursor stands at the start of a
/// line, and a reply ends with exactly one newline (an empty one has none).
/// Blocks are one empty line apart where the source has any.
pub struct Markdown {
    /// The columns of the terminal, for tables and rules.
    width: Option<usize>,
    /// The line that has not ended yet.
    line: String,
    /// The last character was a carriage return: a newline now ends no line.
    returned: bool,
    /// The lines whose blocks may not be complete.
    block: String,
    /// The last of these lines is blank.
    blank: bool,
    /// The bytes that the parser may read before more come in.
    credit: usize,
    /// The number of the item that `block` begins with, inside a list.
    number: Option<u64>,
    fence: Option<Fence>,
    page: Page,
    definitions: Definitions,
}

impl Markdown {
    /// For a terminal of so many columns, or of an unknown number.
    pub fn new(width: Option<usize>) -> Self {
        Self {
            width,
            line: String::new(),
            returned: false,
            block: String::new(),
            blank: false,
            credit: SAVINGS,
            number: None,
            fence: None,
            page: Page::default(),
            definitions: Definitions::default(),
        }
    }

    /// Takes the next piece of the reply and appends the lines it completes.
    pub fn push(&mut self, delta: &str, out: &mut Vec<u8>) {
        let mut rest = delta;
        while !rest.is_empty() {
            if std::mem::take(&mut self.returned)
                && let Some(after) = rest.strip_prefix('\n')
            {
                rest = after;
                continue;
            }
            let room = LIMIT.saturating_sub(self.line.len());
            let (near, far) = rest.split_at(rest.floor_char_boundary(room));
            if let Some((end, after)) = near.split_once(['\n', '\r']) {
                self.returned = near.as_bytes().get(end.len()) == Some(&b'\r');
                rest = &rest[rest.len() - after.len() - far.len()..];
                self.line.push_str(end);
                self.end_line(out);
            } else {
                self.line.push_str(near);
                rest = far;
                if !far.is_empty() {
                    self.end_line(out);
                    self.lay_out_all(out);
                }
            }
        }
    }

    /// Lays out what is left, complete or not. The next piece begins a new reply.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        if !self.line.is_empty() {
            self.end_line(out);
        }
        self.lay_out_all(out);
        *self = Self::new(self.width);
    }

    fn end_line(&mut self, out: &mut Vec<u8>) {
        let mut line = std::mem::take(&mut self.line);
        line.push('\n');
        self.take_line(&line, out);
        line.clear();
        self.line = line;
    }

    fn take_line(&mut self, line: &str, out: &mut Vec<u8>) {
        if let Some(fence) = &mut self.fence {
            if fence.is_closed_by(line) {
                self.fence = None;
            } else {
                fence.write(line, &mut self.page, out);
            }
            return;
        }
        let blank = is_blank(line);
        if blank && self.block.is_empty() {
            self.page.gap();
            return;
        }
        if self.block.len() + line.len() > LIMIT {
            self.lay_out_all(out);
        }
        self.credit = SAVINGS.min(self.credit + READINGS * line.len());
        self.block.push_str(line);
        if may_settle(line, self.blank) {
            self.settle(out);
        }
        self.blank = blank && !self.block.is_empty();
    }

    /// Lays out those of the waiting lines whose blocks are complete.
    fn settle(&mut self, out: &mut Vec<u8>) {
        let Some(credit) = self.credit.checked_sub(self.block.len()) else {
            return;
        };
        self.credit = credit;
        let boundary = Boundary::find(&self.block, self.number);
        self.lay_out(boundary.at, out);
        self.number = boundary.number;
        if boundary.fence {
            let line = std::mem::take(&mut self.block);
            self.fence = Some(Fence::open(&line, &mut self.page, out));
        }
    }

    /// Lays out all waiting lines.
    fn lay_out_all(&mut self, out: &mut Vec<u8>) {
        self.lay_out(self.block.len(), out);
        self.number = None;
        self.blank = false;
    }

    fn lay_out(&mut self, end: usize, out: &mut Vec<u8>) {
        if end == 0 {
            return;
        }
        let rest = self.block.split_off(end);
        let done = std::mem::replace(&mut self.block, rest);
        let page = &mut self.page;
        layout(
            &done,
            self.number,
            self.width,
            page,
            &mut self.definitions,
            out,
        );
        if done.lines().next_back().is_some_and(is_blank) {
            page.gap();
        }
    }
}
