//! A message with its type, and what it holds.

use std::collections::HashSet;

use serde_json::Value;

use super::super::chain::{count, push};
use super::super::content::Content;
use super::super::conversation::{Conversation, Utterance};
use super::super::json::{first_count, first_text, items, text};
use super::super::source::Broken;
use super::super::speaker::Speaker;
use super::super::times::time_of;
use crate::domain::{Role, Usage};

/// The messages of a conversation that is being read.
#[derive(Default)]
pub(super) struct Messages {
    pub(super) conversation: Conversation,
    pub(super) broken: Vec<Broken>,
    names: HashSet<String>,
}

impl Messages {
    /// Takes a message; without a name of its own it is called by its number.
    pub(super) fn take(
        &mut self,
        message: Result<&Value, String>,
        name: Option<String>,
        number: usize,
        place: String,
    ) {
        if let Err(why) = message.and_then(|message| self.add(message, name, number)) {
            self.broken.push(Broken { place, why });
        }
    }

    fn add(&mut self, message: &Value, name: Option<String>, number: usize) -> Result<(), String> {
        let data = message.get("data").filter(|data| data.is_object());
        let data = data.ok_or("it has no data")?;
        let kind = text(message, "type").or_else(|| text(data, "type"));
        let kind = kind.ok_or("it has no type")?;
        let word = match kind {
            // Its role is free text.
            "chat" | "ChatMessageChunk" => text(data, "role").ok_or("it has no role")?,
            kind => kind.strip_suffix("MessageChunk").unwrap_or(kind),
        };
        let left_out = &mut self.conversation.left_out;
        if word == "remove" {
            left_out.count("removals");
            return Ok(());
        }
        let speaker = Speaker::parse(word).ok_or_else(|| {
            let word: String = word.chars().take(40).collect();
            format!("nobody knows the type `{word}`")
        })?;
        let Speaker::Is(role) = speaker else {
            left_out.count("tool messages");
            return Ok(());
        };
        let content = Content::read(&data["content"], left_out);
        let beside = &data["additional_kwargs"];
        // The same calls may stand in all of these places.
        let calls = [items(data, "tool_calls"), items(beside, "tool_calls")];
        let calls = calls.map(|calls| u64::try_from(calls.len()).unwrap_or(u64::MAX));
        let calls = calls.into_iter().max().unwrap_or(0).max(content.tool_calls);
        let calls = calls.max(u64::from(beside["function_call"].is_object()));
        count(left_out, "tool calls", calls);
        let reasoning = content.reasoning();
        let reasoning = reasoning.or_else(|| first_text(beside, &["reasoning_content"]));
        if calls > 0 && content.text.is_empty() && reasoning.is_none() {
            return Ok(());
        }
        let name = name.or_else(|| first_text(data, &["id"]));
        let name = name.filter(|name| !self.names.contains(name));
        let name = name.unwrap_or_else(|| number.to_string());
        if !self.names.insert(name.clone()) {
            return Err(format!("another message has the name `{name}`"));
        }
        let mut utterance = Utterance::new(name, role, content.text);
        utterance.at = [data, beside]
            .iter()
            .find_map(|object| time_of(&object["timestamp"]));
        if role == Role::Ai {
            let response = &data["response_metadata"];
            utterance.reasoning = reasoning;
            utterance.model = first_text(response, &["model_name", "model", "model_id"]);
            utterance.finish_reason =
                first_text(response, &["finish_reason", "stop_reason", "done_reason"]);
            utterance.usage =
                usage_of(&data["usage_metadata"]).or_else(|| usage_of(&response["token_usage"]));
        }
        push(&mut self.conversation, utterance);
        Ok(())
    }
}

fn usage_of(usage: &Value) -> Option<Usage> {
    let prompt = first_count(usage, &["input_tokens", "prompt_tokens"])?;
    let reply = first_count(usage, &["output_tokens", "completion_tokens"])?;
    Some(Usage { prompt, reply })
}
