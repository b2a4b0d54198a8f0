//! What of the line is on the screen, and what a window of another width makes of it.

use std::io;

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
    /// Makes room where the line stood, if the window has another width than when
    /// it was drawn. A terminal has laid out anew what it showed then, and the
    /// editor would erase by its old count: too few rows, or some above the prompt.
    pub(super) fn make_room(&mut self, window: Window, line: &str, pos: usize) {
        let is_as_shown = self.line == line && self.pos == pos;
        let Some(shown) = self.window.replace(window) else {
            return;
        };
        if shown.columns == window.columns || !is_as_shown {
            return;
        }
        let begin = window.end_of(&self.prompt, Place::default());
        let cursor = window.end_of(&line[..pos], begin);
        let room = format!(
            "\r{}{ERASE}{}{}",
            up(cursor.row),
            "\n".repeat(self.end.row),
            up(self.end.row - self.cursor.row)
        );
        write(&room);
    }
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
