//! The body of a request.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};

use crate::responder::{Ask, wire};

/// The body of a request for a reply.
///
/// The parameters of the configuration may replace or, with null, remove
/// everything but the model and the messages.
pub(super) struct Request<'a> {
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
}

impl Serialize for Request<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("model", self.model)?;
        map.serialize_entry("messages", &Messages(self.ask))?;
        let streams = self.parameters.get("stream").unwrap_or(&Value::Bool(true));
        if *streams == Value::Bool(true) {
            if !self.parameters.contains_key("stream") {
                map.serialize_entry("stream", &true)?;
            }
            if !self.parameters.contains_key("stream_options") {
                map.serialize_entry(
                    "stream_options",
                    &Options {
                        include_usage: true,
                    },
                )?;
            }
        }
        let ours = |name: &str| matches!(name, "model" | "messages");
        for (name, value) in self.parameters {
            if !ours(name) && !value.is_null() {
                map.serialize_entry(name, value)?;
            }
        }
        map.end()
    }
}

#[derive(serde::Serialize)]
struct Options {
    include_usage: bool,
}

/// The system's words, the context and the message, each with its role.
struct Messages<'a>(&'a Ask<'a>);

impl Serialize for Messages<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(wire::messages(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ContextMessage, Role};
    use serde_json::json;

    fn body(parameters: Value) -> Value {
        let context = [
            ContextMessage {
                role: Role::User,
                content: "hé".into(),
            },
            ContextMessage {
                role: Role::Ai,
                content: "\"ho\"\n".into(),
            },
        ];
        let ask = Ask {
            system: Some("be brief"),
            context: &context,
            message: "你好",
        };
        let Value::Object(parameters) = parameters else {
            panic!("not an object");
        };
        let request = Request {
            model: "m",
            ask: &ask,
            parameters: &parameters,
        };
        serde_json::from_slice(&request.bytes()).unwrap()
    }

    #[test]
    fn everything_has_its_place() {
        assert_eq!(
            body(json!({"temperature": 0.5, "model": "other", "messages": []})),
            json!({
                "model": "m",
                "messages": [
                    {"role": "system", "content": "be brief"},
                    {"role": "user", "content": "hé"},
                    {"role": "assistant", "content": "\"ho\"\n"},
                    {"role": "user", "content": "你好"},
                ],
                "stream": true,
                "stream_options": {"include_usage": true},
                "temperature": 0.5,
            })
        );
    }

    #[test]
    fn streaming_can_be_turned_off_and_options_left_out() {
        let whole = body(json!({"stream": false}));
        assert_eq!(whole["stream"], json!(false));
        assert_eq!(whole.get("stream_options"), None);
        let bare = body(json!({"stream_options": null}));
        assert_eq!(bare["stream"], json!(true));
        assert_eq!(bare.get("stream_options"), None);
    }
}
