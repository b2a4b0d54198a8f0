//! The text of a message, in the several forms that endpoints send.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::event::{Bytes, append};

/// Text that may be null or a list of parts, some of which may be thought.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Content<'a> {
    /// What is said.
    pub text: Bytes<'a>,
    /// What is thought.
    pub thought: Bytes<'a>,
}

impl<'a> Content<'a> {
    /// All of it, for a field that holds nothing but thought.
    pub(super) fn whole(mut self) -> Bytes<'a> {
        append(&mut self.text, self.thought);
        self.text
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Content<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_option(ContentVisitor)
    }
}

struct ContentVisitor;

impl<'de> Visitor<'de> for ContentVisitor {
    type Value = Content<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("text, null or a list of parts")
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(Content::default())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_bytes(self)
    }

    fn visit_borrowed_bytes<E>(self, text: &'de [u8]) -> Result<Self::Value, E> {
        Ok(Content {
            text: Cow::Borrowed(text),
            thought: Cow::default(),
        })
    }

    fn visit_bytes<E>(self, text: &[u8]) -> Result<Self::Value, E> {
        Ok(Content {
            text: Cow::Owned(text.to_owned()),
            thought: Cow::default(),
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Self::Value, A::Error> {
        let mut all = Content::default();
        while let Some(ContentPart(part)) = parts.next_element()? {
            append(&mut all.text, part.text);
            append(&mut all.thought, part.thought);
        }
        Ok(all)
    }
}

/// One of several parts of a text.
struct ContentPart<'a>(Content<'a>);

impl<'de> Deserialize<'de> for ContentPart<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer
            .deserialize_any(ContentPartVisitor)
            .map(ContentPart)
    }
}

struct ContentPartVisitor;

impl<'de> Visitor<'de> for ContentPartVisitor {
    type Value = Content<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a part of a text")
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Content {
            text: Cow::Owned(text.as_bytes().to_owned()),
            thought: Cow::default(),
        })
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Content::default())
    }

    /// `{"type":"text","text":"…"}`, `{"type":"thinking","thinking":…}` and the like.
    /// Parts of other types count as empty.
    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
        let (mut said, mut thought) = (Content::default(), Content::default());
        let mut is_thought = false;
        while let Some(name) = fields.next_key::<Cow<'_, str>>()? {
            match &*name {
                "type" => {
                    let kind: Option<Cow<'_, str>> = fields.next_value()?;
                    let kind = kind.unwrap_or_default();
                    is_thought = ["think", "reason", "summary"]
                        .iter()
                        .any(|word| kind.contains(word));
                }
                "text" | "refusal" => said = fields.next_value()?,
                "thinking" | "summary" => thought = fields.next_value()?,
                _ => {
                    fields.next_value::<IgnoredAny>()?;
                }
            }
        }
        let mut all = Content {
            thought: thought.whole(),
            ..Content::default()
        };
        if is_thought {
            append(&mut all.thought, said.whole());
        } else {
            all.text = said.text;
            append(&mut all.thought, said.thought);
        }
        Ok(all)
    }
}
