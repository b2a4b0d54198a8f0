//! Sessions of Codex: `~/.codex/sessions/Y/M/D/rollout-*.jsonl`.
//!
//! A file is a conversation, and a line is something that happened in it:
//!
//! ```text
//! {"timestamp":…,"type":"session_meta","payload":{"id":…}}
//! {"timestamp":…,"type":"turn_context","payload":{"model":…}}
//! {"timestamp":…,"type":"response_item","payload":{"type":"message","role":…,"content":[…]}}
//! {"timestamp":…,"type":"event_msg","payload":{…}}        the same as it was shown
//! {"timestamp":…,"type":"compacted","payload":{…}}
//! ```
//!
//! What was said stands there twice: what was sent and received is taken, not what was
//! shown. The first versions wrote the payloads alone.

use std::collections::HashSet;
use std::io::BufRead;

use serde_json::Value;

use super::chain::{count, push};
use super::content::Content;
use super::conversation::{Conversation, Utterance};
use super::json::{first_text, text};
use super::json_lines::JsonLines;
use super::source::{Fault, Found, Visit};
use super::speaker::Speaker;
use super::times::time_of;
use crate::domain::Role;

/// How a message begins that the program says in the name of the person.
const NOTES: [&str; 7] = [
    "<environment_context>",
    "<user_instructions>",
    "<permissions instructions>",
    "<collaboration_mode>",
    "<turn_aborted>",
    "<INSTRUCTIONS>",
    "# AGENTS.md instructions for ",
];

/// Reads the conversation of a file of that name.
///
/// # Errors
/// The source cannot be read.
pub(crate) fn read(
    source: &mut dyn BufRead,
    name: &str,
    visit: &mut Visit<'_>,
) -> Result<(), Fault> {
    let mut lines = JsonLines::new(source);
    let mut reader = Reader::default();
    while let Some(line) = lines.next()? {
        let taken = match &line.value {
            Ok(value) => reader.take(value, line.number),
            Err(why) => Err(why.clone()),
        };
        if let Err(why) = taken
            && visit(Found::Broken(line.broken(why))).is_break()
        {
            return Ok(());
        }
    }
    if let Some(conversation) = reader.end(name) {
        // It is the last, whatever the answer.
        let _ = visit(Found::Conversation(conversation));
    }
    Ok(())
}

/// What has been read so far.
#[derive(Default)]
struct Reader {
    conversation: Conversation,
    /// The names of messages, which are not to be given twice.
    names: HashSet<String>,
    /// The model that answers from here on.
    model: Option<String>,
    /// What was thought since the last message.
    thoughts: Vec<String>,
}

impl Reader {
    /// Takes the line of that number.
    fn take(&mut self, line: &Value, number: u64) -> Result<(), String> {
        let at = &line["timestamp"];
        let payload = &line["payload"];
        match text(line, "type") {
            Some("session_meta") => self.begin(payload, at),
            Some("turn_context") => {
                self.model = first_text(payload, &["model"]).or(self.model.take());
            }
            Some("response_item") => return self.item(payload, at, number),
            Some("event_msg") => {}
            Some("compacted") => self.conversation.left_out.count("summaries of contexts"),
            // As the first versions wrote it.
            Some(_) if payload.is_null() => return self.item(line, at, number),
            Some(_) => self.conversation.left_out.count("unknown items"),
            None if line["id"].is_string() => self.begin(line, at),
            None if line["record_type"].is_string() => {}
            None => return Err("it has no type".to_owned()),
        }
        Ok(())
    }

    /// Takes the name of the session. Where it goes on from another one, that one's
    /// stands behind.
    fn begin(&mut self, meta: &Value, at: &Value) {
        let conversation = &mut self.conversation;
        if conversation.id.is_empty() {
            conversation.id = first_text(meta, &["id"]).unwrap_or_default();
            conversation.at = time_of(&meta["timestamp"]).or_else(|| time_of(at));
        }
    }

    /// Takes what was sent or received.
    fn item(&mut self, item: &Value, at: &Value, number: u64) -> Result<(), String> {
        let left_out = &mut self.conversation.left_out;
        match text(item, "type").ok_or("it has no type")? {
            "message" => return self.message(item, at, number),
            "reasoning" => {
                let before = self.thoughts.len();
                for key in ["summary", "content"] {
                    if self.thoughts.len() == before && item[key].is_array() {
                        let content = Content::read(&item[key], left_out);
                        self.thoughts.extend(content.reasoning());
                        let texts = Some(content.text).filter(|text| !text.is_empty());
                        self.thoughts.extend(texts);
                    }
                }
                if self.thoughts.len() == before {
                    left_out.count("hidden thoughts");
                }
            }
            "ghost_snapshot" | "other" => {}
            "compaction" | "compaction_summary" => left_out.count("summaries of contexts"),
            kind if kind.ends_with("_output") => left_out.count("tool results"),
            kind if kind.ends_with("_call") => left_out.count("tool calls"),
            _ => left_out.count("unknown items"),
        }
        Ok(())
    }

    fn message(&mut self, item: &Value, at: &Value, number: u64) -> Result<(), String> {
        let role = text(item, "role").ok_or("it has no role")?;
        let speaker = Speaker::parse(role).ok_or_else(|| {
            let role: String = role.chars().take(40).collect();
            format!("nobody knows the role `{role}`")
        })?;
        let left_out = &mut self.conversation.left_out;
        let Speaker::Is(role) = speaker else {
            left_out.count("tool messages");
            return Ok(());
        };
        let content = Content::read(&item["content"], left_out);
        count(left_out, "tool calls", content.tool_calls);
        let start = content.text.trim_start();
        if role != Role::Ai && NOTES.iter().any(|note| start.starts_with(note)) {
            left_out.count("notes of the program");
            return Ok(());
        }
        let id = first_text(item, &["id"]).filter(|id| !self.names.contains(id));
        // No message has the number of another line, unless it is meant to confuse.
        let id = id.unwrap_or_else(|| number.to_string());
        if !self.names.insert(id.clone()) {
            return Err(format!("another message has the name `{id}`"));
        }
        let mut message = Utterance::new(id, role, content.text);
        message.at = time_of(at);
        if role == Role::Ai {
            let mut thoughts = std::mem::take(&mut self.thoughts);
            thoughts.extend(content.thoughts);
            let reasoning = thoughts.join("\n\n");
            message.reasoning = Some(reasoning).filter(|reasoning| !reasoning.is_empty());
            message.model.clone_from(&self.model);
            let reason = &["finish_reason", "end_reason"];
            message.finish_reason = first_text(item, reason);
        } else {
            self.pass_over_thoughts();
        }
        push(&mut self.conversation, message);
        Ok(())
    }

    /// Counts what was thought before no message.
    fn pass_over_thoughts(&mut self) {
        if !self.thoughts.is_empty() {
            self.thoughts.clear();
            let left_out = &mut self.conversation.left_out;
            left_out.count("thoughts without a reply");
        }
    }

    /// The conversation, unless there was none.
    fn end(mut self, name: &str) -> Option<Conversation> {
        self.pass_over_thoughts();
        let mut conversation = self.conversation;
        if conversation.messages.is_empty() && conversation.left_out.kinds().next().is_none() {
            return None;
        }
        if conversation.id.is_empty() {
            name.strip_suffix(".jsonl")
                .unwrap_or(name)
                .clone_into(&mut conversation.id);
        }
        Some(conversation)
    }
}

#[cfg(test)]
mod tests;
