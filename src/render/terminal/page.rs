//! The page on which events are shown: how wide it is, and what is made of texts there.

use super::super::markdown::laid_out;
use super::super::phrases::wrapped;
use super::super::visible::visible;
use super::super::{Hyperlinks, Outbox, Stream};
use super::options::TerminalOptions;
use crate::domain::{Message, Role};

/// Texts stand beside what they belong to if they have as many columns there.
const FEWEST_COLUMNS_BESIDE: usize = 40;

/// How far they are indented below it, otherwise.
const INDENT_BELOW: usize = 4;

/// A page, for as long as the window keeps its size.
#[derive(Clone, Copy, Debug)]
pub(super) struct Page {
    /// The columns of the window, if they are known and lines are to be wrapped.
    columns: Option<usize>,
    /// How replies are laid out, if they are.
    markdown: Option<Hyperlinks>,
    /// Turns are set apart.
    pub(super) sets_apart: bool,
    /// Notes are seen there, too.
    shows_notes: bool,
}

/// Where a text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// It begins on the row of what it belongs to.
    pub(super) is_beside: bool,
    /// How far its rows are indented.
    pub(super) indent: usize,
    /// How many columns it has, if that matters.
    columns: Option<usize>,
}

impl Page {
    pub(super) fn new(options: &TerminalOptions) -> Self {
        let is_laid_out = options.markdown && !options.is_dumb;
        Self {
            columns: (options.window)().map(|window| window.columns),
            markdown: is_laid_out.then_some(options.hyperlinks),
            sets_apart: !options.is_dumb,
            shows_notes: options.shows_notes,
        }
    }

    /// The columns, if lines are to be wrapped.
    pub(super) fn columns(&self) -> Option<usize> {
        self.columns
    }

    /// Where a text stands that belongs to something of so many columns.
    pub(super) fn place_beside(&self, taken: usize) -> Place {
        let left = self.columns.map(|columns| columns.saturating_sub(taken));
        if left.is_none_or(|left| left >= FEWEST_COLUMNS_BESIDE) {
            Place {
                is_beside: true,
                indent: taken,
                columns: left,
            }
        } else {
            self.place_below(INDENT_BELOW)
        }
    }

    /// Where a text stands below what it belongs to.
    pub(super) fn place_below(&self, indent: usize) -> Place {
        Place {
            is_beside: false,
            indent,
            columns: self.columns.map(|columns| columns.saturating_sub(indent)),
        }
    }

    /// The rows of a message: a reply as it was shown when it came.
    pub(super) fn rows_of(&self, message: &Message<'_>, place: Place) -> Vec<String> {
        let markdown = self.markdown.filter(|_| message.role == Role::Ai);
        let laid_out = markdown.and_then(|links| laid_out(message.content, place.columns, links));
        laid_out.unwrap_or_else(|| place.rows(message.content))
    }

    /// Appends what was written for a page without a width; rows that go on with a
    /// line are indented.
    pub(super) fn append(&self, written: &Outbox, indent: usize, outbox: &mut Outbox) {
        for (stream, piece) in written.pieces() {
            let (out, is_seen) = match stream {
                Stream::Answer => (outbox.answer(), true),
                Stream::Note => (outbox.note(), self.shows_notes),
            };
            let text = String::from_utf8_lossy(piece);
            let columns = self.columns.filter(|_| is_seen);
            let indent = columns.map_or(0, |columns| hanging(columns, indent));
            out.extend_from_slice(wrapped(&text, columns, indent).as_bytes());
        }
    }
}

impl Place {
    /// The rows of a text as it is, escaped.
    pub(super) fn rows(&self, text: &str) -> Vec<String> {
        self.styled_rows(&visible(text))
    }

    /// The rows of a text of our own, which may have colours.
    pub(super) fn styled_rows(&self, text: &str) -> Vec<String> {
        let rows = wrapped(text, self.columns, 0);
        rows.split('\n').map(str::to_owned).collect()
    }

    /// Appends whole lines of our own, of which the further rows are indented once more.
    pub(super) fn push_lines(&self, lines: &str, hanging: usize, out: &mut Vec<u8>) {
        for row in wrapped(lines, self.columns, hanging).lines() {
            out.extend(std::iter::repeat_n(b' ', self.indent));
            out.extend_from_slice(row.as_bytes());
            out.push(b'\n');
        }
    }

    /// Whether so many columns have room in a row.
    pub(super) fn has_room(&self, columns: usize) -> bool {
        self.columns.is_none_or(|room| columns <= room)
    }

    /// Appends rows below what they belong to.
    pub(super) fn push_below(&self, rows: &[String], out: &mut Vec<u8>) {
        let is_beside = false;
        Self { is_beside, ..*self }.push(rows, out);
    }

    /// Appends rows behind what they belong to, or below it.
    pub(super) fn push(&self, rows: &[String], out: &mut Vec<u8>) {
        let indent = self.indent;
        for (at, row) in rows.iter().enumerate() {
            if at > 0 || !self.is_beside {
                out.push(b'\n');
                if !row.is_empty() {
                    out.extend(std::iter::repeat_n(b' ', indent));
                }
            }
            out.extend_from_slice(row.as_bytes());
        }
    }
}

/// How far the further rows of a line are indented in a window that may be narrow.
fn hanging(columns: usize, wanted: usize) -> usize {
    if columns >= wanted + FEWEST_COLUMNS_BESIDE {
        wanted
    } else {
        wanted.min(INDENT_BELOW)
    }
}
