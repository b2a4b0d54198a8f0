//! The fields that are used of an event of chat completions, or of a whole answer.
//!
//! An answer has an event a token, so these are read by hand: nothing is copied or
//! checked that need not be. A key that stands twice has its last value.

use std::borrow::Cow;
use std::fmt::{self, Formatter};

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
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
    /// The kind of an event: those of other forms have one.
    pub kind: Option<&'a RawValue>,
    /// True if the context was full: llama.cpp.
    pub truncated: Option<&'a RawValue>,
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
    pub finish_reason: Option<&'a RawValue>,
    /// What the model's own endpoint said, which a router passes on beside its word.
    pub native_finish_reason: Option<&'a RawValue>,
    pub error: Option<&'a RawValue>,
}

/// A message, or a part of one.
#[derive(Default)]
pub(super) struct Message<'a> {
    pub text: Bytes<'a>,
    pub thought: Bytes<'a>,
    pub annotations: Option<&'a RawValue>,
    pub error: Option<&'a RawValue>,
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

/// Fills what is already there: an event is not moved from hand to hand.
struct Fill<'t, T>(&'t mut T);

impl<'de: 'a, 'a> Deserialize<'de> for Chunk<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut chunk = Chunk::default();
        deserializer.deserialize_map(Fill(&mut chunk))?;
        Ok(chunk)
    }
}

impl<'de: 'a, 'a> Visitor<'de> for Fill<'_, Chunk<'a>> {
    type Value = ();

    fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("an event")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        let chunk = self.0;
        while let Some(Name(name)) = fields.next_key()? {
            match &*name {
                b"choices" => fields.next_value_seed(Choices(chunk))?,
                b"usage" => chunk.usage = fields.next_value()?,
                b"error" => chunk.error = fields.next_value()?,
                b"type" => chunk.kind = fields.next_value()?,
                b"truncated" => chunk.truncated = fields.next_value()?,
                b"citations" => chunk.citations = fields.next_value()?,
                b"search_results" => chunk.search_results = fields.next_value()?,
                _ => drop(fields.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

/// Counts the answers of an event, and fills the first one.
struct Choices<'t, 'a>(&'t mut Chunk<'a>);

impl<'de: 'a, 'a> DeserializeSeed<'de> for Choices<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de: 'a, 'a> Visitor<'de> for Choices<'_, 'a> {
    type Value = ();

    fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of answers")
    }

    fn visit_none<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let (chunk, mut is_known) = (self.0, false);
        (chunk.count, chunk.first) = (0, Choice::default());
        while !is_known && let Some(number) = list.next_element_seed(Fill(&mut chunk.first))? {
            chunk.count += 1;
            is_known = number.is_none_or(|number| number == 0);
            if !is_known {
                chunk.first = Choice::default();
            }
        }
        let mut other = Choice::default();
        while is_known && list.next_element_seed(Fill(&mut other))?.is_some() {
            chunk.count += 1;
        }
        Ok(())
    }
}

impl<'de: 'a, 'a> DeserializeSeed<'de> for Fill<'_, Choice<'a>> {
    type Value = Option<i64>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<i64>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

/// Returns its number among several.
impl<'de: 'a, 'a> Visitor<'de> for Fill<'_, Choice<'a>> {
    type Value = Option<i64>;

    fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("an answer")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Option<i64>, A::Error> {
        let (choice, mut number) = (self.0, Number::default());
        while let Some(Name(name)) = fields.next_key()? {
            match &*name {
                b"index" => number = fields.next_value()?,
                b"delta" => drop(fields.next_value_seed(Fill(&mut choice.delta))?),
                b"message" => {
                    let mut message: Box<Message<'a>> = Box::default();
                    let is_there = fields.next_value_seed(Fill(&mut *message))?;
                    choice.message = is_there.then_some(message);
                }
                // That of the completions that were no chat yet.
                b"text" => choice.delta.text = fields.next_value::<Content<'_>>()?.text,
                b"finish_reason" => choice.finish_reason = Some(fields.next_value()?),
                b"native_finish_reason" => choice.native_finish_reason = Some(fields.next_value()?),
                b"error" => choice.error = fields.next_value()?,
                _ => drop(fields.next_value::<IgnoredAny>()?),
            }
        }
        Ok(number.0)
    }
}

impl<'de: 'a, 'a> DeserializeSeed<'de> for Fill<'_, Message<'a>> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_option(self)
    }
}

/// Returns whether there is one.
impl<'de: 'a, 'a> Visitor<'de> for Fill<'_, Message<'a>> {
    type Value = bool;

    fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("a message")
    }

    fn visit_none<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_map(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<bool, A::Error> {
        let (message, mut refusal) = (self.0, Bytes::default());
        *message = Message::default();
        while let Some(Name(name)) = fields.next_key()? {
            match &*name {
                b"content" => {
                    let content: Content<'_> = fields.next_value()?;
                    message.think(content.thought);
                    message.text = content.text;
                }
                b"refusal" => refusal = fields.next_value::<Content<'_>>()?.text,
                b"reasoning_content" | b"reasoning" | b"thinking" | b"reasoning_details" => {
                    message.think(fields.next_value::<Content<'_>>()?.whole());
                }
                b"tool_calls" | b"function_call" => {
                    message.calls_tool |= is_call(fields.next_value()?);
                }
                b"annotations" => message.annotations = fields.next_value()?,
                b"error" => message.error = fields.next_value()?,
                _ => drop(fields.next_value::<IgnoredAny>()?),
            }
        }
        append(&mut message.text, refusal);
        Ok(true)
    }
}

impl<'a> Message<'a> {
    /// Takes a thought. Some endpoints send the same one under two names.
    fn think(&mut self, thought: Bytes<'a>) {
        if self.thought.is_empty() {
            self.thought = thought;
        }
    }
}

/// Whether a field holds something that is called.
fn is_call(calls: Option<&RawValue>) -> bool {
    calls.is_some_and(|calls| !matches!(calls.get(), "[]" | "{}" | "\"\"" | "false"))
}
