//! What of the open block stands on the screen.
//!
//! A block is laid out anew whenever more of it has come, and what is new is written
//! behind what is there. Where a line turns out to be another one, as when a word
//! grows beyond the edge, it is written again: only if all of it is still in the
//! window, and only from the place on where it differs. Lines above the block are
//! never touched.

use super::line::Line;
use crate::render::phrases::put;
use crate::render::window::Window;

/// The lines that were written of blocks which were not complete.
#[derive(Default)]
pub(super) struct Screen {
    rows: Vec<Row>,
    /// The cursor stands behind the last of them; if not, in the row below.
    is_open: bool,
    /// The last line only says that something comes.
    is_passing: bool,
    /// How often something else has had the terminal before these rows.
    stops: usize,
}

struct Row {
    line: Line,
    /// The columns of the window when it was begun.
    columns: usize,
    /// Something else stands below it.
    is_lost: bool,
}

impl Row {
    fn new(line: Line, window: Option<Window>) -> Self {
        Self {
            line,
            columns: window.map_or(usize::MAX, |window| window.columns),
            is_lost: false,
        }
    }
}

impl Screen {
    /// The columns for a line of the open block: those it was begun with.
    pub(super) fn columns(&self, number: usize, window: Window) -> usize {
        let row = self.rows.get(number);
        row.map_or(window.columns, |row| row.columns)
    }

    /// The window may have another width now. The row of the cursor goes on in it, if
    /// it fits; if not, it ends here. If something else has had the terminal, what
    /// stands there is left alone.
    pub(super) fn adapt(&mut self, window: Window, out: &mut Vec<u8>) {
        if std::mem::replace(&mut self.stops, window.stops) != window.stops {
            if self.is_open {
                out.push(b'\n');
            }
            self.lose_row();
            for row in &mut self.rows {
                row.is_lost = true;
            }
        }
        if self.is_open
            && let Some(row) = self.rows.last_mut()
            && row.columns != window.columns
        {
            row.columns = window.columns.max(row.line.most_columns());
        }
    }

    /// How many columns of the row are taken in which the cursor stands, if it is not
    /// an empty one.
    pub(super) fn open_columns(&self) -> Option<usize> {
        let last = self.rows.last().filter(|_| self.is_open);
        last.map(|row| row.line.most_columns())
    }

    /// The row of the cursor is lost: what follows begins a new one.
    pub(super) fn lose_row(&mut self) {
        if std::mem::take(&mut self.is_open) {
            self.is_passing = false;
            if let Some(row) = self.rows.last_mut() {
                // Nothing more fits there.
                row.columns = row.line.most_columns();
                row.is_lost = true;
            }
        }
    }

    /// Shows what is known of the open block. `is_passing`: the last line of it only
    /// says that something comes.
    pub(super) fn show(
        &mut self,
        lines: Vec<Line>,
        is_passing: bool,
        window: Window,
        out: &mut Vec<u8>,
    ) {
        self.update(lines, false, Some(window), out);
        self.is_passing = is_passing && self.is_open;
    }

    /// Writes the lines of complete blocks. What was shown of the next ones stays.
    pub(super) fn complete(&mut self, lines: Vec<Line>, window: Option<Window>, out: &mut Vec<u8>) {
        let count = lines.len();
        self.update(lines, true, window, out);
        self.rows.drain(..count.min(self.rows.len()));
        if self.rows.is_empty() && std::mem::take(&mut self.is_open) {
            out.push(b'\n');
        }
    }

    fn update(
        &mut self,
        lines: Vec<Line>,
        is_complete: bool,
        window: Option<Window>,
        out: &mut Vec<u8>,
    ) {
        let pairs = self.rows.iter().zip(&lines);
        let same = pairs.take_while(|(row, line)| row.line == **line).count();
        let was_passing = std::mem::take(&mut self.is_passing);
        if same < self.rows.len() {
            let is_last = same + 1 == self.rows.len();
            let common = lines
                .get(same)
                .map_or(0, |line| self.rows[same].line.common(line));
            let is_continued =
                is_last && self.is_open && common == self.rows[same].line.text().len();
            // What was shown as sure is not taken back because less is sure now.
            let is_less = !is_complete
                && !was_passing
                && same + 1 >= lines.len()
                && lines
                    .get(same)
                    .is_none_or(|line| common == line.text().len());
            let is_rest = is_complete && !was_passing && same == lines.len();
            if is_less || is_rest {
                return;
            }
            let written = if is_continued { common } else { 0 };
            if !is_continued && !self.take_back(same, window, out) {
                self.pass_over(same, lines, window, out);
                return;
            }
            self.rows.truncate(same + 1);
            self.is_open = true;
            let Some(line) = lines.get(same) else {
                // Nothing stands in the row any more.
                self.rows.truncate(same);
                self.is_open = false;
                return;
            };
            line.write(written, out);
            self.rows[same].line = line.clone();
            self.append(lines.into_iter().skip(same + 1), window, out);
            return;
        }
        self.append(lines.into_iter().skip(same), window, out);
    }

    fn append(
        &mut self,
        lines: impl Iterator<Item = Line>,
        window: Option<Window>,
        out: &mut Vec<u8>,
    ) {
        for line in lines {
            if self.is_open {
                out.push(b'\n');
            }
            line.write(0, out);
            self.is_open = true;
            self.rows.push(Row::new(line, window));
        }
    }

    /// Clears a row and all below it; false if not all of it is in the window.
    fn take_back(&mut self, row: usize, window: Option<Window>, out: &mut Vec<u8>) -> bool {
        let Some(window) = window else {
            return false;
        };
        let up = self.rows.len() - row - usize::from(self.is_open);
        let fits = |row: &Row| {
            let is_one =
                row.line.most_columns() <= window.columns && !row.line.text().contains('\t');
            is_one && !row.is_lost
        };
        if up >= window.rows || !self.rows[row..].iter().all(fits) {
            return false;
        }
        if up > 0 {
            put!(out, "\x1b[{up}A");
        }
        out.extend_from_slice(if up > 0 { b"\r\x1b[J" } else { b"\r\x1b[K" });
        true
    }

    /// Writes the row of the cursor again: it is there, wherever in it.
    pub(super) fn rewrite(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"\r\x1b[K");
        if let Some(row) = self.rows.last().filter(|_| self.is_open) {
            row.line.write(0, out);
        }
    }

    /// Goes on behind what is shown although it looks otherwise: what has left the
    /// window stays as it is.
    fn pass_over(
        &mut self,
        row: usize,
        lines: Vec<Line>,
        window: Option<Window>,
        out: &mut Vec<u8>,
    ) {
        let shown = self.rows[row..]
            .iter()
            .flat_map(|row| row.line.text().chars());
        let mut shown = shown.filter(|c| *c != ' ').peekable();
        let mut lines: Vec<_> = lines.into_iter().skip(row).collect();
        let mut place = (0, 0);
        'lines: for (number, line) in lines.iter().enumerate() {
            for (at, c) in line.text().char_indices() {
                place = (number, at);
                if c != ' ' && shown.next_if_eq(&c).is_none() {
                    break 'lines;
                }
            }
            place = (number, line.text().len());
            if shown.peek().is_none() {
                break;
            }
        }
        let (number, at) = place;
        self.rows.truncate(row);
        let rest = lines.split_off(lines.len().min(number + 1));
        for line in lines {
            self.rows.push(Row::new(line, window));
        }
        if let Some(last) = self.rows.last()
            && at < last.line.text().len()
        {
            let from = if self.is_open {
                last.line.text()[..at].trim_end().len()
            } else {
                at
            };
            last.line.write(from, out);
            self.is_open = true;
        }
        self.append(rest.into_iter(), window, out);
    }
}
