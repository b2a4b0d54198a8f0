//! What Claude exports: `conversations.json`, in which messages follow each other.

use std::io::Read;

use serde_json::Value;
use serde_json::value::RawValue;

use super::composed::{Content, list_of, text_of};
use super::conversation::{Conversation, LeftOut, Utterance};
use super::digest::digest;
use super::entries::{Entries, why};
use super::list::{Record, read_list};
use super::source::{Fault, Visit};
use super::speaker::Speaker;
use super::times::time_of;
use super::tree::{Above, Node, What, arrange, line_up};
use crate::domain::Role;

/// Reads the conversations of an export.
///
/// # Errors
/// The source cannot be read, is no list of conversations, or is none from a place on.
pub(crate) fn read(source: &mut dyn Read, visit: &mut Visit<'_>) -> Result<(), Fault> {
    read_list(source, visit, &conversation)
}

fn conversation(json: &str, record: &mut Record) -> Result<Conversation, String> {
    let fields = Entries::read(json)?;
    record.title = fields.text("name");
    let messages = fields.raw("chat_messages").filter(|json| *json != "null");
    let messages = messages.ok_or("it has no messages: `chat_messages` is not there")?;
    let messages: Vec<&RawValue> = serde_json::from_str(messages).map_err(|error| why(&error))?;
    let account = fields.value("account");
    let mut conversation = Conversation {
        id: fields.text("uuid").unwrap_or_else(|| digest(json)),
        account: text_of(&account["uuid"]).map(str::to_owned),
        title: record.title.clone(),
        at: time_of(&fields.value("created_at")),
        model: fields.text("model"),
        ..Conversation::default()
    };
    let mut nodes = Vec::new();
    for (place, json) in messages.into_iter().enumerate() {
        let message = serde_json::from_str(json.get()).map_err(|error| why(&error));
        let what = message.as_ref().map_err(Clone::clone);
        let what = what.and_then(|message| what_of(message, place, &mut conversation.left_out));
        let what = what.unwrap_or_else(|why| {
            record.broken.push((place + 1, why));
            What::Nothing
        });
        let message: Value = message.unwrap_or_default();
        let above = text_of(&message["parent_message_uuid"]);
        nodes.push(Node {
            id: id_of(&message, place),
            above: above.map_or(Above::Nothing, |id| Above::Id(id.to_owned())),
            what,
        });
    }
    // The official export tells no parents.
    line_up(&mut nodes);
    let current = fields.text("current_leaf_message_uuid");
    arrange(nodes, current.as_deref(), &mut conversation);
    Ok(conversation)
}

/// What a message is called: its place, from 1, if it has no name.
fn id_of(message: &Value, place: usize) -> String {
    let id = text_of(&message["uuid"]).map(str::to_owned);
    id.unwrap_or_else(|| (place + 1).to_string())
}

fn what_of(message: &Value, place: usize, left_out: &mut LeftOut) -> Result<What, String> {
    if !message.is_object() {
        return Err("it is no object".to_owned());
    }
    let sender = message["sender"].as_str().or(message["role"].as_str());
    let role = match Speaker::parse(sender.ok_or("it has no sender")?) {
        Some(Speaker::Is(role)) => role,
        Some(Speaker::Tool) => {
            left_out.count("tool messages");
            return Ok(What::Nothing);
        }
        None => {
            left_out.count("messages of other roles");
            return Ok(What::Nothing);
        }
    };
    let mut reasoning = Content::default();
    let Some(text) = text(message, &mut reasoning, left_out) else {
        left_out.count("empty messages");
        // What was thought before a tool was called belongs to the next reply.
        return Ok(reasoning.finish().map_or(What::Nothing, What::Thought));
    };
    let mut said = Utterance::new(id_of(message, place), role, text);
    said.at = time_of(&message["created_at"]);
    said.reasoning = reasoning.finish();
    if role == Role::Ai {
        said.model = text_of(&message["model"]).map(str::to_owned);
        said.finish_reason = text_of(&message["stop_reason"]).map(str::to_owned);
    }
    Ok(What::Said(said))
}

/// The texts of a message, and then what was attached to it.
fn text(message: &Value, reasoning: &mut Content, left_out: &mut LeftOut) -> Option<String> {
    let mut text = Content::default();
    let (mut is_told, mut is_mixed) = (false, false);
    for block in list_of(&message["content"]) {
        let kind = block["type"].as_str().unwrap_or_default();
        is_mixed |= kind != "text";
        match kind {
            "text" => {
                is_told |= text_of(&block["text"]).is_some();
                text.say(block["text"].as_str().unwrap_or_default());
            }
            "thinking" => reasoning.say(block["thinking"].as_str().unwrap_or_default()),
            "tool_use" => left_out.count("tool calls"),
            "tool_result" => left_out.count("tool results"),
            "image" => text.picture(text_of(&block["file_name"]), left_out),
            "document" => text.file(text_of(&block["title"]), left_out),
            _ => left_out.count("other blocks"),
        }
    }
    // `text` repeats the blocks, with words in place of what is no text; older exports
    // have nothing else.
    if !is_told && !is_mixed {
        let bare = message["content"].as_str();
        text.say(text_of(&message["text"]).or(bare).unwrap_or_default());
    }
    for file in list_of(&message["attachments"]) {
        let name = text_of(&file["file_name"]);
        match text_of(&file["extracted_content"]) {
            Some(said) => text.file_with_text(name, said),
            None => text.file(name, left_out),
        }
    }
    let files = [&message["files"], &message["files_v2"]].map(list_of);
    let files = files.into_iter().find(|files| !files.is_empty());
    for file in files.unwrap_or_default() {
        let name = text_of(&file["file_name"]);
        if file["file_kind"] == "image" {
            text.picture(name, left_out);
        } else {
            text.file(name, left_out);
        }
    }
    text.finish()
}

#[cfg(test)]
mod tests;
