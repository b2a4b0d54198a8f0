//! Reads what is nearly right: numbers written as anything, fields that stand twice.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

/// The fields of a message that are text, or an object that holds it.
const MENDED: [&str; 6] = [
    "content",
    "refusal",
    "reasoning",
    "reasoning_content",
    "reasoning_details",
    "thinking",
];

/// What a field holds that was not parsed with its event; none if it is something else.
pub(super) fn parse<T: DeserializeOwned>(raw: &RawValue) -> Option<T> {
    serde_json::from_str(raw.get()).ok()
}

/// The word in such a field; nothing if there is no field.
pub(super) fn word(raw: Option<&RawValue>) -> &str {
    raw.map_or("", |raw| raw.get().trim_matches('"'))
}

/// A number that may be missing, null, or no number at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Number(pub Option<i64>);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberVisitor).map(Self)
    }
}

struct NumberVisitor;

impl<'de> Visitor<'de> for NumberVisitor {
    type Value = Option<i64>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number")
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(i64::try_from(number).ok())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Some(number))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(format!("{number:.0}").parse().ok())
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(text.trim().parse().ok())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
        while fields.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

/// The same JSON with the last value of each key that stands in it twice, and with
/// text where a message has an object that holds it.
pub(super) fn mended(data: &[u8]) -> Option<Vec<u8>> {
    let mut value: Value = serde_json::from_str(&String::from_utf8_lossy(data)).ok()?;
    if let Some(choices) = value.get_mut("choices").and_then(Value::as_array_mut) {
        for message in choices.iter_mut().flat_map(messages) {
            for name in MENDED {
                // A text that is a list is read elsewhere, one that is a number nowhere.
                let is_said = matches!(name, "content" | "refusal");
                match message.get_mut(name) {
                    None | Some(Value::String(_)) => {}
                    Some(field) if field.is_object() || !is_said => *field = text_of(field).into(),
                    Some(_) => {}
                }
            }
        }
    }
    serde_json::to_vec(&value).ok()
}

/// What a choice says, if it is an object.
fn messages(choice: &mut Value) -> impl Iterator<Item = &mut Value> {
    let fields = choice.as_object_mut().into_iter().flatten();
    fields
        .filter(|(name, _)| matches!(name.as_str(), "delta" | "message"))
        .map(|(_, message)| message)
}

/// The text that an object or a list holds, perhaps none.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(text_of).collect(),
        Value::Object(fields) => {
            let text = ["text", "content", "summary", "thinking"]
                .iter()
                .find_map(|name| fields.get(*name));
            text.map(text_of).unwrap_or_default()
        }
        _ => String::new(),
    }
}
