//! saylog's own form: what a log holds, a line of JSON for each thing, without loss.
//!
//! ```text
//! head       {"type":"saylog","version":1,"scope":…}
//! session    one for each session
//! message    one for each message, in the order of the log
//! state      for each session where it stands, behind that its moves
//! move       one for each move of that session
//! end        how many of each there were: without it the file is not whole
//! ```
//!
//! Messages are called by session and number, moves as well, so that a file means the
//! same in every store. A session that went on apart from another one stands before its
//! first message, the others before all. Fields that say nothing are left out.
//!
//! ```text
//! values     texts, times, names of messages
//! write      values to lines
//! read       lines to values
//! ```

mod read;
#[cfg(test)]
mod tests;
mod values;
mod write;

pub(crate) use read::{Line, Lines, Record};
pub(crate) use write::{Totals, Written};

/// The scope of a file for which filters chose.
pub(crate) const PART: &str = "part";

/// The version of the form that is written. What is newer is refused.
const VERSION: u64 = 1;
