//! What Open WebUI exports: a list of chats, in which messages hang on each other.

mod details;

use std::io::Read;

use serde_json::Value;
use serde_json::value::RawValue;

use details::without_details;

use super::composed::{Content, list_of, text_of};
use super::conversation::{Conversation, LeftOut, Utterance};
use super::digest::digest;
use super::entries::{Entries, why};
use super::list::{Record, read_list};
use super::source::{Fault, Visit};
use super::speaker::Speaker;
use super::times::time_of;
use super::tree::{Above, Node, What, arrange, line_up};
use crate::domain::{Role, Usage};

/// Reads the chats of an export.
///
/// # Errors
/// The source cannot be read, is no list of chats, or is none from a place on.
pub(crate) fn read(source: &mut dyn Read, visit: &mut Visit<'_>) -> Result<(), Fault> {
    read_list(source, visit, &conversation)
}

fn conversation(json: &str, record: &mut Record) -> Result<Conversation, String> {
    let fields = Entries::read(json)?;
    record.title = fields.text("title");
    // What was shared without its account is the chat alone.
    let chat = match fields.raw("chat").filter(|json| *json != "null") {
        Some(chat) => Entries::read(chat)?,
        None => Entries::read(json)?,
    };
    record.title = record.title.take().or_else(|| chat.text("title"));
    let history = chat.raw("history").filter(|json| *json != "null");
    let history = history.map_or(Ok(Entries::default()), Entries::read)?;
    let messages = messages(&history, &chat)?;
    let is_tree = messages.iter().any(|(id, _)| id.is_some());
    let at = time_of(&fields.value("created_at")).or_else(|| time_of(&chat.value("timestamp")));
    let models = chat.value("models");
    let mut conversation = Conversation {
        id: fields.text("id").unwrap_or_else(|| digest(json)),
        account: fields.text("user_id"),
        title: record.title.clone(),
        at,
        model: list_of(&models).iter().find_map(text_of).map(str::to_owned),
        is_archived: fields.value("archived") == true,
        ..Conversation::default()
    };
    let mut nodes = Vec::new();
    for (place, (id, json)) in messages.into_iter().enumerate() {
        let message = serde_json::from_str(json.get()).map_err(|error| why(&error));
        let message: Value = message.unwrap_or_else(|why| {
            record.broken.push((place + 1, why));
            Value::Null
        });
        let id = id.or_else(|| text_of(&message["id"]).map(str::to_owned));
        let id = id.unwrap_or_else(|| (place + 1).to_string());
        let what = if message.is_null() {
            Ok(What::Nothing)
        } else {
            what(&id, &message, &mut conversation.left_out)
        };
        let what = what.unwrap_or_else(|why| {
            record.broken.push((place + 1, why));
            What::Nothing
        });
        let above = text_of(&message["parentId"]);
        let above = above.map_or(Above::Nothing, |id| Above::Id(id.to_owned()));
        nodes.push(Node { id, above, what });
    }
    if !is_tree {
        line_up(&mut nodes);
    }
    let current = history.text("currentId");
    arrange(nodes, current.as_deref(), &mut conversation);
    Ok(conversation)
}

/// The messages of the tree by their ids, or of the list that there was before trees.
fn messages<'a>(
    history: &Entries<'a>,
    chat: &Entries<'a>,
) -> Result<Vec<(Option<String>, &'a RawValue)>, String> {
    if let Some(messages) = history.raw("messages").filter(|json| *json != "null") {
        let messages = Entries::read(messages)?.of.into_iter();
        return Ok(messages.map(|(id, json)| (Some(id), json)).collect());
    }
    let messages = chat.raw("messages").filter(|json| *json != "null");
    let messages = messages.ok_or("it has no messages: `history` is not there")?;
    let messages: Vec<&RawValue> = serde_json::from_str(messages).map_err(|error| why(&error))?;
    Ok(messages.into_iter().map(|json| (None, json)).collect())
}

fn what(id: &str, message: &Value, left_out: &mut LeftOut) -> Result<What, String> {
    if !message.is_object() {
        return Err("it is no object".to_owned());
    }
    let role = match Speaker::parse(message["role"].as_str().ok_or("it has no role")?) {
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
    let Some(text) = text(message, role, &mut reasoning, left_out) else {
        left_out.count("empty messages");
        return Ok(reasoning.finish().map_or(What::Nothing, What::Thought));
    };
    let mut said = Utterance::new(id, role, text);
    said.at = time_of(&message["timestamp"]);
    said.reasoning = reasoning.finish();
    if role == Role::Ai {
        said.model = text_of(&message["model"]).map(str::to_owned);
        said.usage = usage(message);
    }
    Ok(What::Said(said))
}

/// What a reply took; it was called `info` once, and Ollama has names of its own.
fn usage(message: &Value) -> Option<Usage> {
    let counted = [&message["usage"], &message["info"]];
    counted.into_iter().find_map(|counted| {
        let count = |name: &str, other: &str| counted[name].as_i64().or(counted[other].as_i64());
        Some(Usage {
            prompt: count("prompt_tokens", "prompt_eval_count")?,
            reply: count("completion_tokens", "eval_count")?,
        })
    })
}

/// The parts of a message, and then the files that came with it.
fn text(
    message: &Value,
    role: Role,
    reasoning: &mut Content,
    left_out: &mut LeftOut,
) -> Option<String> {
    let mut text = Content::default();
    let mut say = |text: &mut Content, said: &str, left_out: &mut LeftOut| {
        if role == Role::Ai {
            let said = without_details(said, reasoning, left_out);
            text.say(&said);
        } else {
            text.say(said);
        }
    };
    say(
        &mut text,
        message["content"].as_str().unwrap_or_default(),
        left_out,
    );
    for part in list_of(&message["content"]) {
        match part["type"].as_str().unwrap_or_default() {
            "image_url" | "image" => text.picture(text_of(&part["name"]), left_out),
            "file" => text.file(text_of(&part["name"]), left_out),
            _ => say(
                &mut text,
                part["text"].as_str().unwrap_or_default(),
                left_out,
            ),
        }
    }
    for file in list_of(&message["files"]) {
        let name = text_of(&file["name"]).or_else(|| text_of(&file["file"]["filename"]));
        if file["type"] == "image" {
            text.picture(name, left_out);
        } else {
            text.file(name, left_out);
        }
    }
    text.finish()
}

#[cfg(test)]
mod tests;
