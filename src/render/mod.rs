//! Turns events into text for people and JSON for scripts. A renderer fills an
//! [`Outbox`]; it writes to no stream itself.

mod age;
mod awaited;
mod color;
mod copied;
mod exported;
mod granted;
mod hit;
mod imported;
mod info;
mod json;
mod mark;
mod markdown;
mod outbox;
mod paged;
mod phrases;
mod plain;
mod reasoning;
mod receipt;
mod setting;
mod spinner;
mod stats;
mod taken;
mod terminal;
mod time;
mod visible;
mod window;
mod work_bar;
mod wrap;

pub(crate) use age::age_in_words;
pub(crate) use color::user_color;
pub(crate) use json::{Json, push_reference};
use markdown::Prose;
pub(crate) use markdown::{Hyperlinks, Markdown};
pub(crate) use outbox::{Outbox, Stream};
pub(crate) use paged::{push_paged, takes_more_rows};
pub(crate) use phrases::{cut, wrapped};
pub(crate) use plain::Plain;
pub(crate) use reasoning::Reasoning;
pub(crate) use terminal::{Terminal, TerminalOptions};
pub(crate) use visible::{visible, visible_line, visible_line_after};
pub(crate) use window::Window;

use crate::domain::{Event, Progress, Work};

/// Renders events for one kind of reader.
pub(crate) trait Renderer {
    /// Renders an event.
    fn render(&mut self, event: &Event<'_>, outbox: &mut Outbox);

    /// Renders what arrives of a reply while it is waited for.
    fn progress(&mut self, progress: Progress<'_>, outbox: &mut Outbox);

    /// Renders how far a long piece of work is, or that it is no more to be seen.
    fn work(&mut self, _work: Option<&Work<'_>>, _outbox: &mut Outbox) {}

    /// Renders what sets a prompt apart from what was shown before; `said` tells that
    /// the person has said something since the last one.
    fn before_prompt(&mut self, _said: bool, _outbox: &mut Outbox) {}

    /// Shows replies differently from now on: only a person's terminal does.
    fn show_as(&mut self, _options: TerminalOptions) {}

    /// Sets the line of the transcript that the following events belong to.
    fn at_line(&mut self, line: u64);

    /// Sets what a program calls that line by, in JSON; nothing if it does not.
    /// Only a program has a use for it.
    fn at_ref(&mut self, _json: &[u8]) {}
}
