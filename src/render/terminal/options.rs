//! What a terminal can do, and what its person wants to see.

use super::super::reasoning::Reasoning;
use super::super::{Hyperlinks, Window};
use crate::domain::Zone;

/// How replies are shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TerminalOptions {
    /// They are laid out as Markdown.
    pub markdown: bool,
    /// How much is shown of what a model thinks.
    pub reasoning: Reasoning,
    /// The terminal can only show text: nothing on it is cleared.
    pub is_dumb: bool,
    /// Asks how large the window is now; none if that is not known, or does not matter
    /// because nothing is wrapped.
    pub window: fn() -> Option<Window>,
    /// Notes are seen on it, too: they go nowhere else.
    pub shows_notes: bool,
    /// What it does with links.
    pub hyperlinks: Hyperlinks,
    /// In which zone times are shown.
    pub zone: Zone,
}
