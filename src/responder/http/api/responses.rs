//! The responses of OpenAI. All of the context is sent, and nothing is kept at the
//! other side.

use std::borrow::Cow;

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

/// Reads an event that is an object.
pub(super) fn event(data: &[u8]) -> Option<Says<'_>> {
    let delta: Option<Delta<'_>> = serde_json::from_slice(data).ok();
    if let Some(piece) = delta.and_then(Delta::piece) {
        return Some(Says::Piece(piece));
    }
    let event: Event<'_> = serde_json::from_slice(data).ok()?;
    let kind = event.kind.map_or("", |kind| kind.get().trim_matches('"'));
    let object = event
        .object
        .map_or("", |object| object.get().trim_matches('"'));
    if let Some(error) = event.error.and_then(parse::<Value>).filter(is_something) {
        return Some(Says::Failed(Said::in_value(&error)));
    }
    let piece = match kind {
        "response.output_text.annotation.added" => Piece {
            sources: event.annotation.map(raw).into_iter().collect(),
            ..Piece::default()
        },
        "response.reasoning_summary_part.added"
            if event.summary_index.0.is_some_and(|at| at > 0) =>
        {
            Piece {
                thought: Cow::Borrowed(b"\n\n"),
                ..Piece::default()
            }
        }
        "response.output_item.added" => Piece {
            calls_tool: event
                .item
                .and_then(parse::<Value>)
                .is_some_and(|item| is_call(&item)),
            ..Piece::default()
        },
        "response.completed"
        | "response.incomplete"
        | "response.failed"
        | "response.cancelled"
        | "response.done" => whole(parse(event.response?)?),
        _ if object == "response" => whole(serde_json::from_slice(data).ok()?),
        _ => {
            let value: Value = serde_json::from_slice(data).ok()?;
            let failed = Said::in_object(&value).map(Says::Failed);
            return Some(failed.unwrap_or(Says::Nothing));
        }
    };
    Some(Says::Piece(piece))
}

/// The next part of a text, as most of the events are.
#[derive(Deserialize)]
struct Delta<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow, rename = "delta")]
    content: Content<'a>,
    #[serde(default)]
    output_index: Number,
}

impl<'a> Delta<'a> {
    /// The piece of the reply that it is; none if it is part of something else.
    fn piece(self) -> Option<Piece<'a>> {
        let mut piece = Piece {
            item: self.output_index.0.unwrap_or(0),
            ..Piece::default()
        };
        match &*self.kind {
            "response.output_text.delta" | "response.refusal.delta" => {
                piece.text = self.content.text;
            }
            "response.reasoning_summary_text.delta"
            | "response.reasoning_summary.delta"
            | "response.reasoning_text.delta"
            | "response.reasoning.delta" => piece.thought = self.content.whole(),
            _ => return None,
        }
        Some(piece)
    }
}

/// What an answer as a whole says. Its text has come already if it was streamed.
fn whole(response: Response) -> Piece<'static> {
    let mut piece = Piece {
        is_message: true,
        is_last: true,
        counts: counts(&response.usage),
        ..Piece::default()
    };
    let items = response.output.as_array().into_iter().flatten();
    for item in items {
        piece.calls_tool |= is_call(item);
        let parts = |name: &str| {
            item.get(name)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
        };
        let is_reasoning = item.get("type").and_then(Value::as_str) == Some("reasoning");
        // What comes next is another message.
        let mut is_next = !is_reasoning && !piece.text.is_empty();
        for part in parts("summary").chain(parts("content")) {
            let text = ["text", "refusal"]
                .iter()
                .find_map(|name| part.get(name)?.as_str());
            let text = text.unwrap_or_default();
            if !text.is_empty() && std::mem::take(&mut is_next) {
                append(&mut piece.text, Cow::Borrowed(b"\n\n"));
            }
            let text = Cow::Owned(text.as_bytes().to_vec());
            append(
                if is_reasoning {
                    &mut piece.thought
                } else {
                    &mut piece.text
                },
                text,
            );
            if let Some(sources) = part.get("annotations") {
                piece.sources.push(Cow::Owned(sources.to_string()));
            }
        }
    }
    let status = response.status.unwrap_or_default();
    let reason = response
        .incomplete_details
        .get("reason")
        .and_then(Value::as_str);
    piece.stop = Stop::of(reason.unwrap_or(&status));
    piece.failure =
        is_something(&response.error).then(|| Box::new(Said::in_value(&response.error)));
    piece
}

fn is_call(item: &Value) -> bool {
    let kind = item.get("type").and_then(Value::as_str);
    kind.is_some_and(|kind| kind.ends_with("_call"))
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

fn parse<T: serde::de::DeserializeOwned>(raw: &RawValue) -> Option<T> {
    serde_json::from_str(raw.get()).ok()
}
