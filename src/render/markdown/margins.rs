//! What stands before each line inside quotes and lists, and the empty lines between blocks.

use unicode_width::UnicodeWidthStr;

use super::style::{Style, shown};
use crate::domain::context;
use crate::render::phrases::put;

/// How deep nesting is shown; whatever is nested deeper is shown at this depth.
const DEPTH: usize = 32;

/// The containers around the current line, and whether an empty line comes before it.
#[derive(Default)]
pub(super) struct Margins {
    containers: Vec<Container>,
    /// The next line is preceded by an empty one inside so many containers.
    gap: Option<usize>,
    /// At least one line has been written.
    started: bool,
    /// The current line has begun.
    open: bool,
    /// The end of what stands on it: text of one style may go on in another.
    before: String,
}

/// A block that contains blocks: a list, an item or a quote.
struct Container {
    margin: Margin,
    /// It has no block yet.
    fresh: bool,
}

enum Margin {
    None,
    Quote,
    /// The marker, until the first line has taken it, and its columns.
    Item(Option<String>, usize),
}

impl Margins {
    /// Begins a block on a new line; if `apart`, after an empty line, unless it
    /// is the first in its container.
    pub(super) fn block(&mut self, apart: impl FnOnce() -> bool, out: &mut Vec<u8>) {
        self.close(out);
        let first = match self.containers.last_mut() {
            Some(container) => std::mem::take(&mut container.fresh),
            None => !self.started,
        };
        if !first && apart() {
            self.gap.get_or_insert(self.containers.len());
        }
    }

    /// Puts an empty line before the next line, at the top level.
    pub(super) fn gap(&mut self) {
        if self.started {
            self.gap = Some(0);
        }
    }

    pub(super) fn list(&mut self) {
        self.push(Margin::None);
    }

    pub(super) fn quote(&mut self) {
        self.push(Margin::Quote);
    }

    /// Enters an item with a marker.
    pub(super) fn item(&mut self, marker: String) {
        let width = marker.width();
        self.push(Margin::Item(Some(marker), width));
    }

    fn push(&mut self, margin: Margin) {
        self.containers.push(Container {
            margin,
            fresh: true,
        });
    }

    /// Leaves a container. An empty item is still written, as a line of its own.
    pub(super) fn pop(&mut self, out: &mut Vec<u8>) {
        self.close(out);
        let depth = self.containers.len();
        if depth <= DEPTH
            && let Some(container) = self.containers.last()
            && let Margin::Item(Some(_), _) = container.margin
        {
            self.plain("", out);
            let length = out.trim_ascii_end().len();
            out.truncate(length);
            self.close(out);
        }
        self.containers.pop();
        let depth = self.containers.len();
        self.gap = self.gap.map(|gap| gap.min(depth));
    }

    /// Continues the line with text from a reply, which is escaped here.
    pub(super) fn text(&mut self, text: &str, style: Style, out: &mut Vec<u8>) {
        self.open(out);
        put!(out, "{}", style.paint(&shown(&self.before, text, "\t")));
        self.before.push_str(text);
        self.before = context(&self.before).to_owned();
    }

    /// Continues the line with text that is escaped already.
    pub(super) fn plain(&mut self, text: &str, out: &mut Vec<u8>) {
        self.open(out);
        out.extend_from_slice(text.as_bytes());
    }

    /// Ends the line, if one has begun.
    pub(super) fn close(&mut self, out: &mut Vec<u8>) {
        if std::mem::take(&mut self.open) {
            self.before.clear();
            out.push(b'\n');
        }
    }

    /// Writes an empty line, with the marks of quotes.
    pub(super) fn empty_line(&mut self, out: &mut Vec<u8>) {
        self.begin(out);
        self.margin(self.containers.len(), true, out);
        out.push(b'\n');
    }

    /// The columns before the contents of a line.
    pub(super) fn indent(&self) -> usize {
        let margins = self.containers.iter().take(DEPTH);
        margins
            .map(|container| match &container.margin {
                Margin::None => 0,
                Margin::Quote => 2,
                Margin::Item(_, width) => *width,
            })
            .sum()
    }

    fn open(&mut self, out: &mut Vec<u8>) {
        if self.open {
            return;
        }
        self.begin(out);
        self.margin(self.containers.len(), false, out);
        self.open = true;
    }

    fn begin(&mut self, out: &mut Vec<u8>) {
        self.close(out);
        if let Some(depth) = self.gap.take() {
            self.margin(depth, true, out);
            out.push(b'\n');
        }
        self.started = true;
    }

    /// Writes the margins of the first `depth` containers; an empty line has no
    /// item markers and no trailing spaces.
    fn margin(&mut self, depth: usize, empty: bool, out: &mut Vec<u8>) {
        let mut spaces = 0;
        for container in self.containers.iter_mut().take(depth.min(DEPTH)) {
            match &mut container.margin {
                Margin::None => {}
                Margin::Quote => {
                    put!(out, "{:spaces$}{}", "", Style::DIM.paint("│"));
                    spaces = 1;
                }
                Margin::Item(marker, width) => match marker {
                    Some(text) if !empty => {
                        put!(out, "{:spaces$}{}", "", text.trim_end());
                        spaces = 1;
                        *marker = None;
                    }
                    _ => spaces += *width,
                },
            }
        }
        if !empty {
            put!(out, "{:spaces$}", "");
        }
    }
}
