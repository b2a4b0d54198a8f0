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
//! margins     what stands before each line, empty lines
//! syntax      what the parser knows besides CommonMark
//! style, table, links
//! ```
//!
//! Text passes the gate of [`super::visible`] on its way into a line.

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

/// The most bytes that wait for their block, or their line, to end. What is
/// longer is laid out in parts.
const WAITING_BYTES: usize = 64 * 1024;

/// How often the parser may read what waits, per byte that comes in. This keeps
/// the work linear however the blocks are made.
const READINGS_A_BYTE: usize = 16;

/// The readings that may be saved up for a block that needs more of them.
const SAVED_READINGS: usize = 8 * WAITING_BYTES;

/// Lays out one reply after the other, each while it streams.
///
/// Output is whole lines: between two calls the cursor stands at the start of a
/// line, and a reply ends with exactly one newline (an empty one has none).
/// Blocks are one empty line apart where the source has any.
pub(crate) struct Markdown {
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
    margins: Margins,
    definitions: Definitions,
}

impl Markdown {
    /// For a terminal of so many columns, or of an unknown number.
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

    /// Lays out what is left, complete or not. The next piece begins a new reply.
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
