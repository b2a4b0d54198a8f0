//! The sessions of the current user: started, named, listed, returned to.

mod find;
mod fork;
mod list;
mod persona;
mod resume;
mod start;
mod system;

pub use fork::{fork, fork_at};
pub use list::{list, matching};
pub use persona::{list_personas, matching_personas};
pub use resume::{resume, resume_unasked};
pub(super) use start::current_or_started;
pub use start::{rename, start};
pub use system::{set_system, show_system};
