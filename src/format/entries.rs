//! The members of a JSON object, in the order of the file and not looked into.

use std::fmt;

use serde::de::{self, MapAccess};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

/// The members of an object. Parsed objects are sorted by their keys and know each once;
/// here the order stays, and what of them is wanted is parsed when it is, so that a
/// mistake in one member costs that one only.
#[derive(Debug, Default)]
pub(super) struct Entries<'a> {
    pub of: Vec<(String, &'a RawValue)>,
}

impl<'a> Entries<'a> {
    /// Reads an object; otherwise tells why it is none.
    pub(super) fn read(json: &'a str) -> Result<Self, String> {
        serde_json::from_str(json).map_err(|error| why(&error))
    }

    /// The member of that name, the last one if there are several.
    pub(super) fn raw(&self, name: &str) -> Option<&'a str> {
        let found = self.of.iter().rev().find(|(key, _)| key == name);
        found.map(|(_, value)| value.get())
    }

    /// The same, parsed: null if there is none, or none that can be.
    pub(super) fn value(&self, name: &str) -> Value {
        let value = self.raw(name).map(serde_json::from_str);
        value.and_then(Result::ok).unwrap_or_default()
    }

    /// The text that a member is, if it is one in which there is something.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        match self.value(name) {
            Value::String(text) if !text.trim().is_empty() => Some(text),
            _ => None,
        }
    }
}

/// What a parser says is wrong, without the place, which is one in a piece of the file.
pub(super) fn why(error: &serde_json::Error) -> String {
    let why = error.to_string();
    let (why, _) = why.split_once(" at line ").unwrap_or((&why, ""));
    format!("it cannot be read: {why}")
}

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor)
    }
}

struct EntriesVisitor;

impl<'de> de::Visitor<'de> for EntriesVisitor {
    type Value = Entries<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut of = Vec::new();
        while let Some(entry) = map.next_entry()? {
            of.push(entry);
        }
        Ok(Entries { of })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_their_order_and_cost_only_themselves() {
        let entries = Entries::read(r#"{"b":1,"a":"x","b":[2],"c":"\ud800","d":" "}"#).unwrap();
        let keys: Vec<_> = entries.of.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["b", "a", "b", "c", "d"]);
        assert_eq!(entries.raw("b"), Some("[2]"));
        assert_eq!(entries.text("a").as_deref(), Some("x"));
        assert_eq!(entries.text("d"), None);
        assert_eq!(entries.value("c"), Value::Null);
        assert_eq!(entries.value("e"), Value::Null);
    }

    #[test]
    fn what_is_no_object_is_told() {
        let why = |json| Entries::read(json).unwrap_err();
        assert_eq!(
            why("[1]"),
            "it cannot be read: invalid type: sequence, expected an object"
        );
        assert_eq!(why("{\"a\"}"), "it cannot be read: expected `:`");
    }
}
