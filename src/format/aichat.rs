//! What aichat keeps: `sessions/*.yaml`, and `messages.md` of what is said outside of
//! sessions.
//!
//! A session is a conversation without times; what it was shortened by stands before the
//! rest of it. In `messages.md` every question with its reply is one.

mod journal;
mod yaml;

use std::io::{BufRead, Read};
use std::ops::ControlFlow;

use serde_json::Value;

use super::chain::{count, push};
use super::content::Content;
use super::conversation::{Conversation, Utterance};
use super::json::{RECORD_LIMIT, first_text, items, text};
use super::source::{Broken, Fault, Found, Visit};
use super::speaker::Speaker;
use super::times::time_of_text;
use crate::domain::Role;

/// Reads all conversations of a file, whose name tells its form.
///
/// # Errors
/// The source cannot be read, or is no session.
pub(crate) fn read(
    source: &mut dyn BufRead,
    name: &str,
    visit: &mut Visit<'_>,
) -> Result<(), Fault> {
    match name.rsplit_once('.') {
        Some((_, "md")) => journal::read(source, visit),
        Some((stem, _)) => read_session(source, stem, visit),
        None => read_session(source, name, visit),
    }
}

fn read_session(source: &mut dyn BufRead, name: &str, visit: &mut Visit<'_>) -> Result<(), Fault> {
    let broken = |place: String, why: &str| {
        let why = why.to_owned();
        Fault::Broken(Broken { place, why })
    };
    let most = u64::try_from(RECORD_LIMIT).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    source
        .take(most.saturating_add(1))
        .read_to_end(&mut bytes)?;
    if bytes.len() > RECORD_LIMIT {
        return Err(broken("the session".to_owned(), "it is too long"));
    }
    let session = yaml::parse(&String::from_utf8_lossy(&bytes))
        .map_err(|(line, why)| broken(format!("line {line}"), why))?;
    if !session["messages"].is_array() {
        return Err(broken("the session".to_owned(), "it has no `messages`"));
    }
    let (time, title) = name_of(name);
    let mut conversation = Conversation {
        id: name.to_owned(),
        title: Some(title.to_owned()).filter(|title| !title.is_empty()),
        at: time.and_then(time_of_text),
        model: first_text(&session, &["model"]),
        ..Conversation::default()
    };
    let lists = ["compressed_messages", "messages"].map(|key| items(&session, key));
    for (at, message) in lists.concat().iter().enumerate() {
        let number = at + 1;
        if let Err(why) = take(message, number, &mut conversation) {
            let place = format!("message {number}");
            if visit(Found::Broken(Broken { place, why })) == ControlFlow::Break(()) {
                return Ok(());
            }
        }
    }
    // It is the last, whatever the answer.
    let _ = visit(Found::Conversation(conversation));
    Ok(())
}

/// The time in a name that aichat made, and the rest of it.
fn name_of(name: &str) -> (Option<&str>, &str) {
    match name.split_once('-') {
        Some((time, rest)) if time.len() == "20261103T103000".len() && time.contains('T') => {
            (Some(time), rest)
        }
        _ => (None, name),
    }
}

/// Adds a message to the conversation.
fn take(message: &Value, number: usize, conversation: &mut Conversation) -> Result<(), String> {
    let role = text(message, "role").ok_or("it has no role")?;
    let speaker = Speaker::parse(role).ok_or_else(|| {
        let role: String = role.chars().take(40).collect();
        format!("nobody knows the role `{role}`")
    })?;
    let said = &message["content"];
    let left_out = &mut conversation.left_out;
    // Calls of tools stand with their results, and with what was said before them.
    let (role, text) = match speaker {
        Speaker::Is(role) => {
            let content = Content::read(said, left_out);
            count(left_out, "tool calls", content.tool_calls);
            (role, content.text)
        }
        Speaker::Tool => {
            let calls = items(said, "tool_results").len();
            count(
                left_out,
                "tool calls",
                u64::try_from(calls).unwrap_or(u64::MAX),
            );
            match first_text(said, &["text"]) {
                Some(text) => (Role::Ai, text),
                None => return Ok(()),
            }
        }
    };
    push(conversation, Utterance::new(number.to_string(), role, text));
    Ok(())
}

#[cfg(test)]
mod tests;
