//! What other programs write of conversations, read one conversation at a time.
//!
//! ```text
//! conversation   what a source holds, whatever its form
//! source         where a reader reads, and what it tells
//! write          the forms in which the log is written
//! ```
//!
//! Each form is a file of its own and knows nothing of the others. A reader takes
//! whatever bytes there are: what it cannot read it names by its place and passes over.

mod conversation;
mod source;
mod write;

pub(crate) use conversation::{Conversation, LeftOut, Utterance};
pub(crate) use source::{Broken, Fault, Found, Visit};
pub(crate) use write::{Form, Heading, Order, Writer};
