//! How a piece of text looks.

use colored::{ColoredString, Colorize};

use crate::render::visible::visible_line;

/// What applies to a piece of text, all at once: escape sequences do not nest.
#[derive(Clone, Copy, Default)]
pub(super) struct Style {
    pub bold: bool,
    pub italic: bool,
    pub underline: bool,
    pub strike: bool,
    pub dim: bool,
    pub code: bool,
}

impl Style {
    /// What is there for orientation only.
    pub(super) const DIM: Self = Self {
        dim: true,
        ..Self::PLAIN
    };
    /// Code in a block.
    pub(super) const CODE: Self = Self {
        code: true,
        ..Self::PLAIN
    };
    /// Nothing applies.
    pub(super) const PLAIN: Self = Self {
        bold: false,
        italic: false,
        underline: false,
        strike: false,
        dim: false,
        code: false,
    };

    /// A visible text in this style.
    pub(super) fn paint(self, text: &str) -> ColoredString {
        let mut painted = text.normal();
        if self.code {
            painted = painted.cyan();
        }
        if self.bold {
            painted = painted.bold();
        }
        if self.dim {
            painted = painted.dimmed();
        }
        if self.italic {
            painted = painted.italic();
        }
        if self.underline {
            painted = painted.underline();
        }
        if self.strike {
            painted = painted.strikethrough();
        }
        painted
    }
}

/// A text made visible as part of one line; `tab` stands for a tab.
pub(super) fn shown(text: &str, tab: &str) -> String {
    let parts: Vec<_> = text.split('\t').map(visible_line).collect();
    parts.join(tab)
}
