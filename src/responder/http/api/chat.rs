//! The chat completions of OpenAI, which most servers have.

use std::borrow::Cow;

use serde::de::{DeserializeOwned, Deserializer, SeqAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::Request;
use super::lenient::Number;
use crate::responder::http::content::Content;
use crate::responder::http::event::{Counts, Piece, Says, append};
use crate::responder::http::said::{Said, is_something};
use crate::responder::http::stop::Stop;
use crate::responder::{Ask, wire};

/// Writes the fields of a request. Returns those that no parameter may replace.
pub(super) fn body<M: SerializeMap>(
    request: &Request<'_>,
    map: &mut M,
) -> Result<&'static [&'static str], M::Error> {
    map.serialize_entry("messages", &Messages(request.ask))?;
    if request.streams() {
        let options = Options {
            include_usage: true,
        };
        request.default(map, "stream", &true)?;
        request.default(map, "stream_options", &options)?;
    }
    Ok(&["messages"])
}

#[derive(Serialize)]
struct Options {
    include_usage: bool,
}

/// The system's words, the context and the message, each with its role.
struct Messages<'a>(&'a Ask<'a>);

impl Serialize for Messages<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(wire::messages(self.0))
    }
}

/// Reads an event that is an object.
pub(super) fn event(data: &[u8]) -> Option<Says<'_>> {
    let chunk: Chunk<'_> = serde_json::from_slice(data).ok()?;
    if chunk.choices.count == 0 {
        if let Some(said) = reported(chunk.error) {
            return Some(Says::Failed(said));
        }
        if chunk.usage.is_none() && chunk.citations.is_none() {
            return without_choices(data);
        }
    }
    Some(Says::Piece(chunk.piece()))
}

/// The fields that are used of an event or an answer. What is seldom looked at, or
/// alike in all events, is not parsed at once.
#[derive(Deserialize)]
struct Chunk<'a> {
    #[serde(borrow, default)]
    choices: Choices<'a>,
    #[serde(borrow, default)]
    usage: Option<&'a RawValue>,
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
    #[serde(borrow, default)]
    citations: Option<&'a RawValue>,
    #[serde(borrow, default)]
    search_results: Option<&'a RawValue>,
}

/// The answers: if several were asked for, the first one counts.
#[derive(Default)]
struct Choices<'a> {
    count: usize,
    first: Choice<'a>,
}

#[derive(Default, Deserialize)]
struct Choice<'a> {
    #[serde(default)]
    index: Number,
    #[serde(borrow, default)]
    delta: Option<Message<'a>>,
    #[serde(borrow, default)]
    message: Option<Message<'a>>,
    #[serde(borrow, default)]
    text: Content<'a>,
    /// Null if it is there and says nothing.
    #[serde(default, deserialize_with = "present")]
    finish_reason: Option<Value>,
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
struct Message<'a> {
    #[serde(borrow, default)]
    content: Content<'a>,
    #[serde(borrow, default)]
    refusal: Content<'a>,
    #[serde(borrow, default)]
    reasoning_content: Content<'a>,
    #[serde(borrow, default)]
    reasoning: Content<'a>,
    #[serde(borrow, default)]
    thinking: Content<'a>,
    #[serde(borrow, default)]
    reasoning_details: Content<'a>,
    #[serde(borrow, default)]
    tool_calls: Option<&'a RawValue>,
    #[serde(borrow, default)]
    function_call: Option<&'a RawValue>,
    #[serde(borrow, default)]
    annotations: Option<&'a RawValue>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Choices<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_option(ChoicesVisitor)
    }
}

struct ChoicesVisitor;

impl<'de> Visitor<'de> for ChoicesVisitor {
    type Value = Choices<'de>;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a list of answers")
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(Choices::default())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut choices = Choices::default();
        let mut is_known = false;
        while let Some(choice) = list.next_element::<Choice<'_>>()? {
            choices.count += 1;
            if !is_known && choice.index.0.is_none_or(|index| index == 0) {
                choices.first = choice;
                is_known = true;
            }
        }
        Ok(choices)
    }
}

impl<'a> Chunk<'a> {
    fn piece(self) -> Piece<'a> {
        let Choice {
            delta,
            message,
            text,
            finish_reason,
            error,
            ..
        } = self.choices.first;
        let is_message = message.is_some()
            && delta
                .as_ref()
                .is_none_or(|delta| delta.content.text.is_empty());
        let said = if is_message { message } else { delta };
        let said = said.unwrap_or_default();
        let is_open = is_message && finish_reason == Some(Value::Null);
        let mut piece = Piece {
            is_message,
            is_open,
            calls_tool: is_list(said.tool_calls) || is_list(said.function_call),
            stop: finish_reason.as_ref().and_then(stop),
            counts: self.usage.map(counts).unwrap_or_default(),
            failure: reported(error.or(self.error)),
            sources: [self.citations, self.search_results, said.annotations]
                .map(|list| list.map(|list| Cow::Borrowed(list.get()))),
            text: said.content.text,
            thought: said.content.thought,
            ..Piece::default()
        };
        append(&mut piece.text, said.refusal.text);
        append(&mut piece.text, text.text);
        // Some endpoints send the same under two names.
        let thoughts = [
            said.reasoning_content,
            said.reasoning,
            said.thinking,
            said.reasoning_details,
        ];
        let thought = thoughts
            .into_iter()
            .map(Content::whole)
            .find(|thought| !thought.is_empty());
        append(&mut piece.thought, thought.unwrap_or_default());
        piece
    }
}

/// The error in a field of that name, unless it says that there is none.
fn reported(error: Option<&RawValue>) -> Option<Said> {
    let value = parse(error?)?;
    is_something(&value).then(|| Said::in_value(&value))
}

fn parse<T: DeserializeOwned>(raw: &RawValue) -> Option<T> {
    serde_json::from_str(raw.get()).ok()
}

/// Whether a field holds something that is called.
fn is_list(calls: Option<&RawValue>) -> bool {
    calls.is_some_and(|calls| !matches!(calls.get(), "[]" | "{}" | "\"\"" | "false"))
}

fn stop(reason: &Value) -> Option<Stop> {
    match reason {
        Value::Null => None,
        Value::String(word) => Stop::of(word),
        other => Stop::of(&other.to_string()),
    }
}

fn counts(usage: &RawValue) -> Counts {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Usage {
        prompt_tokens: Number,
        completion_tokens: Number,
        input_tokens: Number,
        output_tokens: Number,
    }
    let usage: Usage = parse(usage).unwrap_or_default();
    Counts {
        prompt: usage.prompt_tokens.0.or(usage.input_tokens.0),
        reply: usage.completion_tokens.0.or(usage.output_tokens.0),
    }
}

/// Reads an object that has no answers in it: an error, a message in Ollama's own
/// form, or nothing.
fn without_choices(data: &[u8]) -> Option<Says<'static>> {
    let value: Value = serde_json::from_slice(data).ok()?;
    if let Some(said) = Said::in_object(&value) {
        return Some(Says::Failed(said));
    }
    let Some(is_last) = value.get("done").and_then(Value::as_bool) else {
        return Some(Says::Nothing);
    };
    let message = value.get("message").unwrap_or(&value);
    let text = |name: &str| {
        let text = message.get(name).and_then(Value::as_str);
        Cow::Owned(text.unwrap_or_default().as_bytes().to_vec())
    };
    let count = |name: &str| value.get(name).and_then(Value::as_i64);
    let mut piece = Piece {
        text: text("content"),
        thought: text("thinking"),
        is_last,
        calls_tool: message.get("tool_calls").is_some_and(is_something),
        stop: value.get("done_reason").and_then(stop),
        counts: Counts {
            prompt: count("prompt_eval_count"),
            reply: count("eval_count"),
        },
        ..Piece::default()
    };
    append(&mut piece.text, text("response"));
    Some(Says::Piece(piece))
}

/// A field that is there, null or not.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests;
