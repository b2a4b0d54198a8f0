//! The responses of OpenAI. All of the context is sent, and nothing is kept at the
//! other side.

use std::borrow::Cow;

use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::lenient::{Number, parse, word};
use super::{Request, other, reported_in};
use crate::responder::http::content::Content;
use crate::responder::http::event::{Counts, EventContent, Part, append};
use crate::responder::http::reported_error::{ReportedError, is_something};
use crate::responder::http::stop::Stop;
use crate::responder::{Ask, wire};

/// The calls that the endpoint does not carry out itself.
const OUR_CALLS: [&str; 6] = [
    "function_call",
    "custom_tool_call",
    "computer_call",
    "local_shell_call",
    "shell_call",
    "apply_patch_call",
];

/// Writes the fields of a request. Returns those that no parameter may replace.
pub(super) fn body<M: SerializeMap>(
    request: &Request<'_>,
    map: &mut M,
) -> Result<&'static [&'static str], M::Error> {
    map.serialize_entry("input", &Input(request.ask))?;
    if let Some(system) = request.ask.system {
        request.default(map, "instructions", &system)?;
    }
    request.default(map, "stream", &true)?;
    request.default(map, "store", &false)?;
    Ok(&["input"])
}

/// The context and the message, each with its role.
struct Input<'a>(&'a Ask<'a>);

impl Serialize for Input<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let messages = wire::conversation(self.0);
        serializer.collect_seq(messages.map(|message| Item {
            kind: "message",
            message,
        }))
    }
}

/// A message that says what it is. It may leave that out, but llama.cpp knows a
/// reply that was given before by nothing else, and refuses one without it.
#[derive(Serialize)]
struct Item<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(flatten)]
    message: wire::WireMessage<'a>,
}

/// The fields that are used of an event, or of an answer in one piece.
#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Option<&'a RawValue>,
    #[serde(borrow, default)]
    annotation: Option<&'a RawValue>,
    #[serde(borrow, default)]
    response: Option<&'a RawValue>,
    #[serde(borrow, default)]
    item: Option<&'a RawValue>,
    #[serde(default)]
    summary_index: Number,
    #[serde(borrow, default)]
    object: Option<&'a RawValue>,
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
    #[serde(borrow, default)]
    delta: Option<&'a RawValue>,
}

/// The number of an event.
#[derive(Deserialize)]
struct Numbered {
    #[serde(default)]
    sequence_number: Number,
}

/// An answer as a whole.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Response {
    status: Option<String>,
    error: Value,
    incomplete_details: Value,
    output: Value,
    usage: Value,
}

/// The number of an event among those of its stream.
pub(super) fn number(data: &[u8]) -> Option<i64> {
    let numbered: Option<Numbered> = serde_json::from_slice(data).ok();
    numbered?.sequence_number.0
}

/// Reads an event that is an object.
pub(super) fn event(data: &[u8]) -> Option<EventContent<'_>> {
    let text: Option<TextEvent<'_>> = serde_json::from_slice(data).ok();
    if let Some(part) = text.and_then(TextEvent::part) {
        return Some(EventContent::Part(part));
    }
    let event: Event<'_> = serde_json::from_slice(data).ok()?;
    if let Some(said) = reported_in(data, event.error) {
        return Some(EventContent::Failed(said));
    }
    let part = match word(event.kind) {
        // Text of a form that nobody knows.
        "response.output_text.delta" | "response.refusal.delta" if event.delta.is_some() => {
            return None;
        }
        "response.output_text.annotation.added" => Part {
            sources: event.annotation.map(raw).into_iter().collect(),
            ..Part::default()
        },
        "response.reasoning_summary_part.added"
            if event.summary_index.0.is_some_and(|at| at > 0) =>
        {
            Part {
                thought: Cow::Borrowed(b"\n\n"),
                ..Part::default()
            }
        }
        "response.output_item.added" => {
            let item: Option<Value> = event.item.and_then(parse);
            Part {
                calls_tool: item.as_ref().is_some_and(is_call),
                waits_for_tool: item.as_ref().is_some_and(is_call_of_ours),
                ..Part::default()
            }
        }
        "response.completed"
        | "response.incomplete"
        | "response.failed"
        | "response.cancelled"
        | "response.done" => whole(parse(event.response?)?),
        _ if word(event.object) == "response" => whole(serde_json::from_slice(data).ok()?),
        _ => return Some(other(&serde_json::from_slice(data).ok()?)),
    };
    Some(EventContent::Part(part))
}

/// The next part of a text, as most of the events are, or all of it again at its end.
#[derive(Deserialize)]
struct TextEvent<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow, default)]
    delta: Option<Content<'a>>,
    #[serde(borrow, default)]
    text: Option<Content<'a>>,
    #[serde(borrow, default)]
    refusal: Option<Content<'a>>,
    #[serde(default)]
    output_index: Number,
    #[serde(default)]
    content_index: Number,
}

impl<'a> TextEvent<'a> {
    /// The part of the reply that it is; none if it is part of something else.
    fn part(self) -> Option<Part<'a>> {
        let mut part = Part {
            place: [self.output_index, self.content_index]
                .map(|index| index.0.unwrap_or(0))
                .into(),
            ..Part::default()
        };
        match &*self.kind {
            "response.output_text.delta" | "response.refusal.delta" => {
                part.text = self.delta?.text;
            }
            "response.output_text.done" | "response.refusal.done" => {
                part.text = self.text.or(self.refusal)?.text;
                (part.is_message, part.is_open) = (true, true);
            }
            "response.reasoning_summary_text.delta"
            | "response.reasoning_summary.delta"
            | "response.reasoning_text.delta"
            | "response.reasoning.delta" => part.thought = self.delta?.whole(),
            _ => return None,
        }
        Some(part)
    }
}

/// What an answer as a whole says. Its text has mostly come already if it was streamed.
fn whole(response: Response) -> Part<'static> {
    let mut part = Part {
        is_message: true,
        is_last: true,
        counts: counts(&response.usage),
        ..Part::default()
    };
    let items = response.output.as_array().into_iter().flatten();
    for item in items {
        part.calls_tool |= is_call(item);
        part.waits_for_tool |= is_call_of_ours(item);
        let blocks = |name: &str| {
            item.get(name)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
        };
        let is_reasoning = item.get("type").and_then(Value::as_str) == Some("reasoning");
        // What comes next is another message.
        let mut is_next = !is_reasoning && !part.text.is_empty();
        for block in blocks("summary").chain(blocks("content")) {
            let text = ["text", "refusal"]
                .iter()
                .find_map(|name| block.get(name)?.as_str());
            let text = text.unwrap_or_default();
            if !text.is_empty() && std::mem::take(&mut is_next) {
                append(&mut part.text, Cow::Borrowed(b"\n\n"));
            }
            let text = Cow::Owned(text.as_bytes().to_vec());
            append(
                if is_reasoning {
                    &mut part.thought
                } else {
                    &mut part.text
                },
                text,
            );
            if let Some(sources) = block.get("annotations") {
                part.sources.push(Cow::Owned(sources.to_string()));
            }
        }
    }
    let status = response.status.unwrap_or_default();
    let reason = response
        .incomplete_details
        .get("reason")
        .and_then(Value::as_str);
    part.stop = Stop::of(reason.unwrap_or(&status));
    part.failure =
        is_something(&response.error).then(|| Box::new(ReportedError::in_value(&response.error)));
    part
}

fn is_call(item: &Value) -> bool {
    let kind = item.get("type").and_then(Value::as_str);
    kind.is_some_and(|kind| kind.ends_with("_call"))
}

/// Whether a call is of a tool that we would have; a search and the like are made there.
fn is_call_of_ours(item: &Value) -> bool {
    let kind = item.get("type").and_then(Value::as_str);
    kind.is_some_and(|kind| OUR_CALLS.contains(&kind))
}

fn counts(usage: &Value) -> Counts {
    let count = |name: &str| usage.get(name).and_then(Value::as_i64);
    Counts {
        prompt: count("input_tokens"),
        reply: count("output_tokens"),
    }
}

fn raw(json: &RawValue) -> Cow<'_, str> {
    Cow::Borrowed(json.get())
}
