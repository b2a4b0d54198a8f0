//! Lines of `messages` as OpenAI's interfaces take them, and ShareGPT's spelling of the
//! same.
//!
//! ```text
//! {"messages":[{"role":"user","content":"hi"},…]}
//! {"conversations":[{"from":"human","value":"hi"},…]}    also a list of such
//! ```
//!
//! Nothing of it has a name: a conversation without an `id` is called by a digest of
//! what is said, and a message by its place in it, from 1.

use std::io::BufRead;

use serde_json::Value;

use super::chain::{count, digest, push};
use super::content::Content;
use super::conversation::{Conversation, Utterance};
use super::json::{first_count, first_text, items, value_of};
use super::json_lines::JsonLines;
use super::json_values::{Item, JsonValues};
use super::source::{Broken, Fault, Found, Visit};
use super::speaker::Speaker;
use super::times::time_of;
use crate::domain::{Role, Usage};

/// Reads all conversations.
///
/// # Errors
/// The source cannot be read, or a list ends too early.
pub(crate) fn read(
    source: &mut dyn BufRead,
    _name: &str,
    visit: &mut Visit<'_>,
) -> Result<(), Fault> {
    if is_list(source)? {
        read_list(source, visit)
    } else {
        read_lines(source, visit)
    }
}

/// Whether the source is one list, or a value over many lines: its first line tells.
fn is_list(source: &mut dyn BufRead) -> std::io::Result<bool> {
    let start = source.fill_buf()?;
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    let mut lines = start.trim_ascii_start().split(|byte| *byte == b'\n');
    let first = lines.next().unwrap_or_default();
    Ok(first.starts_with(b"[") || first.trim_ascii_end() == b"{" && lines.next().is_some())
}

fn read_lines(source: &mut dyn BufRead, visit: &mut Visit<'_>) -> Result<(), Fault> {
    let mut lines = JsonLines::new(source);
    while let Some(line) = lines.next()? {
        let place = format!("line {}", line.number);
        if tell(&place, line.value, visit).is_break() {
            break;
        }
    }
    Ok(())
}

fn read_list(source: &mut dyn BufRead, visit: &mut Visit<'_>) -> Result<(), Fault> {
    let mut values = JsonValues::new(source);
    let mut number = 0_u64;
    while let Some(item) = values.next()? {
        number += 1;
        let place = format!("conversation {number}");
        let value = match item {
            Item::Value(bytes) => value_of(bytes),
            Item::TooLong => Err("it is too long".to_owned()),
            Item::CutOff => {
                let why = "the file ends before it does".to_owned();
                return Err(Fault::Broken(Broken { place, why }));
            }
        };
        if tell(&place, value, visit).is_break() {
            break;
        }
    }
    Ok(())
}

/// Tells what is at a place: a conversation behind the messages of it that are broken.
fn tell(
    place: &str,
    value: Result<Value, String>,
    visit: &mut Visit<'_>,
) -> std::ops::ControlFlow<()> {
    let mut broken = Vec::new();
    let conversation = value.and_then(|value| conversation_of(&value, place, &mut broken));
    for broken in broken {
        visit(Found::Broken(broken))?;
    }
    visit(match conversation {
        Ok(conversation) => Found::Conversation(conversation),
        Err(why) => Found::Broken(Broken {
            place: place.to_owned(),
            why,
        }),
    })
}

fn conversation_of(
    value: &Value,
    place: &str,
    broken: &mut Vec<Broken>,
) -> Result<Conversation, String> {
    let keys = ["messages", "conversations", "conversation"];
    if !keys.iter().any(|key| value[*key].is_array()) {
        return Err("it has neither `messages` nor `conversations`".to_owned());
    }
    let list = keys.iter().map(|key| items(value, key));
    let list = list.clone().find(|list| !list.is_empty()).unwrap_or(&[]);
    let times = ["created_at", "create_time", "created", "timestamp"];
    let mut conversation = Conversation {
        title: first_text(value, &["title", "name"]),
        at: times.iter().find_map(|key| time_of(&value[*key])),
        model: first_text(value, &["model"]),
        ..Conversation::default()
    };
    for (at, message) in list.iter().enumerate() {
        let number = at + 1;
        if let Err(why) = take(message, number, &mut conversation) {
            let place = format!("{place}, message {number}");
            broken.push(Broken { place, why });
        }
    }
    conversation.id = match &value["id"] {
        Value::Number(id) => id.to_string(),
        id => match id.as_str().filter(|id| !id.is_empty()) {
            Some(id) => id.to_owned(),
            None => digest(&conversation.messages),
        },
    };
    Ok(conversation)
}

/// Adds a message to the conversation.
fn take(message: &Value, number: usize, conversation: &mut Conversation) -> Result<(), String> {
    let role = first_text(message, &["role", "from"]).ok_or("it has no role")?;
    let speaker = Speaker::parse(&role).ok_or_else(|| {
        let role: String = role.chars().take(40).collect();
        format!("nobody knows the role `{role}`")
    })?;
    let left_out = &mut conversation.left_out;
    let Speaker::Is(role) = speaker else {
        left_out.count("tool messages");
        return Ok(());
    };
    let said = message.get("content").or_else(|| message.get("value"));
    let content = Content::read(said.unwrap_or(&Value::Null), left_out);
    let calls = items(message, "tool_calls").len();
    let calls = u64::try_from(calls).unwrap_or(u64::MAX) + content.tool_calls;
    let calls = calls + u64::from(message["function_call"].is_object());
    count(left_out, "tool calls", calls);
    if calls > 0 && content.text.is_empty() && content.thoughts.is_empty() {
        return Ok(());
    }
    let reasoning = content.reasoning();
    let mut text = content.text;
    if text.is_empty() {
        text = first_text(message, &["refusal"]).unwrap_or_default();
    }
    let mut utterance = Utterance::new(number.to_string(), role, text);
    utterance.at = ["timestamp", "created_at", "create_time"]
        .iter()
        .find_map(|key| time_of(&message[*key]));
    if role == Role::Ai {
        utterance.reasoning =
            reasoning.or_else(|| first_text(message, &["reasoning_content", "reasoning"]));
        utterance.model = first_text(message, &["model"]);
        utterance.finish_reason = first_text(message, &["finish_reason"]);
        utterance.usage = usage_of(&message["usage"]);
    }
    push(conversation, utterance);
    Ok(())
}

fn usage_of(usage: &Value) -> Option<Usage> {
    let prompt = first_count(usage, &["prompt_tokens", "input_tokens"])?;
    let reply = first_count(usage, &["completion_tokens", "output_tokens"])?;
    Some(Usage { prompt, reply })
}

#[cfg(test)]
mod tests;
