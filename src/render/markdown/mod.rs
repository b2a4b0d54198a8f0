//! Markdown for a terminal, block by block while a reply streams.
//!
//! Pieces of a reply are joined to lines, and lines wait until their block is
//! certainly complete. A complete block is laid out and never changed again, so
//! the cursor never moves back, and scrollback, wrapping and resizing keep
//! working. Only the lines of an open code fence do not wait.
//!
//! ```text
//! Markdown    joins pieces to lines and lines to blocks
//! boundary    asks the parser how many of the lines are complete blocks
//! fence       an open code block
//! layout      turns the parser's events into lines
//! margins     what stands before each line, and empty lines
//! syntax      the extensions of CommonMark that the parser reads
//! style, table, links
//! ```
//!
//! All text is escaped by [`visible`](mod@super::visible) before it is written.

mod boundary;
mod fence;
mod layout;
mod links;
mod margins;
mod style;
mod syntax;
mod table;
#[cfg(test)]
mod tests;

use boundary::{Boundary, is_blank, may_settle};
use fence::Fence;
use layout::layout;
use links::Definitions;
use margins::Margins;

/// How long a block or a line may be before it is laid out in parts.
const WAITING_BYTES: usize = 64 * 1024;

/// How many bytes the parser may read again for each byte that arrives. This keeps
/// the work linear for every input.
const READINGS_A_BYTE: usize = 16;

/// How many of these bytes may be saved up for a block that needs more of them.
const SAVED_READINGS: usize = 8 * WAITING_BYTES;

/// Lays out one reply after the other, each while it streams.
///
/// Output is whole lines: between two calls the cursor is at the start of a
/// line, and a reply ends with exactly one newline (an empty one has none).
/// Between two blocks there is one empty line if the source has any.
pub(crate) struct Markdown {
    /// The columns of the terminal, for tables and rules.
    width: Option<usize>,
    /// The line that has not ended yet.
    line: String,
    /// The last character was a carriage return, so a newline now is part of the same line end.
    returned: bool,
    /// The lines whose blocks may be incomplete.
    block: String,
    /// The last of these lines is blank.
    blank: bool,
    /// How many bytes the parser may still read before more arrive.
    credit: usize,
    /// The number of the list item that `block` begins with, if it begins inside a list.
    number: Option<u64>,
    fence: Option<Fence>,
    margins: Margins,
    definitions: Definitions,
}

impl Markdown {
    /// For a terminal with so many columns; none if that is unknown.
    pub(crate) fn new(width: Option<usize>) -> Self {
        Self {
            width,
            line: String::new(),
            returned: false,
            block: String::new(),
            blank: false,
            credit: SAVED_READINGS,
            number: None,
            fence: None,
            margins: Margins::default(),
            definitions: Definitions::default(),
        }
    }

    /// Takes the next piece of the reply and appends the lines it completes.
    pub(crate) fn push(&mut self, delta: &str, out: &mut Vec<u8>) {
        let mut rest = delta;
        while !rest.is_empty() {
            if std::mem::take(&mut self.returned)
                && let Some(after) = rest.strip_prefix('\n')
            {
                rest = after;
                continue;
            }
            let room = WAITING_BYTES.saturating_sub(self.line.len());
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

    /// Lays out the rest, complete or not. The next piece begins a new reply.
    pub(crate) fn finish(&mut self, out: &mut Vec<u8>) {
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
                fence.write(line, &mut self.margins, out);
            }
            return;
        }
        let blank = is_blank(line);
        if blank && self.block.is_empty() {
            self.margins.gap();
            return;
        }
        if self.block.len() + line.len() > WAITING_BYTES {
            self.lay_out_all(out);
        }
        self.credit = SAVED_READINGS.min(self.credit + READINGS_A_BYTE * line.len());
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
            self.fence = Some(Fence::open(&line, &mut self.margins, out));
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
        let margins = &mut self.margins;
        layout(
            &done,
            self.number,
            self.width,
            margins,
            &mut self.definitions,
            out,
        );
        if done.lines().next_back().is_some_and(is_blank) {
            margins.gap();
        }
    }
}
