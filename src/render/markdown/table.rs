//! Tables with aligned columns, also for wide characters.

use pulldown_cmark::Alignment;
use unicode_width::UnicodeWidthStr;

use super::margins::Margins;
use super::style::{Style, shown};

const BAR: &str = " │ ";

/// The columns that a terminal is taken to have if its width is unknown.
const UNKNOWN_WIDTH: usize = 120;

/// The cells of a table; the first row is its head.
pub(super) struct Table {
    alignments: Vec<Alignment>,
    rows: Vec<Vec<Cell>>,
}

#[derive(Default)]
struct Cell {
    /// The text with its colours.
    painted: String,
    width: usize,
    text: String,
}

impl Table {
    pub(super) fn new(alignments: Vec<Alignment>) -> Self {
        Self {
            alignments,
            rows: Vec::new(),
        }
    }

    /// Begins a row.
    pub(super) fn row(&mut self) {
        self.rows.push(Vec::new());
    }

    /// Begins a cell.
    pub(super) fn cell(&mut self) {
        if let Some(row) = self.rows.last_mut() {
            row.push(Cell::default());
        }
    }

    /// Continues the cell.
    pub(super) fn text(&mut self, text: &str, style: Style) {
        if let Some(cell) = self.rows.last_mut().and_then(|row| row.last_mut()) {
            let text = shown("", text, " ");
            cell.painted += &style.paint(&text).to_string();
            cell.text += &text;
        }
    }

    /// Writes the table for a terminal of so many columns.
    pub(super) fn write(mut self, width: Option<usize>, margins: &mut Margins, out: &mut Vec<u8>) {
        for cell in self.rows.iter_mut().flatten() {
            // Of the whole text, because joined characters share a width.
            cell.width = cell.text.width();
        }
        let bars = BAR.width() * self.alignments.len().saturating_sub(1);
        let room = width
            .unwrap_or(UNKNOWN_WIDTH)
            .saturating_sub(margins.indent() + bars);
        let columns = self.columns(room);
        for (index, row) in self.rows.iter().enumerate() {
            self.write_row(row, &columns, margins, out);
            if index == 0 {
                let lines: Vec<_> = columns.iter().map(|width| "─".repeat(*width)).collect();
                margins.text(&lines.join("─┼─"), Style::DIM, out);
                margins.close(out);
            }
        }
    }

    fn write_row(&self, row: &[Cell], columns: &[usize], margins: &mut Margins, out: &mut Vec<u8>) {
        margins.plain("", out);
        for (index, (cell, width)) in row.iter().zip(columns).enumerate() {
            let last = index + 1 == row.len();
            let empty = last && cell.width == 0;
            if index > 0 {
                let bar = if empty { BAR.trim_end() } else { BAR };
                margins.text(bar, Style::DIM, out);
            }
            let missing = width.saturating_sub(cell.width);
            let before = match self.alignments.get(index) {
                _ if empty => 0,
                Some(Alignment::Right) => missing,
                Some(Alignment::Center) => missing / 2,
                _ => 0,
            };
            margins.plain(&" ".repeat(before), out);
            margins.plain(&cell.painted, out);
            // No trailing spaces after the last column.
            if !last {
                margins.plain(&" ".repeat(missing - before), out);
            }
        }
        margins.close(out);
    }

    /// The widths of the columns: each as wide as its widest cell; if the table is
    /// wider than `room`, the widest columns are narrowed. A cell that does not
    /// fit then moves the rest of its row.
    fn columns(&self, room: usize) -> Vec<usize> {
        let mut columns = vec![0; self.alignments.len()];
        for row in &self.rows {
            for (column, cell) in columns.iter_mut().zip(row) {
                *column = cell.width.max(*column);
            }
        }
        let mut widths = columns.clone();
        widths.sort_unstable();
        // Narrow columns first: the others share what these leave.
        let (mut left, mut share) = (room, usize::MAX);
        for (index, width) in widths.iter().enumerate() {
            let fair = left / (widths.len() - index);
            if *width > fair {
                share = fair;
                break;
            }
            left -= width;
        }
        for column in &mut columns {
            *column = share.min(*column);
        }
        columns
    }
}
