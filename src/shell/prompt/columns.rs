//! Where the line editor believes that text stands: a copy of its own count.
//!
//! The editor never measures what its highlighter draws. It places the cursor and
//! erases rows by its count of the raw line, so whatever is drawn has to take the
//! same rows and columns.

use std::io;

use rustix::termios::tcgetwinsize;
use rustyline::GraphemeClusterMode;
use unicode_segmentation::UnicodeSegmentation;

/// The editor's tab stops.
const TAB: usize = 8;

/// The size of a terminal that does not tell it.
const SIZE: (usize, usize) = (80, 24);

/// A row and a column, both from 0, counted from the beginning of the prompt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) row: usize,
    pub(super) column: usize,
}

/// The window that the line is shown in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) columns: usize,
    pub(super) rows: usize,
    mode: GraphemeClusterMode,
}

/// A walk through text, cluster by cluster.
#[derive(Clone, Copy, Default)]
pub(super) struct Walk {
    pub(super) place: Place,
    sequence: Sequence,
}

/// How far into an escape sequence the count is.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Sequence {
    #[default]
    No,
    Begun,
    Control,
}

/// What a cluster is to the editor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The next line begins.
    Newline,
    /// It belongs to an escape sequence, which takes no columns.
    Sequence,
    /// It takes so many columns.
    Columns(usize),
}

impl Window {
    /// The window as it is now.
    pub(super) fn now() -> Self {
        let (columns, rows) = tcgetwinsize(io::stdout()).map_or(SIZE, |size| {
            let or = |count: u16, other| if count == 0 { other } else { count.into() };
            // The editor, too, counts a terminal without a height as endless.
            (or(size.ws_col, SIZE.0), or(size.ws_row, u16::MAX.into()))
        });
        Self::new(columns, rows, GraphemeClusterMode::from_env())
    }

    pub(super) fn new(columns: usize, rows: usize, mode: GraphemeClusterMode) -> Self {
        Self {
            columns,
            rows,
            mode,
        }
    }

    /// How tall the line may become before something of it is folded, in rows.
    pub(super) fn tallest(&self) -> usize {
        (self.rows / 3).max(1)
    }

    /// Where a text ends that begins at `from`.
    pub(super) fn end_of(&self, text: &str, from: Place) -> Place {
        let mut walk = Walk::from(from);
        for cluster in text.graphemes(true) {
            self.step(&mut walk, cluster);
        }
        self.settled(walk.place)
    }

    /// How many rows a text takes that begins at `from`, with the row that it
    /// begins in.
    pub(super) fn rows_of(&self, text: &str, from: Place) -> usize {
        self.end_of(text, from).row - from.row + 1
    }

    /// Goes over one cluster.
    pub(super) fn step(&self, walk: &mut Walk, cluster: &str) -> Step {
        if cluster == "\n" {
            // The editor's own count forgets a sequence only at its end.
            walk.place = Place {
                row: walk.place.row + 1,
                column: 0,
            };
            return Step::Newline;
        }
        let step = if cluster == "\t" {
            Step::Columns(TAB - walk.place.column % TAB)
        } else {
            walk.width(cluster, self.mode)
        };
        if let Step::Columns(width) = step {
            walk.place.column += width;
            if walk.place.column > self.columns {
                walk.place = Place {
                    row: walk.place.row + 1,
                    column: width,
                };
            }
        }
        step
    }

    /// Behind a full row stands the beginning of the next.
    fn settled(&self, place: Place) -> Place {
        if place.column == self.columns {
            return Place {
                row: place.row + 1,
                column: 0,
            };
        }
        place
    }
}

impl Walk {
    pub(super) fn from(place: Place) -> Self {
        Self {
            place,
            ..Self::default()
        }
    }

    fn width(&mut self, cluster: &str, mode: GraphemeClusterMode) -> Step {
        match self.sequence {
            Sequence::Begun => {
                self.sequence = if cluster == "[" {
                    Sequence::Control
                } else {
                    Sequence::No
                };
                Step::Sequence
            }
            Sequence::Control => {
                let goes_on = cluster.starts_with(|c: char| c == ';' || c.is_ascii_digit());
                if !goes_on || cluster.starts_with(';') && cluster.len() > 1 {
                    self.sequence = Sequence::No;
                }
                Step::Sequence
            }
            Sequence::No if cluster == "\x1b" => {
                self.sequence = Sequence::Begun;
                Step::Sequence
            }
            Sequence::No => Step::Columns(mode.width(cluster).into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(columns: usize) -> Window {
        Window::new(columns, 24, GraphemeClusterMode::WcWidth)
    }

    fn end(text: &str, columns: usize) -> (usize, usize) {
        let end = window(columns).end_of(text, Place::default());
        (end.row, end.column)
    }

    #[test]
    fn text_is_counted_as_the_editor_counts_it() {
        for (text, columns, expected) in [
            ("", 80, (0, 0)),
            ("abc", 80, (0, 3)),
            ("a\nbc", 80, (1, 2)),
            ("a\tb", 80, (0, 9)),
            ("abcd", 4, (1, 0)),
            ("abcde", 4, (1, 1)),
            // A wide character is not cut.
            ("abc你", 4, (1, 2)),
            ("abcd\n", 4, (1, 0)),
            ("\x1b[1;32m>>\x1b[0m ", 80, (0, 3)),
            ("e\u{301}x", 80, (0, 2)),
        ] {
            assert_eq!(end(text, columns), expected, "{text:?} in {columns}");
        }
    }

    #[test]
    fn rows_are_counted_from_where_the_text_begins() {
        let from = Place { row: 1, column: 6 };
        assert_eq!(window(10).rows_of("abc", from), 1);
        assert_eq!(window(10).rows_of("abcde", from), 2);
        assert_eq!(window(10).rows_of("a\nb\nc", from), 3);
        assert_eq!(window(80).tallest(), 8);
        assert_eq!(Window::new(80, 2, GraphemeClusterMode::NoZwj).tallest(), 1);
    }
}
