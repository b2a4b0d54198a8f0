//! What the handler of keys and the helper of the line editor know of each other.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::columns::Place;
use super::paste::Paste;
use super::shown_line::up;

/// The state of the line that is being typed.
///
/// The handler of keys must be usable by any thread, and the helper owns what is
/// not: so the handler only notes what is to be done, and the helper does it.
#[derive(Clone, Default)]
pub(super) struct LineState(Arc<Mutex<State>>);

/// What is shared.
#[derive(Default)]
pub(super) struct State {
    /// What the helper is to do with the line.
    pub(super) wish: Option<Wish>,
    /// The line at which Ctrl-C was pressed.
    pub(super) cancelled: Option<String>,
    /// What the line is for.
    pub(super) purpose: Purpose,
    /// The editor searches the past, and calls nobody.
    pub(super) is_searching: bool,
    /// Whether completions are shown below the line, and one of them is in it.
    pub(super) menu: MenuState,
    /// What the right arrow would take is on the screen.
    pub(super) has_suggestion: bool,
    /// Where the line begins, behind the prompt.
    pub(super) begin: Place,
    /// Where the cursor and the end of all that is shown were drawn last.
    pub(super) cursor: Place,
    pub(super) end: Place,
    /// A paste that is arriving.
    pub(super) paste: Option<Paste>,
    /// Escape sequences were left out of what was pasted into the line.
    pub(super) has_lost: bool,
    /// The line that an editor has left, until the next key.
    pub(super) after_editor: Option<String>,
    /// A sentence for the person, below the line until the next key.
    pub(super) notice: Option<String>,
}

/// What a line is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Purpose {
    /// It is said, or is a command.
    #[default]
    Line,
    /// It belongs to an open block, and can only be text.
    Block,
    /// It answers a question of ours: nothing is recalled, completed or kept.
    Answer,
}

/// What the helper is asked to do with the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// The line is to be this, with the cursor at this byte.
    Set(String, usize),
    /// An earlier line, or a later one, of those that begin like what was typed.
    Older,
    Newer,
    /// The next completion, or the one before, and to begin with the menu of them.
    Next,
    Previous,
    /// The word as it was typed, without a menu.
    Restore,
    /// The word that stands there, without a menu.
    Take,
}

/// How far completion is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum MenuState {
    #[default]
    Closed,
    /// It is shown, and nothing of it is taken.
    Open,
    /// One of it stands in the line.
    Chosen,
}

impl LineState {
    /// A line begins.
    pub(super) fn begin(&self, purpose: Purpose) {
        *self.lock() = State {
            purpose,
            ..State::default()
        };
    }

    /// What makes rows for the line below the cursor, where the editor is about to
    /// erase the rows that it has drawn last: what stands there is somebody else's.
    pub(super) fn fresh_rows(&self) -> String {
        let state = self.lock();
        let back = state.end.row - state.cursor.row;
        format!("\r{}{}", "\n".repeat(state.end.row), up(back))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
