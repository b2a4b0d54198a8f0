//! The shape of the cursor, by which vi's modes are told apart.

use rustyline::{EditMode, EventContext, InputMode, KeyCode, KeyEvent, Modifiers};

use super::super::environment::variable;

/// A block, a bar and a line below the character.
const COMMAND: &str = "\x1b[2 q";
pub(super) const INSERT: &str = "\x1b[6 q";
const REPLACE: &str = "\x1b[4 q";

/// Whether the terminal is likely to know the sequences: the console of Linux
/// would show the end of them.
pub(super) fn are_known() -> bool {
    let term = variable("TERM").unwrap_or_default();
    !matches!(&*term, "linux" | "dumb" | "cons25" | "emacs" | "")
}

/// The shape of a mode in which keys are read; none where there is none for it.
pub(super) fn shape_of(context: &EventContext) -> Option<&'static str> {
    if context.mode() != EditMode::Vi || !are_known() {
        return None;
    }
    Some(match context.input_mode() {
        InputMode::Command => COMMAND,
        InputMode::Replace => REPLACE,
        InputMode::Insert => INSERT,
    })
}

/// The shape that the cursor gets by a key that is the line editor's own: nobody
/// tells the mode after it, so it is foretold.
pub(super) fn shape(key: KeyEvent, context: &EventContext) -> Option<&'static str> {
    if context.mode() != EditMode::Vi || !are_known() {
        return None;
    }
    match (context.input_mode(), key.0, key.1) {
        // Alt with a key is Esc and that key, which comes by itself after this.
        (InputMode::Insert | InputMode::Replace, KeyCode::Esc, Modifiers::NONE)
        | (InputMode::Insert | InputMode::Replace, KeyCode::Char(_), Modifiers::ALT) => {
            Some(COMMAND)
        }
        (InputMode::Command, KeyCode::Char(c), Modifiers::NONE) => match c {
            'i' | 'a' | 'A' | 'I' | 'c' | 'C' | 's' | 'S' => Some(INSERT),
            'R' => Some(REPLACE),
            _ => None,
        },
        (InputMode::Command, KeyCode::Char('R' | 'S'), Modifiers::CTRL) => Some(INSERT),
        _ => None,
    }
}
