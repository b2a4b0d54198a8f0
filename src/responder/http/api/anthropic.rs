//! The messages of Anthropic.

use std::borrow::Cow;

use serde::Deserialize;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::lenient::{parse, word};
use super::{Request, other, reported_in};
use crate::responder::http::content::Content;
use crate::responder::http::event::{Counts, EventContent, Part, append};
use crate::responder::http::reported_error::is_something;
use crate::responder::http::stop::Stop;
use crate::responder::{Ask, wire};

/// How long a reply may be, in tokens: the interface wants to be told, and this is
/// what its smallest model allows.
const MAX_TOKENS: u32 = 4096;

/// Writes the fields of a request. Returns those that no parameter may replace.
pub(super) fn body<M: SerializeMap>(
    request: &Request<'_>,
    map: &mut M,
) -> Result<&'static [&'static str], M::Error> {
    map.serialize_entry("messages", &Messages(request.ask))?;
    if let Some(system) = request.ask.system {
        request.default(map, "system", &system)?;
    }
    request.default(map, "max_tokens", &MAX_TOKENS)?;
    request.default(map, "stream", &true)?;
    Ok(&["messages"])
}

/// The context and the message, each with its role.
struct Messages<'a>(&'a Ask<'a>);

impl Serialize for Messages<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(wire::conversation(self.0))
    }
}

/// The fields that are used of an event, or of a message in one piece.
#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Option<&'a RawValue>,
    #[serde(borrow, default)]
    delta: Option<Delta<'a>>,
    #[serde(borrow, default)]
    content_block: Option<&'a RawValue>,
    #[serde(borrow, default)]
    message: Option<&'a RawValue>,
    #[serde(borrow, default)]
    usage: Option<&'a RawValue>,
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
}

/// What is new of a block, or of the message.
#[derive(Default, Deserialize)]
struct Delta<'a> {
    #[serde(borrow, default)]
    text: Content<'a>,
    #[serde(borrow, default)]
    thinking: Content<'a>,
    #[serde(borrow, default)]
    citation: Option<&'a RawValue>,
    #[serde(default)]
    stop_reason: Option<Value>,
}

/// Reads an event that is an object.
pub(super) fn event(data: &[u8]) -> Option<EventContent<'_>> {
    let event: Event<'_> = serde_json::from_slice(data).ok()?;
    if let Some(said) = reported_in(data, event.error) {
        return Some(EventContent::Failed(said));
    }
    let kind = word(event.kind);
    let counts: Option<Value> = event.usage.and_then(parse);
    let counts = counts.as_ref().map(counts_of).unwrap_or_default();
    let part = match kind {
        "content_block_delta" | "message_delta" => {
            let delta = event.delta.unwrap_or_default();
            Part {
                text: delta.text.text,
                thought: delta.thinking.whole(),
                stop: delta.stop_reason.as_ref().and_then(stop),
                sources: delta
                    .citation
                    .map(|raw| Cow::Borrowed(raw.get()))
                    .into_iter()
                    .collect(),
                counts,
                ..Part::default()
            }
        }
        "content_block_start" => {
            let mut part = Part::default();
            take_block(&parse(event.content_block?)?, &mut part);
            part
        }
        "message_start" => {
            let message: Value = event.message.and_then(parse).unwrap_or_default();
            let counts = message.get("usage").map(counts_of);
            Part {
                counts: counts.unwrap_or_default(),
                ..Part::default()
            }
        }
        "message_stop" => return Some(EventContent::Done),
        "message" => whole(&serde_json::from_slice(data).ok()?),
        "ping" | "content_block_stop" => return Some(EventContent::Nothing),
        _ => return Some(other(&serde_json::from_slice(data).ok()?)),
    };
    Some(EventContent::Part(part))
}

/// What a message in one piece says.
fn whole(message: &Value) -> Part<'static> {
    let mut part = Part {
        is_message: true,
        stop: message.get("stop_reason").and_then(stop),
        counts: message.get("usage").map(counts_of).unwrap_or_default(),
        ..Part::default()
    };
    let blocks = message.get("content").and_then(Value::as_array);
    for block in blocks.into_iter().flatten() {
        take_block(block, &mut part);
    }
    part
}

/// Takes a block of a message, or what there is of it when it begins.
fn take_block(block: &Value, part: &mut Part<'static>) {
    let text = |name: &str| {
        let text = block.get(name).and_then(Value::as_str);
        Cow::Owned(text.unwrap_or_default().as_bytes().to_vec())
    };
    match block.get("type").and_then(Value::as_str) {
        Some("text") => append(&mut part.text, text("text")),
        Some("thinking") => append(&mut part.thought, text("thinking")),
        Some("tool_use") => (part.calls_tool, part.waits_for_tool) = (true, true),
        _ => {}
    }
    let sources = block
        .get("citations")
        .filter(|sources| is_something(sources));
    let sources = sources.map(|sources| Cow::Owned(sources.to_string()));
    part.sources.extend(sources);
}

fn stop(reason: &Value) -> Option<Stop> {
    Stop::of(reason.as_str()?)
}

/// The tokens: what was sent is counted in three parts.
fn counts_of(usage: &Value) -> Counts {
    let count = |name: &str| usage.get(name).and_then(Value::as_i64);
    let cached = ["cache_read_input_tokens", "cache_creation_input_tokens"];
    let cached: i64 = cached
        .into_iter()
        .filter_map(count)
        .fold(0, i64::saturating_add);
    Counts {
        prompt: count("input_tokens").map(|sent| sent.saturating_add(cached)),
        reply: count("output_tokens"),
    }
}
