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

pub(crate) use color::user_color;
pub(crate) use json::Json;
pub(crate) use markdown::Markdown;
pub(crate) use outbox::{Outbox, Stream};
pub(crate) use plain::Plain;
pub(crate) use terminal::Terminal;
pub(crate) use visible::{visible, visible_line};

use crate::domain::{Event, Progress};

/// Writes events for one kind of reader.
pub(crate) trait Renderer {
    /// Puts an event into words.
    fn render(&mut self, event: &Event<'_>, outbox: &mut Outbox);

    /// Shows what comes of a reply that is waited for.
    fn progress(&mut self, progress: Progress<'_>, outbox: &mut Outbox);

    /// Says which line of the transcript the following events belong to.
    fn at_line(&mut self, line: u64);
}
