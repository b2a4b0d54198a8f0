//! What LibreChat exports: a conversation, whose replies lie inside of what they follow.

mod nested;

use std::io::Read;

use serde_json::Value;

use nested::{Nested, nested};

use super::composed::{Content, list_of, text_of};
use super::conversation::{Conversation, LeftOut, Utterance};
use super::digest::digest;
use super::mended::mended;
use super::source::{Broken, Fault, Found, Visit};
use super::speaker::Speaker;
use super::times::time_of;
use super::tree::{Above, Node, What, arrange, line_up};
use crate::domain::{QUOTED_CHARACTERS, Role, Usage, preview_of};

/// What a first message follows there.
const NOTHING: &str = "00000000-0000-0000-0000-000000000000";

/// Reads the conversation of an export.
///
/// # Errors
/// The source cannot be read, or is no conversation.
pub(crate) fn read(source: &mut dyn Read, visit: &mut Visit<'_>) -> Result<(), Fault> {
    let mut json = Vec::new();
    source.read_to_end(&mut json)?;
    let json = json.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&json);
    let json = mended(json);
    let (conversation, broken) = conversation(&json).map_err(Fault::Broken)?;
    let title = preview_of(
        conversation.title.as_deref().unwrap_or_default(),
        QUOTED_CHARACTERS,
    );
    let place = match title.as_str() {
        "" => "conversation 1".to_owned(),
        title => format!("conversation 1 “{title}”"),
    };
    if visit(Found::Conversation(conversation)).is_break() {
        return Ok(());
    }
    for (message, why) in broken {
        let place = format!("{place}, message {message}");
        if visit(Found::Broken(Broken { place, why })).is_break() {
            break;
        }
    }
    Ok(())
}

/// The conversation, and which of its messages could not be read, and why.
fn conversation(json: &str) -> Result<(Conversation, Vec<(usize, String)>), Broken> {
    let Nested { fields, messages } = nested(json)?;
    let options = fields.value("options");
    let id = fields.text("conversationId");
    let title = fields.text("title").or_else(|| {
        let title = text_of(&options["title"])?;
        Some(title.to_owned())
    });
    let accounts = messages.iter().map(|message| message.fields.text("user"));
    let account = fields.text("user").or_else(|| accounts.flatten().next());
    let mut conversation = Conversation {
        id: id.unwrap_or_else(|| digest(json)),
        account,
        title,
        at: time_of(&fields.value("createdAt")),
        model: text_of(&options["model"]).map(str::to_owned),
        is_archived: fields.value("isArchived") == true,
        ..Conversation::default()
    };
    let mut nodes = Vec::with_capacity(messages.len());
    let mut broken = Vec::new();
    let mut has_parents = false;
    for (place, message) in messages.into_iter().enumerate() {
        let fields = &message.fields;
        let id = fields.text("messageId").or_else(|| fields.text("_id"));
        let id = id.unwrap_or_else(|| (place + 1).to_string());
        let parent = fields.text("parentMessageId");
        has_parents |= message.parent.is_some() || parent.is_some();
        let above = match (message.parent, parent) {
            (Some(parent), _) => Above::Place(parent),
            (None, Some(parent)) if parent != NOTHING => Above::Id(parent),
            (None, _) => Above::Nothing,
        };
        let what = what(&id, &message, &mut conversation.left_out);
        let what = what.unwrap_or_else(|why| {
            broken.push((place + 1, why));
            What::Nothing
        });
        nodes.push(Node { id, above, what });
    }
    // Several first messages are told to follow nothing.
    if !has_parents {
        line_up(&mut nodes);
    }
    arrange(nodes, None, &mut conversation);
    Ok((conversation, broken))
}

fn what(id: &str, message: &nested::Message<'_>, left_out: &mut LeftOut) -> Result<What, String> {
    if !message.is_object {
        return Err("it is no object".to_owned());
    }
    let fields = &message.fields;
    let is_users = fields.value("isCreatedByUser").as_bool();
    let role = match is_users {
        Some(true) => Role::User,
        Some(false) => Role::Ai,
        None => {
            // A reply is signed with the name of a persona, whatever that is.
            let sender = fields.text("role").or_else(|| fields.text("sender"));
            match Speaker::parse(&sender.ok_or("it has no sender")?) {
                Some(Speaker::Is(role)) => role,
                Some(Speaker::Tool) => {
                    left_out.count("tool messages");
                    return Ok(What::Nothing);
                }
                None => Role::Ai,
            }
        }
    };
    if fields.value("error") == true {
        left_out.count("errors");
        return Ok(What::Nothing);
    }
    let mut reasoning = Content::default();
    let Some(text) = text(message, &mut reasoning, left_out) else {
        left_out.count("empty messages");
        return Ok(reasoning.finish().map_or(What::Nothing, What::Thought));
    };
    let mut said = Utterance::new(id, role, text);
    said.at = time_of(&fields.value("createdAt"));
    said.reasoning = reasoning.finish();
    if role == Role::Ai {
        said.model = fields.text("model");
        said.finish_reason = fields.text("finish_reason");
        let count = |name| fields.value(name).as_i64();
        said.usage = count("promptTokens")
            .zip(count("tokenCount"))
            .map(|(prompt, reply)| Usage { prompt, reply });
    }
    Ok(What::Said(said))
}

/// The parts of a message, or its one text, and then the files that came with it.
fn text(
    message: &nested::Message<'_>,
    reasoning: &mut Content,
    left_out: &mut LeftOut,
) -> Option<String> {
    let mut text = Content::default();
    let content = message.fields.value("content");
    for part in list_of(&content) {
        let kind = part["type"].as_str().unwrap_or_default();
        // Assistants' texts lie one level deeper.
        let told = |part: &Value| {
            text_of(part)
                .or_else(|| text_of(&part["value"]))
                .map(str::to_owned)
        };
        match kind {
            "think" => reasoning.say(&told(&part["think"]).unwrap_or_default()),
            "tool_call" => left_out.count("tool calls"),
            "error" => left_out.count("errors"),
            kind if kind.starts_with("image") => {
                text.picture(text_of(&part[kind]["filename"]), left_out);
            }
            _ => text.say(&told(&part["text"]).unwrap_or_default()),
        }
    }
    let mut all = Content::default();
    match text.finish() {
        Some(text) => all.say(&text),
        None => all.say(&message.fields.text("text").unwrap_or_default()),
    }
    for list in ["files", "attachments"] {
        for file in list_of(&message.fields.value(list)) {
            let name = text_of(&file["filename"]);
            let kind = file["type"].as_str().unwrap_or_default();
            if kind.starts_with("image") {
                all.picture(name, left_out);
            } else {
                all.file(name, left_out);
            }
        }
    }
    all.finish()
}

#[cfg(test)]
mod tests;
