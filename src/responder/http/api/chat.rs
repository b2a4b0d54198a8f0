//! The chat completions of OpenAI, which most servers have.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::chunk::{Choice, Chunk};
use super::lenient::{Number, parse};
use super::{Request, other, reported, reported_in};
use crate::responder::http::event::{Counts, EventContent, Part, append};
use crate::responder::http::reported_error::is_something;
use crate::responder::http::stop::{Stop, StopKind};
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
pub(super) fn event(data: &[u8]) -> Option<EventContent<'_>> {
    let chunk: Chunk<'_> = serde_json::from_slice(data).ok()?;
    if chunk.count == 0 {
        if let Some(said) = reported_in(data, chunk.error) {
            return Some(EventContent::Failed(said));
        }
        let is_empty = chunk.usage.is_none() && chunk.citations.is_none();
        if is_empty || chunk.kind.is_some() {
            return without_choices(data);
        }
    }
    Some(EventContent::Part(chunk.part(data)))
}

impl<'a> Chunk<'a> {
    /// The part of the reply that it is; `data` is all of it.
    fn part(self, data: &[u8]) -> Part<'a> {
        let Choice {
            delta,
            message,
            finish_reason,
            native_finish_reason,
            error,
        } = self.first;
        let mut stop = finish_reason.and_then(stop_in);
        if let Some(known) = stop.take_if(|stop| stop.kind == StopKind::Finished) {
            let is_truncated = self.truncated.is_some_and(|raw| raw.get() == "true");
            let native = native_finish_reason.and_then(stop_in);
            // A router calls it finished, whatever has happened behind it.
            let telling = |stop: &Stop| matches!(stop.kind, StopKind::Filter | StopKind::Length);
            let full = is_truncated.then(|| Stop::of("length")).flatten();
            stop = native.filter(telling).or(full).or(Some(known));
        }
        let (is_message, said) = match message {
            Some(message) if delta.text.is_empty() => (true, *message),
            _ => (false, delta),
        };
        Part {
            is_message,
            is_open: is_message && finish_reason.is_some_and(is_null),
            calls_tool: said.calls_tool,
            waits_for_tool: said.calls_tool,
            stop,
            counts: self.usage.map(counts).unwrap_or_default(),
            failure: [error, said.error]
                .into_iter()
                .find_map(reported)
                .or_else(|| reported_in(data, self.error))
                .map(Box::new),
            sources: [self.citations, self.search_results, said.annotations]
                .into_iter()
                .flatten()
                .map(|list| Cow::Borrowed(list.get()))
                .collect(),
            text: said.text,
            thought: said.thought,
            ..Part::default()
        }
    }
}

/// Why the model stopped, as the JSON of a field says; nearly always that is null.
fn stop_in(reason: &RawValue) -> Option<Stop> {
    let reason = Some(reason).filter(|reason| !is_null(reason))?;
    stop_of(&parse(reason)?)
}

fn is_null(json: &RawValue) -> bool {
    json.get() == "null"
}

fn stop_of(reason: &Value) -> Option<Stop> {
    match reason {
        Value::Null => None,
        Value::String(word) => Stop::of(word),
        Value::Array(list) => list.iter().find_map(stop_of),
        Value::Object(fields) if fields.contains_key("type") => {
            fields.get("type").and_then(stop_of)
        }
        other => Stop::of(&other.to_string()),
    }
}

fn counts(usage: &RawValue) -> Counts {
    let usage: BTreeMap<Cow<'_, str>, Number> = parse(usage).unwrap_or_default();
    let count = |names: [&str; 2]| names.iter().find_map(|name| usage.get(*name)?.0);
    Counts {
        prompt: count(["prompt_tokens", "input_tokens"]),
        reply: count(["completion_tokens", "output_tokens"]),
    }
}

/// Reads an object that has no answers in it: an error, a message in Ollama's own
/// form, or nothing.
fn without_choices(data: &[u8]) -> Option<EventContent<'static>> {
    let value: Value = serde_json::from_slice(data).ok()?;
    let said = other(&value);
    let is_last = value.get("done").and_then(Value::as_bool);
    let (EventContent::Nothing, Some(is_last)) = (&said, is_last) else {
        return Some(said);
    };
    let message = value.get("message").unwrap_or(&value);
    let text = |name: &str| {
        let text = message.get(name).and_then(Value::as_str);
        Cow::Owned(text.unwrap_or_default().as_bytes().to_vec())
    };
    let count = |name: &str| value.get(name).and_then(Value::as_i64);
    let calls_tool = message.get("tool_calls").is_some_and(is_something);
    let mut part = Part {
        text: text("content"),
        thought: text("thinking"),
        is_last,
        calls_tool,
        waits_for_tool: calls_tool,
        stop: value.get("done_reason").and_then(stop_of),
        counts: Counts {
            prompt: count("prompt_eval_count"),
            reply: count("eval_count"),
        },
        ..Part::default()
    };
    append(&mut part.text, text("response"));
    Some(EventContent::Part(part))
}

#[cfg(test)]
mod tests;
