//! `/export`: messages of the log, written for other programs and for people; and all that
//! the log has, for other logs.
//!
//! ```text
//! messages   in forms of messages and conversations
//! records    in saylog's own form: messages, sessions and moves
//! carried    which messages were written
//! output     what has gathered to be written
//! ```

mod carried;
mod messages;
mod output;
mod records;

use super::search::read;
use super::suits::Suits;
use crate::chat::Chat;
use crate::chat::listing;
use crate::domain::{Problem, Result, Scope, Sink};
use crate::format::{Form, Way};
use crate::query::Query;
use messages::Pages;
use output::{Output, Write};
use records::Records;

/// What was written.
#[derive(Default)]
pub(crate) struct Written {
    pub conversations: u64,
    pub messages: u64,
    /// What the form has no place for, by kind.
    pub left_out: Vec<(&'static str, u64)>,
    /// Links to messages that are not among it.
    pub missing: u64,
    /// What looks like a key in the messages, by kind.
    pub secrets: Vec<(&'static str, u64)>,
    /// Messages that could not be read are not among it: the sentence about them.
    pub damage: Option<Problem>,
}

/// Writes what a query finds of one's own, unless it asks for another scope, in this form:
/// all, or the newest so many; with `after:` the first. Of a form of conversations, `session:`
/// and `in:session` choose conversations, with what they took over when they were forked.
///
/// # Errors
/// If it cannot be read or written, asks for somebody else's messages within one's own,
/// or is stopped.
pub(crate) fn export<'a>(
    chat: &mut Chat,
    filters: &str,
    form: Form,
    write: &'a mut Write<'a>,
    sink: &mut dyn Sink,
) -> Result<Written> {
    listing::begin(chat, sink)?;
    sink.flush()?;
    let query = read(chat, "/export", filters, None)?;
    let suits = Suits::new(chat, "/export", Scope::User, &query.filter)?;
    let is_all = filters.trim().is_empty();
    let mut output = Output::new(write);
    let written = write_all(chat, &query, &suits, (form, is_all), &mut output, sink);
    chat.log.let_go();
    let written = written?;
    output.finish(sink)?;
    Ok(Written {
        secrets: output.secrets.kinds(),
        damage: chat.log.take_damage(),
        ..written
    })
}

/// Writes it all; gives how much that was.
fn write_all(
    chat: &mut Chat,
    query: &Query,
    suits: &Suits,
    (form, is_all): (Form, bool),
    output: &mut Output<'_>,
    sink: &mut dyn Sink,
) -> Result<Written> {
    Ok(match form.way() {
        Way::Log(writer) => {
            let mut pages = Pages::begin(query, suits, is_all, writer, output);
            pages.log(chat, sink)?;
            pages.written()
        }
        Way::Conversations(writer) => {
            let mut pages = Pages::begin(query, suits, is_all, writer, output);
            pages.count(chat, sink)?;
            pages.conversations(chat, sink)?;
            pages.written()
        }
        Way::Records => {
            let mut records = Records::begin(query, suits, output);
            records.write(chat, sink)?;
            Written {
                conversations: records.conversations,
                messages: records.messages,
                missing: records.missing,
                ..Written::default()
            }
        }
    })
}
