//! What of the line is on the screen, and what a window of another width makes of it.

use std::io;

use super::super::environment::variable;
use super::columns::{Place, Window};

/// Erases from the beginning of this row to the end of the window, in two steps: to
/// erase all of a window from its first row, tmux puts that into the scrollback.
pub(super) const ERASE: &str = "\x1b[K\x1b7\x1b[B\r\x1b[J\x1b8";

/// What was drawn last.
#[derive(Default)]
pub(super) struct ShownLine {
    pub(super) window: Option<Window>,
    pub(super) prompt: String,
    pub(super) line: String,
    pub(super) pos: usize,
    pub(super) cursor: Place,
    /// The end of all of it, with what stands below the line.
    pub(super) end: Place,
}

impl ShownLine {
    /// What makes room where the line stood, if the window has another width than
    /// when it was drawn. A terminal has laid out anew what it showed then, and the
    /// editor would erase by its old count: too few rows, or some above the prompt.
    pub(super) fn room(&mut self, window: Window, line: &str, pos: usize) -> Option<String> {
        let is_as_shown = self.line == line && self.pos == pos;
        let shown = self.window.replace(window)?;
        if shown.columns == window.columns || !is_as_shown {
            return None;
        }
        let begin = window.end_of(&self.prompt, Place::default());
        let cursor = window.end_of(&line[..pos], begin);
        Some(format!(
            "\r{}{ERASE}{}{}",
            up(cursor.row),
            "\n".repeat(self.end.row),
            up(self.end.row - self.cursor.row)
        ))
    }
}

/// Whether the terminal lays out anew what it shows when its width changes. Most
/// do; of those that do not these two tell who they are.
pub(super) fn is_reflowing() -> bool {
    let is_multiplexed = variable("TMUX").is_some() || variable("STY").is_some();
    let is_xterm = variable("XTERM_VERSION").is_some();
    is_multiplexed || !is_xterm && variable("TERM").as_deref() != Some("linux")
}

/// Goes up so many rows.
pub(super) fn up(rows: usize) -> String {
    if rows == 0 {
        String::new()
    } else {
        format!("\x1b[{rows}A")
    }
}

/// Writes to the terminal beside the editor. If the terminal is gone, the next
/// read fails.
pub(super) fn write(text: &str) {
    let mut rest = text.as_bytes();
    while let Ok(count @ 1..) = rustix::io::write(io::stdout(), rest) {
        rest = &rest[count..];
    }
}

#[cfg(test)]
mod tests {
    use rustyline::GraphemeClusterMode;

    use super::*;

    /// What makes room for a line of 60 columns behind a prompt of 7, with a row
    /// below it, when the window gets another width.
    fn room(columns: usize, new_columns: usize) -> Option<String> {
        let window = |columns| Window::new(columns, 24, GraphemeClusterMode::WcWidth);
        let line = "x".repeat(60);
        let cursor = window(columns).end_of(&line, Place { row: 0, column: 7 });
        let mut shown = ShownLine {
            window: Some(window(columns)),
            prompt: "alice> ".into(),
            line: line.clone(),
            pos: line.len(),
            cursor,
            end: Place {
                row: cursor.row + 1,
                column: 3,
            },
        };
        shown.room(window(new_columns), &line, line.len())
    }

    #[test]
    fn room_is_made_where_the_line_stands_now() {
        let narrower = format!("\r\x1b[1A{ERASE}\n\x1b[1A");
        assert_eq!(room(80, 40), Some(narrower));
        let wider = format!("\r{ERASE}\n\n\x1b[1A");
        assert_eq!(room(40, 80), Some(wider));
        assert_eq!(room(80, 80), None);
    }
}
