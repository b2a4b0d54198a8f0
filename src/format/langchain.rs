//! Messages as LangChain writes them.
//!
//! ```text
//! [{"type":"human","data":{"content":"hi","id":…}},…]            a conversation
//! {"session_id":…,"messages":[{"type":…,"data":{…}},…]}          one with a name
//! ```
//!
//! A file is one list of such messages, or of such conversations, or has one on every
//! line. A database has a table `message_store`, with a row for a message. One without a name
//! is called by the session that saylog has written it from, else by a digest of what is said.

mod database;
mod message;

use std::io::{BufRead, Cursor, Read};
use std::ops::ControlFlow;

use serde_json::Value;

pub(crate) use database::read as read_database;

use super::chain::digest;
use super::conversation::{Conversation, Utterance};
use super::json::{RECORD_LIMIT, first_text, value_of};
use super::json_lines::JsonLines;
use super::json_values::{Item, JsonValues};
use super::source::{Broken, Fault, Found, Visit};
use super::times::time_of;
use crate::domain::SessionId;
use message::Messages;

/// Reads all conversations.
///
/// # Errors
/// The source cannot be read, or a list ends too early.
pub(crate) fn read(
    source: &mut dyn BufRead,
    _name: &str,
    visit: &mut Visit<'_>,
) -> Result<(), Fault> {
    let mut first = Vec::new();
    let most = u64::try_from(RECORD_LIMIT).unwrap_or(u64::MAX);
    let mut start = (&mut *source).take(most);
    while first.trim_ascii().is_empty() && start.read_until(b'\n', &mut first)? > 0 {}
    let is_list = is_list_of_lines(&first);
    let mut source = Cursor::new(first).chain(source);
    if is_list {
        read_list(&mut source, visit)
    } else {
        read_lines(&mut source, visit)
    }
}

/// Whether what begins with a line is a list or a map that does not end in it.
fn is_list_of_lines(first: &[u8]) -> bool {
    let first = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(first);
    let first = first.trim_ascii();
    first == b"{" || first.starts_with(b"[") && !first.ends_with(b"]")
}

fn read_lines(source: &mut dyn BufRead, visit: &mut Visit<'_>) -> Result<(), Fault> {
    let mut lines = JsonLines::new(source);
    while let Some(line) = lines.next()? {
        let place = format!("line {}", line.number);
        if tell_line(&place, line.value, visit).is_break() {
            break;
        }
    }
    Ok(())
}

fn tell_line(place: &str, value: Result<Value, String>, visit: &mut Visit<'_>) -> ControlFlow<()> {
    let list = match value {
        Ok(Value::Array(list)) => list,
        value => return tell(place, value, visit),
    };
    if !list.iter().any(is_conversation) {
        return tell(place, Ok(Value::Array(list)), visit);
    }
    for (at, value) in list.into_iter().enumerate() {
        let place = format!("{place}, conversation {}", at + 1);
        tell(&place, Ok(value), visit)?;
    }
    ControlFlow::Continue(())
}

fn read_list(source: &mut dyn BufRead, visit: &mut Visit<'_>) -> Result<(), Fault> {
    let mut values = JsonValues::new(source);
    let mut loose: Option<Messages> = None;
    let mut number = 0;
    while let Some(item) = values.next()? {
        number += 1;
        let value = match item {
            Item::Value(bytes) => value_of(bytes),
            Item::TooLong => Err("it is too long".to_owned()),
            Item::CutOff => {
                // What came before it can be read.
                if let Some(messages) = loose
                    && tell_messages(messages, visit).is_break()
                {
                    return Ok(());
                }
                let (place, why) = (format!("item {number}"), "the file ends before it does");
                let why = why.to_owned();
                return Err(Fault::Broken(Broken { place, why }));
            }
        };
        let flow = match value {
            Ok(value) if is_conversation(&value) => {
                tell(&format!("conversation {number}"), Ok(value), visit)
            }
            value => {
                let messages = loose.get_or_insert_with(Messages::default);
                let place = format!("message {number}");
                messages.take(value.as_ref().map_err(Clone::clone), None, number, place);
                ControlFlow::Continue(())
            }
        };
        if flow.is_break() {
            return Ok(());
        }
    }
    if let Some(messages) = loose {
        // It is the last, whatever the answer.
        let _ = tell_messages(messages, visit);
    }
    Ok(())
}

/// Whether a value holds messages, and is none.
fn is_conversation(value: &Value) -> bool {
    value.is_array() || value["messages"].is_array()
}

/// Tells what is at a place, which should be a conversation.
fn tell(place: &str, value: Result<Value, String>, visit: &mut Visit<'_>) -> ControlFlow<()> {
    let value = value.and_then(|value| {
        let list = value.as_array().or_else(|| value["messages"].as_array());
        let list = list.ok_or("it has no `messages`")?;
        let mut messages = Messages::default();
        let names = ["session_id", "thread_id", "id"];
        messages.conversation = Conversation {
            id: first_text(&value, &names).unwrap_or_default(),
            title: first_text(&value, &["title", "name"]),
            at: time_of(&value["created_at"]),
            model: first_text(&value, &["model"]),
            ..Conversation::default()
        };
        for (at, message) in list.iter().enumerate() {
            let number = at + 1;
            let place = format!("{place}, message {number}");
            messages.take(Ok(message), None, number, place);
        }
        Ok(messages)
    });
    match value {
        Ok(messages) => tell_messages(messages, visit),
        Err(why) => {
            let place = place.to_owned();
            visit(Found::Broken(Broken { place, why }))
        }
    }
}

/// Tells a conversation behind the messages of it that are broken.
fn tell_messages(messages: Messages, visit: &mut Visit<'_>) -> ControlFlow<()> {
    for broken in messages.broken {
        visit(Found::Broken(broken))?;
    }
    let mut conversation = messages.conversation;
    if conversation.id.is_empty() {
        let messages = &conversation.messages;
        conversation.id = written_in(messages).unwrap_or_else(|| digest(messages));
    }
    visit(Found::Conversation(conversation))
}

/// The session that the last message was said in, if saylog has written it: it calls
/// messages by their sessions and numbers.
fn written_in(messages: &[Utterance]) -> Option<String> {
    let (session, number) = messages.last()?.id.rsplit_once('-')?;
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    (is_number && SessionId::parse(session).is_some()).then(|| session.to_owned())
}

#[cfg(test)]
mod tests;
