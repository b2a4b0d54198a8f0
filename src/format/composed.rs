//! The text of a message, as it is put together of parts.

use serde_json::Value;

use super::conversation::LeftOut;
use crate::domain::{is_blank, preview_of};

/// The longest name of a picture or file that is repeated, in characters.
const NAME_CHARACTERS: usize = 120;

/// Parts of a message, each on lines of its own.
#[derive(Debug, Default)]
pub(super) struct Content {
    text: String,
}

impl Content {
    /// Adds a text; one in which there is nothing is passed over.
    pub(super) fn say(&mut self, text: &str) {
        if is_blank(text) {
            return;
        }
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(text);
    }

    /// Adds a name in place of a picture, and counts it.
    pub(super) fn picture(&mut self, name: Option<&str>, left_out: &mut LeftOut) {
        left_out.count("pictures");
        self.placeholder("image", name);
    }

    /// Adds a name in place of a file, and counts it.
    pub(super) fn file(&mut self, name: Option<&str>, left_out: &mut LeftOut) {
        left_out.count("files");
        self.placeholder("file", name);
    }

    /// Adds a file of which there is a text.
    pub(super) fn file_with_text(&mut self, name: Option<&str>, text: &str) {
        self.placeholder("file", name);
        self.say(text);
    }

    fn placeholder(&mut self, kind: &str, name: Option<&str>) {
        let name = preview_of(name.unwrap_or_default(), NAME_CHARACTERS);
        if name.is_empty() {
            self.say(&format!("[{kind}]"));
        } else {
            self.say(&format!("[{kind}: {name}]"));
        }
    }

    /// All of it, if there is something in it.
    pub(super) fn finish(self) -> Option<String> {
        (!self.text.is_empty()).then_some(self.text)
    }
}

/// The text that a value is, if it is one in which there is something.
pub(super) fn text_of(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !is_blank(text))
}

/// The elements of a list; none if it is no list.
pub(super) fn list_of(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
