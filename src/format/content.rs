//! The content of a message where it is a text, or a list of parts of several kinds.

use serde_json::Value;

use super::conversation::LeftOut;
use super::json::{first_text, text};

/// What the parts of a message hold.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Content {
    /// The texts and placeholders, each on lines of its own.
    pub(super) text: String,
    /// What the model thought.
    pub(super) thoughts: Vec<String>,
    /// How many calls of tools are among the parts.
    pub(super) tool_calls: u64,
}

impl Content {
    /// Reads a text, a list of parts, or nothing. Of what else there is, it is counted
    /// what was left out; calls are not, since some programs write them twice.
    pub(super) fn read(value: &Value, left_out: &mut LeftOut) -> Self {
        let mut content = Self::default();
        let parts = match value {
            Value::Array(parts) => parts.as_slice(),
            part => std::slice::from_ref(part),
        };
        let mut texts = Vec::new();
        for part in parts {
            texts.extend(content.take(part, left_out));
        }
        content.text = texts.join("\n");
        content
    }

    /// Takes a part; its text, if it has one.
    fn take(&mut self, part: &Value, left_out: &mut LeftOut) -> Option<String> {
        if let Value::String(text) = part {
            return Some(text.clone());
        }
        let kind = text(part, "type").unwrap_or_default();
        match kind {
            "" | "text" | "input_text" | "output_text" | "summary_text" | "refusal" => {
                let text = first_text(part, &["text", "refusal"]);
                if text.is_none() && !part.is_null() && kind.is_empty() {
                    left_out.count("unknown parts");
                }
                return text;
            }
            "thinking" | "reasoning" | "reasoning_text" => {
                let thought = first_text(part, &["thinking", "reasoning", "text"]);
                match thought {
                    Some(thought) => self.thoughts.push(thought),
                    None => left_out.count("hidden thoughts"),
                }
            }
            "redacted_thinking" => left_out.count("hidden thoughts"),
            "tool_use" | "server_tool_use" | "tool_call" | "function_call" => self.tool_calls += 1,
            _ if kind.ends_with("tool_result") => left_out.count("tool results"),
            "image" | "image_url" | "input_image" => {
                left_out.count("images");
                return Some(placeholder("image", part));
            }
            "audio" | "input_audio" => {
                left_out.count("recordings");
                return Some(placeholder("audio", part));
            }
            "file" | "input_file" | "document" => {
                left_out.count("files");
                return Some(placeholder("file", part));
            }
            _ => left_out.count("unknown parts"),
        }
        None
    }

    /// The thoughts as one text.
    pub(super) fn reasoning(&self) -> Option<String> {
        let reasoning = self.thoughts.join("\n\n");
        Some(reasoning).filter(|reasoning| !reasoning.is_empty())
    }
}

/// What stands for a part that is no text: `[image: cat.png]`.
fn placeholder(kind: &str, part: &Value) -> String {
    const PLACES: [&str; 7] = [
        "image_url",
        "source",
        "file",
        "image",
        "input_audio",
        "audio",
        "file_url",
    ];
    const NAMES: [&str; 4] = ["filename", "file_name", "name", "title"];
    const ADDRESSES: [&str; 5] = ["url", "image_url", "file_url", "data", "file_data"];
    const KINDS: [&str; 5] = ["media_type", "mime_type", "format", "file_id", "id"];
    let inner = PLACES.iter().filter_map(|place| part.get(place));
    let objects: Vec<&Value> = std::iter::once(part).chain(inner).collect();
    let find = |keys: &[&str]| objects.iter().find_map(|object| first_text(object, keys));
    let name = find(&NAMES)
        .or_else(|| find(&ADDRESSES).and_then(|address| name_in(&address)))
        .or_else(|| find(&KINDS));
    named(kind, &name.unwrap_or_else(|| "without a name".to_owned()))
}

/// What stands for something of a kind and a name.
pub(super) fn named(kind: &str, name: &str) -> String {
    const MOST_CHARACTERS: usize = 100;
    let name: String = name
        .chars()
        .filter(|character| !character.is_control() && !matches!(character, '[' | ']'))
        .take(MOST_CHARACTERS)
        .collect();
    format!("[{kind}: {name}]")
}

/// The name in an address: of the file, or of the form of what is in it.
pub(super) fn name_in(address: &str) -> Option<String> {
    let name = if let Some(data) = address.strip_prefix("data:") {
        data.split([';', ',']).next()
    } else if address.contains(['/', '\\']) && address.contains([':', '.']) {
        let path = address.split(['?', '#']).next().unwrap_or_default();
        path.split(['/', '\\']).rfind(|part| !part.is_empty())
    } else {
        None
    };
    name.filter(|name| !name.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(value: &Value) -> (Content, Vec<(&'static str, u64)>) {
        let mut left_out = LeftOut::default();
        let content = Content::read(value, &mut left_out);
        (content, left_out.kinds().collect())
    }

    #[test]
    fn a_content_is_a_text_or_parts_or_nothing() {
        assert_eq!(read(&json!("a\nb")).0.text, "a\nb");
        assert_eq!(read(&json!(null)), (Content::default(), vec![]));
        assert_eq!(read(&json!([])), (Content::default(), vec![]));
        let parts =
            json!(["a", {"type": "text", "text": "é"}, {"type": "refusal", "refusal": "no"}]);
        assert_eq!(read(&parts).0.text, "a\né\nno");
    }

    #[test]
    fn what_is_no_text_has_a_placeholder_or_is_counted() {
        let parts = json!([
            {"type": "image_url", "image_url": {"url": "https://x.example/a/cat.png?w=1"}},
            {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iV/Bo="}},
            {"type": "input_image", "image_url": "data:image/jpeg;base64,/9j"},
            {"type": "input_audio", "input_audio": {"data": "UklG", "format": "wav"}},
            {"type": "file", "file": {"filename": "a]\n.pdf", "file_data": "x"}},
            {"type": "image"},
            {"type": "thinking", "thinking": "hm"},
            {"type": "thinking", "thinking": "", "signature": "x"},
            {"type": "tool_use", "name": "x"},
            {"type": "tool_result", "content": "x"},
            {"type": "video"},
            7,
        ]);
        let (content, left_out) = read(&parts);
        let text = "[image: cat.png]\n[image: image/png]\n[image: image/jpeg]\n[audio: wav]\n\
                    [file: a.pdf]\n[image: without a name]";
        assert_eq!(content.text, text);
        assert_eq!(content.reasoning().as_deref(), Some("hm"));
        assert_eq!(content.tool_calls, 1);
        let expected = [
            ("files", 1),
            ("hidden thoughts", 1),
            ("images", 4),
            ("recordings", 1),
            ("tool results", 1),
            ("unknown parts", 2),
        ];
        assert_eq!(left_out, expected);
    }
}
