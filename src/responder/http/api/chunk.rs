//! The fields that are used of an event of chat completions, or of a whole answer.
//!
//! An answer has an event a token, so these are read by hand: nothing is copied or
//! checked that need not be. A key that stands twice has its last value.

use std::borrow::Cow;
use std::fmt::{self, Formatter};

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::lenient::Number;
use crate::responder::http::content::Content;
use crate::responder::http::event::{Bytes, append};

/// An event. What is seldom looked at, or alike in all events, is not parsed at once.
#[derive(Default)]
pub(super) struct Chunk<'a> {
    /// How many answers are in it.
    pub count: usize,
    /// The first answer, which counts if several were asked for.
    pub first: Choice<'a>,
    pub usage: Option<&'a RawValue>,
    pub error: Option<&'a RawValue>,
    pub citations: Option<&'a RawValue>,
    pub search_results: Option<&'a RawValue>,
}

/// What an event says of one of several answers.
#[derive(Default)]
pub(super) struct Choice<'a> {
    /// The next part of a message.
    pub delta: Message<'a>,
    /// A message that is not streamed.
    pub message: Option<Box<Message<'a>>>,
    /// Null if it is there and says nothing.
    pub finish_reason: Option<Value>,
    pub error: Option<&'a RawValue>,
}

/// A message, or a part of one.
#[derive(Default)]
pub(super) struct Message<'a> {
    pub text: Bytes<'a>,
    pub thought: Bytes<'a>,
    pub annotations: Option<&'a RawValue>,
    pub calls_tool: bool,
}

/// The name of a field.
struct Name<'a>(Bytes<'a>);

impl<'de: 'a, 'a> Deserialize<'de> for Name<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(NameVisitor)
    }
}

struct NameVisitor;

impl<'de> Visitor<'de> for NameVisitor {
    type Value = Name<'de>;

    fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("the name of a field")
    }

    fn visit_borrowed_bytes<E>(self, name: &'de [u8]) -> Result<Self::Value, E> {
        Ok(Name(Cow::Borrowed(name)))
    }

    fn visit_bytes<E>(self, name: &[u8]) -> Result<Self::Value, E> {
        Ok(Name(Cow::Owned(name.to_owned())))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Chunk<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ChunkVisitor)
    }
}

struct ChunkVisitor;

impl<'de> Visitor<'de> for ChunkVisitor {
    type Value = Chunk<'de>;

    fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("an event")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
        let mut chunk = Chunk::default();
        while let Some(Name(name)) = fields.next_key()? {
            match &*name {
                b"choices" => {
                    let choices: Option<Choices<'de>> = fields.next_value()?;
                    (chunk.count, chunk.first) = choices.map_or_else(Default::default, |c| c.0);
                }
                b"usage" => chunk.usage = fields.next_value()?,
                b"error" => chunk.error = fields.next_value()?,
                b"citations" => chunk.citations = fields.next_value()?,
                b"search_results" => chunk.search_results = fields.next_value()?,
                _ => drop(fields.next_value::<IgnoredAny>()?),
            }
        }
        Ok(chunk)
    }
}

/// How many answers there are, and the first one.
struct Choices<'a>((usize, Choice<'a>));

impl<'de: 'a, 'a> Deserialize<'de> for Choices<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ChoicesVisitor)
    }
}

struct ChoicesVisitor;

impl<'de> Visitor<'de> for ChoicesVisitor {
    type Value = Choices<'de>;

    fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of answers")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let (mut count, mut first) = (0, None);
        while let Some(Numbered(number, choice)) = list.next_element()? {
            count += 1;
            if first.is_none() && number.0.is_none_or(|number| number == 0) {
                first = Some(choice);
            }
        }
        Ok(Choices((count, first.unwrap_or_default())))
    }
}

/// An answer and its number among several.
struct Numbered<'a>(Number, Choice<'a>);

impl<'de: 'a, 'a> Deserialize<'de> for Numbered<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ChoiceVisitor)
    }
}

struct ChoiceVisitor;

impl<'de> Visitor<'de> for ChoiceVisitor {
    type Value = Numbered<'de>;

    fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("an answer")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
        let (mut number, mut choice) = (Number::default(), Choice::default());
        while let Some(Name(name)) = fields.next_key()? {
            match &*name {
                b"index" => number = fields.next_value()?,
                b"delta" => choice.delta = fields.next_value::<Option<_>>()?.unwrap_or_default(),
                b"message" => choice.message = fields.next_value()?,
                // That of the completions that were no chat yet.
                b"text" => choice.delta.text = fields.next_value::<Content<'_>>()?.text,
                b"finish_reason" => choice.finish_reason = Some(fields.next_value()?),
                b"error" => choice.error = fields.next_value()?,
                _ => drop(fields.next_value::<IgnoredAny>()?),
            }
        }
        Ok(Numbered(number, choice))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Message<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MessageVisitor)
    }
}

struct MessageVisitor;

impl<'de> Visitor<'de> for MessageVisitor {
    type Value = Message<'de>;

    fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("a message")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
        let (mut message, mut refusal) = (Message::default(), Bytes::default());
        while let Some(Name(name)) = fields.next_key()? {
            // Some endpoints send the same thought under two names.
            let mut think = |thought: Bytes<'de>| {
                if message.thought.is_empty() {
                    message.thought = thought;
                }
            };
            match &*name {
                b"content" => {
                    let content: Content<'_> = fields.next_value()?;
                    think(content.thought);
                    message.text = content.text;
                }
                b"refusal" => refusal = fields.next_value::<Content<'_>>()?.text,
                b"reasoning_content" | b"reasoning" | b"thinking" | b"reasoning_details" => {
                    think(fields.next_value::<Content<'_>>()?.whole());
                }
                b"tool_calls" | b"function_call" => {
                    message.calls_tool |= is_call(fields.next_value()?);
                }
                b"annotations" => message.annotations = fields.next_value()?,
                _ => drop(fields.next_value::<IgnoredAny>()?),
            }
        }
        append(&mut message.text, refusal);
        Ok(message)
    }
}

/// Whether a field holds something that is called.
fn is_call(calls: Option<&RawValue>) -> bool {
    calls.is_some_and(|calls| !matches!(calls.get(), "[]" | "{}" | "\"\"" | "false"))
}
