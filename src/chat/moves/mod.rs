//! Moves of the current session's head. The log stays as it is.

mod clear;
mod edit;
mod list;
mod redo;
mod step;
mod summary;
mod undo;
mod walk;
mod ways_back;

pub(crate) use clear::clear;
pub(crate) use edit::{EditedTurn, last_turn};
pub(super) use edit::{take_reply_out, take_turn_out};
pub(crate) use list::list;
pub(crate) use redo::redo;
pub(super) use summary::put_summary;
pub(crate) use undo::undo;
