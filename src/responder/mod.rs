//! What answers.

mod mock;

use std::borrow::Cow;

pub use mock::{Echo, Mock};

/// Something that answers a message.
pub trait Responder {
    /// Its name, which the log keeps beside every reply.
    fn model(&self) -> &'static str;

    /// Whether it makes the person wait, so that their message is committed before it is asked.
    fn waits(&self) -> bool;

    /// The reply to a message.
    fn respond<'a>(&'a mut self, message: &'a str) -> Cow<'a, str>;
}

/// The names that [`named`] knows.
pub const NAMES: [&str; 2] = [mock::NAME, mock::ECHO];

/// The responder of that name.
pub fn named(name: &str) -> Option<Box<dyn Responder>> {
    match name {
        mock::NAME => Some(Box::new(Mock)),
        mock::ECHO => Some(Box::new(Echo)),
        _ => None,
    }
}
