//! Words, colours and JSON for what happened. Renderers fill an [`Outbox`] and
//! write nothing themselves.

mod color;
mod json;
mod markdown;
mod outbox;
mod phrases;
mod plain;
mod receipt;
mod spinner;
mod terminal;
mod time;
mod visible;

pub use color::user_color;
pub use json::Json;
pub use markdown::Markdown;
pub use outbox::{Outbox, Stream};
pub use plain::Plain;
pub use terminal::Terminal;
pub use visible::{visible, visible_line};

use crate::domain::{Event, Progress};

/// Writes events for one kind of reader.
pub trait Renderer {
    /// Puts an event into words.
    fn render(&mut self, event: &Event<'_>, outbox: &mut Outbox);

    /// Shows what comes of a reply that is waited for.
    fn progress(&mut self, progress: Progress<'_>, outbox: &mut Outbox);

    /// Says which line of the transcript the following events belong to.
    fn at_line(&mut self, line: u64);
}
