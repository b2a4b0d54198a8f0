//! The style of a piece of text.

use colored::{ColoredString, Colorize};

use crate::render::visible::{visible_line, visible_line_after};

/// All attributes of a piece of text together, because escape sequences do not nest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Style {
    pub bold: bool,
    pub italic: bool,
    pub underline: bool,
    pub strike: bool,
    pub dim: bool,
    pub ink: Ink,
}

/// What a text is coloured as. The colours can be read on dark and on light.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    not(feature = "code-colors"),
    allow(dead_code, reason = "of coloured code only")
)]
pub(super) enum Ink {
    #[default]
    Text,
    /// Code amid text.
    Code,
    /// A word of a language.
    Keyword,
    /// A text in a program.
    Quote,
    Number,
}

impl Style {
    pub(super) const PLAIN: Self = Self {
        bold: false,
        italic: false,
        underline: false,
        strike: false,
        dim: false,
        ink: Ink::Text,
    };
    /// For what only helps orientation, such as margins and addresses.
    pub(super) const DIM: Self = Self {
        dim: true,
        ..Self::PLAIN
    };

    #[cfg_attr(
        not(feature = "code-colors"),
        allow(dead_code, reason = "of coloured code only")
    )]
    pub(super) const fn of(ink: Ink) -> Self {
        Self { ink, ..Self::PLAIN }
    }

    /// Applies the style to a text that is escaped already.
    pub(super) fn paint(self, text: &str) -> ColoredString {
        let mut painted = match self.ink {
            Ink::Text => text.normal(),
            Ink::Code | Ink::Number => text.cyan(),
            Ink::Keyword => text.magenta(),
            Ink::Quote => text.green(),
        };
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

/// Escapes a text as part of one line, behind what stands there already; `tab`
/// replaces each tab.
pub(super) fn shown(before: &str, text: &str, tab: &str) -> String {
    let (first, rest) = text
        .split_once('\t')
        .map_or((text, None), |(a, b)| (a, Some(b)));
    let mut shown = visible_line_after(before, first);
    for part in rest.iter().flat_map(|rest| rest.split('\t')) {
        shown.push_str(tab);
        shown.push_str(&visible_line(part));
    }
    shown
}
