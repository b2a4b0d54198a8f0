//! What other programs write of conversations, read one conversation at a time.
//!
//! ```text
//! conversation   what a source holds, whatever its form
//! source         where a reader reads, and what it tells
//! ```
//!
//! Each form is a file of its own and knows nothing of the others. A reader takes
//! whatever bytes there are: what it cannot read it names by its place and passes over.

mod conversation;
mod source;

pub(crate) use conversation::{Conversation, LeftOut, Utterance};
pub(crate) use source::{Broken, Fault, Found, Visit};
