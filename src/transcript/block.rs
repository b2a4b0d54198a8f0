//! A block that is being read: the lines between a mark and the same mark.

use super::LineEnd;
use super::mark::has_word;
use crate::domain::{Error, MESSAGE_LIMIT};

/// A block that is being read.
pub(super) struct Block {
    /// The line that it began with, and ends with.
    pub(super) mark: String,
    /// How that line ended.
    mark_end: LineEnd,
    /// The number of that line.
    pub(super) began: u64,
    /// The lines so far, with their ends.
    text: String,
    /// How the last of them ended.
    last_end: LineEnd,
    /// The block has failed already; the rest of its lines is skipped.
    pub(super) spoilt: bool,
}

impl Block {
    /// A block that began with that line.
    pub(super) fn new(mark: &str, mark_end: LineEnd, began: u64) -> Self {
        Self {
            mark: mark.to_owned(),
            mark_end,
            began,
            text: String::new(),
            last_end: LineEnd::Lf,
            spoilt: false,
        }
    }

    /// Adds lines. The first error of a block is told, and no other.
    pub(super) fn push(&mut self, lines: &str, line_end: LineEnd) -> Option<Error> {
        if self.spoilt {
            return None;
        }
        if self.text.len() + lines.len() > MESSAGE_LIMIT {
            return self.spoil(Error::TooLong);
        }
        self.text.push_str(lines);
        if has_word(&self.mark) && line_end == LineEnd::CrLf {
            self.text.push('\r');
            self.last_end = LineEnd::CrLf;
        } else {
            self.last_end = LineEnd::Lf;
        }
        self.text.push('\n');
        None
    }

    /// The block has failed; the error, if it is the first.
    pub(super) fn spoil(&mut self, error: Error) -> Option<Error> {
        self.text = String::new();
        (!std::mem::replace(&mut self.spoilt, true)).then_some(error)
    }

    /// The text of the block. The line end before the closing mark belongs to
    /// the mark: LF, or CR LF if the opening mark ended so too. So a text that
    /// ends with CR comes back whole from between marks that end with LF.
    pub(super) fn finish(self) -> Result<String, Error> {
        let mut text = self.text;
        text.pop();
        if self.last_end == LineEnd::CrLf && self.mark_end == LineEnd::CrLf {
            text.pop();
        }
        if text.len() > MESSAGE_LIMIT {
            return Err(Error::TooLong);
        }
        Ok(text)
    }
}
