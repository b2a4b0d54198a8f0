//! What ChatGPT exports: `conversations.json`, in which messages hang on each other.

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
use super::tree::{Above, Node, What, arrange};
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
    record.title = fields.text("title");
    let mapping = fields.raw("mapping").filter(|json| *json != "null");
    let mapping = Entries::read(mapping.ok_or("it has no messages: `mapping` is not there")?)?;
    let id = fields.text("conversation_id").or_else(|| fields.text("id"));
    let mut conversation = Conversation {
        id: id.unwrap_or_else(|| digest(json)),
        title: record.title.clone(),
        at: time_of(&fields.value("create_time")),
        model: fields.text("default_model_slug"),
        is_archived: fields.value("is_archived") == true,
        ..Conversation::default()
    };
    let left_out = &mut conversation.left_out;
    let numbered = mapping.of.into_iter().enumerate();
    let nodes = numbered.map(|(place, (id, json))| node(id, json, place + 1, left_out, record));
    let nodes = nodes.collect();
    let current = fields.text("current_node");
    arrange(nodes, current.as_deref(), &mut conversation);
    Ok(conversation)
}

/// A place of the tree; if what is said there cannot be read, what hangs on it stays.
fn node(
    id: String,
    json: &RawValue,
    number: usize,
    left_out: &mut LeftOut,
    record: &mut Record,
) -> Node {
    let fields = Entries::read(json.get());
    let above = fields
        .as_ref()
        .ok()
        .and_then(|fields| fields.text("parent"));
    let message = fields.and_then(|fields| {
        let message = fields.raw("message").unwrap_or("null");
        serde_json::from_str(message).map_err(|error| why(&error))
    });
    let what = message.and_then(|message: Value| what(&id, &message, left_out));
    let what = what.unwrap_or_else(|why| {
        record.broken.push((number, why));
        What::Nothing
    });
    Node {
        id,
        above: above.map_or(Above::Nothing, Above::Id),
        what,
    }
}

fn what(id: &str, message: &Value, left_out: &mut LeftOut) -> Result<What, String> {
    // The root has none.
    if message.is_null() {
        return Ok(What::Nothing);
    }
    if !message.is_object() {
        return Err("it is no object".to_owned());
    }
    let role = message["author"]["role"].as_str().ok_or("it has no role")?;
    let role = match Speaker::parse(role) {
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
    let content = &message["content"];
    if content["content_type"] == "thoughts" {
        return Ok(thoughts(content).map_or(What::Nothing, What::Thought));
    }
    if let Some(kind) = hidden_kind(message) {
        left_out.count(kind);
        return Ok(What::Nothing);
    }
    let metadata = &message["metadata"];
    let Some(text) = text(content, metadata, left_out) else {
        left_out.count("empty messages");
        return Ok(What::Nothing);
    };
    let mut said = Utterance::new(id, role, text);
    said.at = time_of(&message["create_time"]);
    if role == Role::Ai {
        said.model = text_of(&metadata["model_slug"]).map(str::to_owned);
        said.finish_reason = text_of(&metadata["finish_details"]["type"]).map(str::to_owned);
    }
    Ok(What::Said(said))
}

/// What kind of thing a message is that is not shown in the conversation.
fn hidden_kind(message: &Value) -> Option<&'static str> {
    match message["content"]["content_type"].as_str() {
        Some("user_editable_context") => return Some("custom instructions"),
        Some("model_editable_context") => return Some("memories"),
        Some("reasoning_recap") => return Some("recaps of reasoning"),
        _ => {}
    }
    if message["recipient"].as_str().is_some_and(|to| to != "all") {
        return Some("messages to tools");
    }
    let is_hidden = message["metadata"]["is_visually_hidden_from_conversation"] == true
        || message["weight"].as_f64() == Some(0.0);
    is_hidden.then_some("hidden messages")
}

/// What the model thought, one thought behind the other.
fn thoughts(content: &Value) -> Option<String> {
    let mut text = Content::default();
    for thought in list_of(&content["thoughts"]) {
        let said = text_of(&thought["content"]).or_else(|| text_of(&thought["summary"]));
        text.say(said.unwrap_or_default());
    }
    text.finish()
}

/// The parts of a message, and then the files that came with it.
fn text(content: &Value, metadata: &Value, left_out: &mut LeftOut) -> Option<String> {
    let attachments = list_of(&metadata["attachments"]);
    let mut text = Content::default();
    if let Some(said) = content.as_str() {
        text.say(said);
    }
    // Some kinds have parts, and some one text.
    text.say(content["text"].as_str().unwrap_or_default());
    let mut shown = Vec::new();
    for part in list_of(&content["parts"]) {
        if let Some(said) = part.as_str().or_else(|| part["text"].as_str()) {
            text.say(said);
        } else if let Some(id) = part["asset_pointer"].as_str() {
            // `file-service://file-1` and `sediment://file_1`.
            let id = id.split_once("://").map_or(id, |(_, id)| id);
            shown.push(id);
            let file = attachments.iter().find(|file| file["id"] == id);
            let name = file.and_then(|file| text_of(&file["name"])).unwrap_or(id);
            let kind = part["content_type"].as_str().unwrap_or_default();
            if kind.contains("image") {
                text.picture(Some(name), left_out);
            } else {
                text.file(Some(name), left_out);
            }
        } else if part.is_object() {
            text.file(None, left_out);
        }
    }
    for file in attachments {
        if !file["id"].as_str().is_some_and(|id| shown.contains(&id)) {
            text.file(text_of(&file["name"]), left_out);
        }
    }
    text.finish()
}

#[cfg(test)]
mod tests;
