//! What saylog talks about: users, sessions, messages, events, errors.
//!
//! Values only. Nothing here reads a clock, a terminal, a file or a random
//! number; whoever needs one of those is handed it further up.

mod error;
mod event;
mod ids;
mod message;
mod moves;
mod reply;
mod scope;
mod sentence;
mod session;
mod text;
mod user;

pub use error::{Error, Fault, Result};
pub use event::*;
pub use ids::{MessageId, MoveId, SessionId, SessionKey};
pub use message::{Draft, Message, Role, Status, Timestamp};
pub use moves::{Moved, Return, Why};
pub use reply::{Progress, Said, Trouble, Usage};
pub use scope::Scope;
pub use sentence::{io_reason, sentence};
pub use session::{SessionSummary, first_words};
pub use text::{is_blank, is_deceptive};
pub use user::{NameError, UserName};

/// The longest message, in bytes: a line or a `"""` block beyond it is refused.
pub const MESSAGE_LIMIT: usize = 16 * 1024 * 1024;
