//! Lines with their margins: what a quote or a list puts before its contents.

use unicode_width::UnicodeWidthStr;

use super::style::{Style, shown};
use crate::render::phrases::put;

/// How deep margins show nesting. What is nested deeper stands at this depth.
const DEPTH: usize = 32;

/// The containers of the current line, and what separates it from the last one.
#[derive(Default)]
pub(super) struct Margins {
    containers: Vec<Container>,
    /// An empty line comes before the next one, inside so many containers.
    gap: Option<usize>,
    /// There are lines already.
    started: bool,
    /// The current line has begun.
    open: bool,
}

/// A block that holds blocks.
struct Container {
    margin: Margin,
    /// There is no block inside yet.
    fresh: bool,
}

enum Margin {
    None,
    Quote,
    /// The marker, which is taken by the first line.
    Item(Option<String>, usize),
}

impl Margins {
    /// Begins a block on a new line; `apart`: after an empty line, unless it is
    /// the first in its container.
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

    /// Sets the next line at the top level apart.
    pub(super) fn gap(&mut self) {
        if self.started {
            self.gap = Some(0);
        }
    }

    /// Enters a list.
    pub(super) fn list(&mut self) {
        self.push(Margin::None);
    }

    /// Enters a quote.
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

    /// Leaves a container. An empty item still has a line.
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

    /// Continues the line with a text of a reply.
    pub(super) fn text(&mut self, text: &str, style: Style, out: &mut Vec<u8>) {
        self.open(out);
        put!(out, "{}", style.paint(&shown(text, "\t")));
    }

    /// Continues the line with what is visible already.
    pub(super) fn plain(&mut self, text: &str, out: &mut Vec<u8>) {
        self.open(out);
        out.extend_from_slice(text.as_bytes());
    }

    /// Ends the line, if one has begun.
    pub(super) fn close(&mut self, out: &mut Vec<u8>) {
        if std::mem::take(&mut self.open) {
            out.push(b'\n');
        }
    }

    /// Writes a line without contents.
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

    /// Writes the margins of so many containers; an empty line has no markers
    /// and no trailing spaces.
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
