//! Sessions as branches of the log: left, found again, forked, moved back and
//! forth. In a transcript, as text and as JSON.

mod archive;
mod arguments;
mod candidates;
mod context;
mod edit;
mod fork;
mod isolation;
mod launch;
mod moves;
mod quote;
mod random;
mod refusals;
mod resume;
mod retry;
mod sessions;
mod show;
mod system;
mod together;
mod undo;
