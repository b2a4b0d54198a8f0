//! The table that LangChain keeps the messages of sessions in.

use std::ops::ControlFlow;
use std::path::Path;

use super::super::json::value_of;
use super::super::source::{Broken, Fault, Visit};
use super::super::tables::Tables;
use super::message::Messages;
use super::tell_messages;

const ROWS: &str = "SELECT id, session_id, message FROM message_store ORDER BY session_id, id";

/// Reads all conversations of the database at a path.
///
/// # Errors
/// It cannot be read, or has no such table.
pub(crate) fn read(path: &Path, visit: &mut Visit<'_>) -> Result<(), Fault> {
    let tables = Tables::open(path)?;
    let columns = tables.columns("message_store")?;
    let is_missing = |needed: &&str| !columns.iter().any(|column| column == needed);
    if let Some(column) = ["id", "session_id", "message"].into_iter().find(is_missing) {
        let place = "the database".to_owned();
        let why = if columns.is_empty() {
            "it has no table `message_store`".to_owned()
        } else {
            format!("its table `message_store` has no column `{column}`")
        };
        return Err(Fault::Broken(Broken { place, why }));
    }
    let mut open: Option<Messages> = None;
    let mut number = 0;
    let flow = tables.rows(ROWS, &[], &mut |row| {
        let session = row.text(1).unwrap_or_default();
        let is_next = |open: &mut Messages| open.conversation.id != session;
        if let Some(messages) = open.take_if(is_next) {
            number = 0;
            if tell_messages(messages, visit).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        number += 1;
        let messages = open.get_or_insert_with(|| {
            let mut messages = Messages::default();
            messages.conversation.id = session;
            messages
        });
        let name = row.text(0);
        let place = format!("row {}", name.as_deref().unwrap_or_default());
        let message = row.text(2).ok_or_else(|| "it has no message".to_owned());
        let message = message.and_then(|message| value_of(message.as_bytes()));
        messages.take(message.as_ref().map_err(Clone::clone), name, number, place);
        Ok(ControlFlow::Continue(()))
    })?;
    if let Some(messages) = open
        && flow.is_continue()
    {
        // It is the last, whatever the answer.
        let _ = tell_messages(messages, visit);
    }
    Ok(())
}
