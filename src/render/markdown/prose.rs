//! Text that is no Markdown, wrapped at words while it comes.

use super::line::Line;
use super::screen::Screen;
use super::style::Style;
use crate::render::window::Window;
use crate::render::wrap;

/// A dimmed text in a window, line by line and each word by word.
pub(crate) struct Prose {
    /// Asks how large the window is; none if lines are not to be wrapped.
    window: fn() -> Option<Window>,
    /// The line that has not ended, from the beginning of its last row on.
    line: Line,
    screen: Screen,
}

impl Prose {
    pub(crate) fn new(window: fn() -> Option<Window>) -> Self {
        Self {
            window,
            line: Line::default(),
            screen: Screen::default(),
        }
    }

    /// Takes the next piece of the text, which is escaped already.
    pub(crate) fn push(&mut self, piece: &str, out: &mut Vec<u8>) {
        let Some(window) = (self.window)() else {
            let mut line = Line::default();
            line.push(piece, Style::DIM);
            line.write(0, out);
            return;
        };
        self.screen.adapt(window, out);
        for part in piece.split_inclusive('\n') {
            let text = part.strip_suffix('\n').unwrap_or(part);
            self.line.push(text, Style::DIM);
            let (mut rows, last) = self.rows(window);
            if text.len() < part.len() {
                self.screen.complete(rows, Some(window), out);
                self.line = Line::default();
                continue;
            }
            self.screen.show(rows.clone(), false, window, out);
            // What stands on all rows but the last does not change any more.
            if last > 0 {
                rows.pop();
                self.screen.complete(rows, Some(window), out);
                let mut line = Line::default();
                line.push_part(&self.line, last..self.line.text().len());
                self.line = line;
            }
        }
    }

    /// Ends the text with the end of a line.
    pub(crate) fn finish(&mut self, out: &mut Vec<u8>) {
        match (self.window)() {
            Some(window) => self.push_end(window, out),
            None => out.push(b'\n'),
        }
        *self = Self::new(self.window);
    }

    fn push_end(&mut self, window: Window, out: &mut Vec<u8>) {
        self.screen.adapt(window, out);
        let (rows, _) = self.rows(window);
        self.screen.complete(rows, Some(window), out);
    }

    /// The rows of the line, and where the last of them begins in it.
    fn rows(&self, window: Window) -> (Vec<Line>, usize) {
        let columns = |row| self.screen.columns(row, window).max(wrap::FEWEST_COLUMNS);
        let ranges = wrap::rows(self.line.text(), columns);
        let last = ranges.last().filter(|_| ranges.len() > 1);
        let last = last.map_or(0, |range| range.start);
        let rows = ranges.into_iter().map(|range| {
            let mut row = Line::default();
            row.push_part(&self.line, range);
            row
        });
        (rows.collect(), last)
    }
}
