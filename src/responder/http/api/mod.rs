//! The forms of requests and answers, one file each: what is asked, and what an
//! event of the answer says. Everything else is the same for all of them.

mod anthropic;
mod chat;
mod chunk;
mod lenient;
mod responses;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::endpoint::Api;
use super::error_words::error_text;
use super::event::{EventContent, Part};
use super::reported_error::{ReportedError, is_something};
use crate::responder::Ask;
use lenient::parse;

/// What is asked, and of whom.
///
/// The parameters of the configuration may replace or, with null, remove
/// everything but the model and the messages.
pub(super) struct Request<'a> {
    pub api: Api,
    pub model: &'a str,
    pub ask: &'a Ask<'a>,
    /// Temperature and the like, by the names that the endpoint uses.
    pub parameters: &'a Map<String, Value>,
}

impl Request<'_> {
    /// The body as JSON.
    pub(super) fn bytes(&self) -> Vec<u8> {
        // Maps with text for keys cannot fail to become JSON.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Whether the reply is to come in pieces.
    fn streams(&self) -> bool {
        let streams = self.parameters.get("stream");
        streams.is_none_or(|streams| *streams == Value::Bool(true))
    }

    /// Writes a field that the parameters may replace.
    fn default<M: SerializeMap>(
        &self,
        map: &mut M,
        name: &str,
        value: &impl Serialize,
    ) -> Result<(), M::Error> {
        if self.parameters.contains_key(name) {
            return Ok(());
        }
        map.serialize_entry(name, value)
    }
}

impl Serialize for Request<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("model", self.model)?;
        let ours = match self.api {
            Api::Chat => chat::body(self, &mut map)?,
            Api::Responses => responses::body(self, &mut map)?,
            Api::Anthropic => anthropic::body(self, &mut map)?,
        };
        for (name, value) in self.parameters {
            if name != "model" && !ours.contains(&name.as_str()) && !value.is_null() {
                map.serialize_entry(name, value)?;
            }
        }
        map.end()
    }
}

impl Api {
    /// Where below the base URL it is asked.
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::Chat => "/chat/completions",
            Self::Responses => "/responses",
            Self::Anthropic => "/messages",
        }
    }

    /// The number of an event in its stream, where the form numbers them.
    pub(super) fn number(self, data: &[u8]) -> Option<i64> {
        match self {
            Self::Responses => responses::number(data),
            Self::Chat | Self::Anthropic => None,
        }
    }

    /// Reads the data of one event; an answer in one piece is one too. None if it is
    /// an object that cannot be read.
    ///
    /// A reply comes in objects, so that anything else is no part of it. Only the
    /// necessary fields have to be there: some servers leave out ids, indices, roles
    /// and others.
    pub(super) fn event(self, data: &[u8]) -> Option<EventContent<'_>> {
        let data = data.trim_ascii();
        if data == b"[DONE]" {
            return Some(EventContent::Done);
        }
        match data.first() {
            Some(b'{') => {}
            Some(b'[') => return self.listed(data),
            // Some put what is an event already into another.
            Some(b'd') if data.starts_with(b"data:") => {
                let inner = data.get(b"data:".len()..)?;
                return if inner.trim_ascii().starts_with(b"data:") {
                    Some(EventContent::Nothing)
                } else {
                    self.event(inner)
                };
            }
            _ => return Some(error_text(data).map_or(EventContent::Nothing, EventContent::Failed)),
        }
        let read = match self {
            Self::Chat => chat::event,
            Self::Responses => responses::event,
            Self::Anthropic => anthropic::event,
        };
        read(data).or_else(|| {
            let mended = lenient::mended(data)?;
            Some(read(&mended)?.into_owned())
        })
    }
}

/// The error in a field of that name, unless it says that there is none.
fn reported(error: Option<&RawValue>) -> Option<ReportedError> {
    let value = parse(error?)?;
    is_something(&value).then(|| ReportedError::in_value(&value))
}

/// The same where the field is one of an event: its words may stand beside it.
fn reported_in(data: &[u8], error: Option<&RawValue>) -> Option<ReportedError> {
    let said = reported(Some(error?))?;
    Some(with_words_of(data, said))
}

/// An error with the words of the event that it came in. Few events have one, and what all
/// of them pass through is faster without this in it.
#[cold]
fn with_words_of(data: &[u8], said: ReportedError) -> ReportedError {
    let event: Option<Value> = serde_json::from_slice(data).ok();
    event.map_or(said, |event| ReportedError::in_value(&event))
}

/// What an object says that no form knows: perhaps an error that is not called one.
fn other(value: &Value) -> EventContent<'static> {
    ReportedError::in_object(value).map_or(EventContent::Nothing, EventContent::Failed)
}

impl Api {
    /// What a list says: some servers wrap their events in one, and others their
    /// errors. None if it holds objects and cannot be read.
    fn listed(self, data: &[u8]) -> Option<EventContent<'static>> {
        if let EventContent::Failed(said) = listed_error(data) {
            return Some(EventContent::Failed(said));
        }
        let is_of_objects = data.get(1..).is_some_and(|rest| {
            let rest = rest.trim_ascii_start();
            rest.starts_with(b"{")
        });
        if !is_of_objects {
            return Some(error_text(data).map_or(EventContent::Nothing, EventContent::Failed));
        }
        let list: Vec<&RawValue> = serde_json::from_slice(data).ok()?;
        let mut all: Option<Part<'static>> = None;
        for one in list {
            match self.event(one.get().as_bytes())? {
                EventContent::Part(part) => {
                    let part = part.into_owned();
                    all = Some(match all {
                        Some(before) => before.with(part),
                        None => part,
                    });
                }
                EventContent::Nothing => {}
                other => return Some(other.into_owned()),
            }
        }
        Some(all.map_or(EventContent::Nothing, EventContent::Part))
    }
}

/// What a list says that holds an error.
fn listed_error(data: &[u8]) -> EventContent<'static> {
    let list: Option<Vec<Value>> = serde_json::from_slice(data).ok();
    let first = list.and_then(|list| list.into_iter().next());
    match first {
        Some(first) if first.get("error").is_some_and(is_something) => {
            EventContent::Failed(ReportedError::in_value(&first))
        }
        Some(first) if first.is_object() => other(&first),
        _ => EventContent::Nothing,
    }
}

#[cfg(test)]
mod tests;
