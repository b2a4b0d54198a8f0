//! Tables: aligned columns, also for wide characters, or a card for each row where
//! these do not fit.

use pulldown_cmark::Alignment;
use unicode_width::UnicodeWidthStr;

use super::line::{Line, Look};
use super::margins::{Margins, Sheet};
use super::style::{Style, shown};

const BAR: &str = " │ ";

/// The cells of a table; the first row is its head.
pub(super) struct Table {
    alignments: Vec<Alignment>,
    rows: Vec<Vec<Cell>>,
}

/// The lines of a cell, at least one.
struct Cell(Vec<Line>);

impl Default for Cell {
    fn default() -> Self {
        Self(vec![Line::default()])
    }
}

impl Cell {
    fn columns(&self) -> usize {
        self.0.iter().map(Line::columns).max().unwrap_or(0)
    }
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
    pub(super) fn text(&mut self, text: &str, look: Look) {
        if let Some(line) = self.last_cell().and_then(|cell| cell.0.last_mut()) {
            let text = shown(line.text(), text, " ");
            line.push(&text, look);
        }
    }

    /// Begins another line in the cell.
    pub(super) fn line_break(&mut self) {
        if let Some(cell) = self.last_cell() {
            cell.0.push(Line::default());
        }
    }

    fn last_cell(&mut self) -> Option<&mut Cell> {
        self.rows.last_mut().and_then(|row| row.last_mut())
    }

    /// Writes the table.
    pub(super) fn write(self, margins: &mut Margins, sheet: &mut Sheet<'_>) {
        let mut columns = vec![0; self.alignments.len()];
        for row in &self.rows {
            for (column, cell) in columns.iter_mut().zip(row) {
                *column = cell.columns().max(*column);
            }
        }
        let bars = BAR.width() * columns.len().saturating_sub(1);
        let width = margins.indent(sheet) + bars + columns.iter().sum::<usize>();
        if sheet.columns().is_some_and(|window| width > window) {
            self.write_cards(margins, sheet);
        } else {
            self.write_rows(&columns, margins, sheet);
        }
    }

    fn write_rows(&self, columns: &[usize], margins: &mut Margins, sheet: &mut Sheet<'_>) {
        for (index, row) in self.rows.iter().enumerate() {
            let height = row.iter().map(|cell| cell.0.len()).max().unwrap_or(0);
            for number in 0..height {
                margins.line(&self.row_line(row, number, columns));
                margins.close(sheet);
            }
            if index == 0 {
                let lines: Vec<_> = columns.iter().map(|width| "─".repeat(*width)).collect();
                margins.escaped(&lines.join("─┼─"), Style::DIM);
                margins.close(sheet);
            }
        }
    }

    /// A line of a row, of as many as its highest cell has.
    fn row_line(&self, row: &[Cell], number: usize, columns: &[usize]) -> Line {
        let empty = Line::default();
        let mut line = Line::default();
        for (index, (cell, width)) in row.iter().zip(columns).enumerate() {
            let part = cell.0.get(number).unwrap_or(&empty);
            if index > 0 {
                line.push(BAR, Style::DIM);
            }
            let missing = width.saturating_sub(part.columns());
            let before = match self.alignments.get(index) {
                Some(Alignment::Right) => missing,
                Some(Alignment::Center) => missing / 2,
                _ => 0,
            };
            line.push(&" ".repeat(before), Style::PLAIN);
            line.push_part(part, 0..part.text().len());
            line.push(&" ".repeat(missing - before), Style::PLAIN);
        }
        line.trim_end();
        line
    }

    /// Writes each row as lines of its own, each cell behind what its column is called.
    fn write_cards(&self, margins: &mut Margins, sheet: &mut Sheet<'_>) {
        let Some((head, rows)) = self.rows.split_first() else {
            return;
        };
        if rows.is_empty() {
            write_card(head, head, margins, sheet);
        }
        for (number, row) in rows.iter().enumerate() {
            if number > 0 {
                margins.empty_line(sheet);
            }
            write_card(head, row, margins, sheet);
        }
    }
}

fn write_card(head: &[Cell], row: &[Cell], margins: &mut Margins, sheet: &mut Sheet<'_>) {
    for (name, cell) in head.iter().zip(row) {
        let mut line = Line::default();
        for (number, part) in name.0.iter().enumerate() {
            if number > 0 {
                line.push(" ", Style::PLAIN);
            }
            line.push_part(part, 0..part.text().len());
        }
        let is_head = std::ptr::eq(name, cell);
        if !is_head && !line.is_empty() {
            line.push(":", Style::DIM);
        }
        margins.item_of_card();
        for (number, part) in cell.0.iter().enumerate().filter(|_| !is_head) {
            if number > 0 {
                margins.line(&line);
                margins.close(sheet);
                line = Line::default();
            } else if !line.is_empty() && !part.is_empty() {
                line.push(" ", Style::PLAIN);
            }
            line.push_part(part, 0..part.text().len());
        }
        margins.line(&line);
        margins.close(sheet);
        margins.pop(sheet);
    }
}

/// What stands for a table until its last row has come.
pub(super) fn coming(rows: usize) -> String {
    match rows {
        0 => "… table".to_owned(),
        1 => "… table, 1 row".to_owned(),
        _ => format!("… table, {rows} rows"),
    }
}

/// Whether a tag begins a new line in a cell.
pub(super) fn is_break(tag: &str) -> bool {
    let name = tag.trim_matches(['<', '>', '/', ' ']);
    name.eq_ignore_ascii_case("br")
}
