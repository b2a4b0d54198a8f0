//! Parses one event of a stream; an answer in one piece is one too.

use serde::Deserialize;
use serde::de::Deserializer;
use serde_json::Value;
use serde_json::value::RawValue;

use super::content::Text;
use crate::domain::Usage;

/// The meaning of an event.
#[derive(Debug, PartialEq)]
pub(super) enum Says {
    /// A piece of the reply, perhaps an empty one.
    Piece(Piece),
    /// The endpoint failed; its message.
    Error(String),
    /// The stream ends here.
    Done,
    /// Nothing that belongs to a reply: a sign of life, or news of something else.
    Nothing,
}

/// A piece of a reply.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Piece {
    /// Bytes, for it may hold halves of characters.
    pub text: Vec<u8>,
    /// It is a whole message that was not streamed.
    pub is_message: bool,
    /// Why the model stopped, if it has.
    pub stop: Option<Stop>,
    /// The tokens of the turn, if the endpoint reported them.
    pub usage: Option<Usage>,
}

/// Why a model stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The reply is finished.
    Done,
    /// It reached a limit of tokens.
    Length,
    /// A filter of the endpoint stopped it.
    Filter,
}

/// Parses the data of one event. None if it is an object that cannot be read.
///
/// A reply comes in objects, so that anything else is no part of it. Only the
/// necessary fields have to be there: some servers leave out ids, indices, roles
/// and others.
pub(super) fn event(data: &[u8]) -> Option<Says> {
    let data = data.trim_ascii();
    if data == b"[DONE]" {
        return Some(Says::Done);
    }
    if data.first() != Some(&b'{') {
        return Some(Says::Nothing);
    }
    let single;
    let chunk: Chunk<'_> = match serde_json::from_slice(data) {
        Ok(chunk) => chunk,
        Err(_) => {
            single = with_last_values(data)?;
            serde_json::from_slice(&single).ok()?
        }
    };
    if let Some(error) = chunk.error() {
        return Some(Says::Error(error));
    }
    if chunk.choices.is_empty() && chunk.usage.is_none() {
        return Some(Says::Nothing);
    }
    Some(Says::Piece(chunk.piece()))
}

/// The same JSON with the last value of each key that stands in it twice.
fn with_last_values(data: &[u8]) -> Option<Vec<u8>> {
    let value: Value = serde_json::from_slice(data).ok()?;
    serde_json::to_vec(&value).ok()
}

/// Parses the body of a refusal: its message, and its error code if it has one.
pub(super) fn refusal(body: &[u8]) -> Option<(String, Option<String>)> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let error = value.get("error").unwrap_or(&value);
    let code = ["code", "type"]
        .iter()
        .find_map(|name| error.get(name)?.as_str())
        .map(str::to_owned);
    Some((message(error)?, code))
}

/// Parses a list of models: their ids.
pub(super) fn models(body: &[u8]) -> Option<Vec<String>> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let list = value.get("data").or_else(|| value.get("models"));
    let list = list.unwrap_or(&value).as_array()?;
    let id = |model: &Value| {
        let id = model.get("id").or_else(|| model.get("name"));
        id.unwrap_or(model).as_str().map(str::to_owned)
    };
    list.iter().map(id).collect()
}

/// Finds the message in an error, whatever form that has.
fn message(error: &Value) -> Option<String> {
    if let Some(text) = error.as_str() {
        return Some(text.to_owned());
    }
    ["message", "detail", "msg", "error"]
        .iter()
        .find_map(|name| message(error.get(name)?))
        .or_else(|| message(error.as_array()?.first()?))
}

/// The fields that are used of an event or an answer.
#[derive(Deserialize)]
struct Chunk<'a> {
    #[serde(default, deserialize_with = "or_default")]
    choices: Vec<Choice>,
    #[serde(default)]
    usage: Option<Value>,
    #[serde(default)]
    error: Option<Value>,
    /// Not parsed: every event has one, and it is only compared.
    #[serde(borrow, default)]
    object: Option<&'a RawValue>,
    #[serde(default)]
    message: Option<Value>,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    index: Option<u64>,
    #[serde(default)]
    delta: Option<ChoiceText>,
    #[serde(default)]
    message: Option<ChoiceText>,
    #[serde(default)]
    finish_reason: Option<Value>,
}

#[derive(Deserialize)]
struct ChoiceText {
    #[serde(default)]
    content: Text,
    #[serde(default)]
    refusal: Text,
}

impl Chunk<'_> {
    fn error(&self) -> Option<String> {
        let unknown = || "an error without words".to_owned();
        if let Some(error) = &self.error {
            return Some(message(error).unwrap_or_else(unknown));
        }
        let is_error = self
            .object
            .is_some_and(|object| object.get() == "\"error\"");
        is_error.then(|| {
            self.message
                .as_ref()
                .and_then(message)
                .unwrap_or_else(unknown)
        })
    }

    fn piece(self) -> Piece {
        let mut piece = Piece {
            usage: self.usage.as_ref().and_then(usage),
            ..Piece::default()
        };
        // If several answers were asked for, the first one counts.
        let first = |choice: &Choice| choice.index.is_none_or(|index| index == 0);
        for choice in self.choices.into_iter().filter(first) {
            piece.is_message = choice.delta.is_none() && choice.message.is_some();
            if let Some(said) = choice.delta.or(choice.message) {
                if piece.text.is_empty() {
                    piece.text = said.content.0;
                } else {
                    piece.text.extend(said.content.0);
                }
                piece.text.extend(said.refusal.0);
            }
            piece.stop = stop(choice.finish_reason.as_ref()).or(piece.stop);
        }
        piece
    }
}

fn stop(reason: Option<&Value>) -> Option<Stop> {
    match reason? {
        Value::Null => None,
        Value::String(word) => match word.as_str() {
            "" => None,
            "length" | "max_tokens" => Some(Stop::Length),
            "content_filter" => Some(Stop::Filter),
            _ => Some(Stop::Done),
        },
        _ => Some(Stop::Done),
    }
}

fn usage(value: &Value) -> Option<Usage> {
    let count = |name: &str| value.get(name).and_then(Value::as_i64);
    Some(Usage {
        prompt: count("prompt_tokens")?,
        reply: count("completion_tokens").unwrap_or(0),
    })
}

fn or_default<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Deserialize<'de> + Default,
    D: Deserializer<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(data: &str) -> Piece {
        match event(data.as_bytes()) {
            Some(Says::Piece(piece)) => piece,
            other => panic!("{data}: {other:?}"),
        }
    }

    #[test]
    fn a_sparse_event_is_enough() {
        assert_eq!(
            piece(r#"{"choices":[{"delta":{"content":"é"}}]}"#).text,
            "é".as_bytes()
        );
        assert_eq!(piece(r#"{"choices":[{"delta":{}}]}"#), Piece::default());
        assert_eq!(piece(r#"{"choices":[{}]}"#), Piece::default());
        assert_eq!(event(b" [DONE] "), Some(Says::Done));
    }

    #[test]
    fn a_doubled_key_has_its_last_value() {
        let twice =
            r#"{"choices":[{"delta":{"content":"a","content":"b"}}],"object":1,"object":2}"#;
        assert_eq!(piece(twice).text, b"b");
    }

    #[test]
    fn content_may_be_null_or_parts() {
        let null = r#"{"choices":[{"delta":{"role":"assistant","content":null,"reasoning_content":"hm"}}]}"#;
        assert_eq!(piece(null), Piece::default());
        let parts = r#"{"choices":[{"delta":{"content":[{"type":"text","text":"a\u00e9"},{"type":"x","y":[1]}]}}]}"#;
        assert_eq!(piece(parts).text, "aé".as_bytes());
        let refusal = r#"{"choices":[{"delta":{"refusal":"no"}}]}"#;
        assert_eq!(piece(refusal).text, b"no");
    }

    #[test]
    fn the_first_of_several_answers_counts() {
        let data = r#"{"choices":[{"index":1,"delta":{"content":"b"}},{"index":0,"delta":{"content":"a"}}]}"#;
        assert_eq!(piece(data).text, b"a");
    }

    #[test]
    fn the_end_and_the_counts_are_read() {
        let last = piece(
            r#"{"choices":[{"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":4,"x":{}}}"#,
        );
        let counted = Usage {
            prompt: 3,
            reply: 4,
        };
        assert_eq!((last.stop, last.usage), (Some(Stop::Done), Some(counted)));
        let long = piece(r#"{"choices":[{"finish_reason":"length"}]}"#);
        assert_eq!(long.stop, Some(Stop::Length));
        let none = piece(r#"{"choices":[{"finish_reason":null}],"usage":"?"}"#);
        assert_eq!((none.stop, none.usage), (None, None));
    }

    #[test]
    fn errors_are_found_in_all_their_shapes() {
        for (data, says) in [
            (r#"{"error":{"message":"no","code":5}}"#, "no"),
            (r#"{"error":"no"}"#, "no"),
            (r#"{"object":"error","message":"no"}"#, "no"),
            (r#"{"error":{"x":1}}"#, "an error without words"),
        ] {
            assert_eq!(event(data.as_bytes()), Some(Says::Error(says.into())));
        }
        assert_eq!(
            refusal(br#"{"error":{"message":"no","type":"t","code":"c"}}"#),
            Some(("no".into(), Some("c".into())))
        );
        assert_eq!(
            refusal(br#"{"detail":[{"msg":"wrong"}]}"#),
            Some(("wrong".into(), None))
        );
        assert_eq!(refusal(b"<html>"), None);
    }

    #[test]
    fn what_is_no_object_or_without_choices_is_no_part_of_a_reply() {
        for data in [
            "",
            "hello",
            "null",
            "42",
            "[1",
            "{}",
            r#"{"type":"ping"}"#,
            r#"{"choices":null,"usage":null}"#,
        ] {
            assert_eq!(event(data.as_bytes()), Some(Says::Nothing), "{data}");
        }
    }

    #[test]
    fn an_object_that_cannot_be_read_is_told_apart() {
        for data in [
            r#"{"choices":[{"del"#,
            r#"{"choices":7}"#,
            r#"{"choices":[{"delta":{"content":7}}]}"#,
        ] {
            assert_eq!(event(data.as_bytes()), None, "{data}");
        }
    }

    #[test]
    fn a_whole_answer_is_one_piece() {
        let whole = piece(r#"{"choices":[{"message":{"role":"assistant","content":"hi"}}]}"#);
        assert_eq!((&whole.text[..], whole.is_message), (&b"hi"[..], true));
        let part = piece(r#"{"choices":[{"delta":{"content":"hi"}}]}"#);
        assert!(!part.is_message);
    }

    #[test]
    fn models_are_listed_in_several_dialects() {
        let openai = br#"{"object":"list","data":[{"id":"a"},{"id":"b"}]}"#;
        assert_eq!(models(openai).unwrap(), ["a", "b"]);
        assert_eq!(models(br#"{"models":[{"name":"a"}]}"#).unwrap(), ["a"]);
        assert_eq!(models(br#"["a"]"#).unwrap(), ["a"]);
        assert_eq!(models(b"{}"), None);
    }
}
