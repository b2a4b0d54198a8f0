//! Moves of the current session's head. The log stays as it is.

mod clear;
mod edit;
mod list;
mod redo;
mod step;
mod undo;
mod walk;

pub use clear::clear;
pub use edit::{edit, last_said};
pub(super) use edit::{take_reply_out, take_turn_out};
pub use list::list;
pub use redo::redo;
pub use undo::undo;
