//! Texts that leave the program.

use super::super::taken::first_line;
use super::object::Object;
use crate::domain::{CopyWay, Exported, TakenText};

/// Everything about a text but itself.
fn described<'o>(object: Object<'o>, text: &TakenText) -> Object<'o> {
    object
        .field("id", text.message.0)
        .field("number", text.number)
        .field("language", text.language.as_deref())
        .field("lines", text.lines())
        .field("bytes", text.content.len())
        .field("control", text.stray())
}

pub(super) fn row(object: Object<'_>, text: &TakenText) {
    described(object, text)
        .field("first_line", first_line(text))
        .end();
}

pub(super) fn code(object: Object<'_>, text: &TakenText) {
    described(object, text)
        .field("content", &text.content)
        .end();
}

pub(super) fn copy(object: Object<'_>, text: &TakenText, way: CopyWay) {
    let way = match way {
        CopyWay::Terminal | CopyWay::Tmux => "terminal",
        CopyWay::Tool(tool) => tool,
    };
    described(object, text).field("way", way).end();
}

pub(super) fn saved(object: Object<'_>, text: &TakenText, path: &str) {
    described(object, text).field("path", path).end();
}

pub(super) fn exported(object: Object<'_>, it: &Exported) {
    object
        .field("file", &it.file)
        .field("format", it.form)
        .field("conversations", it.conversations)
        .field("messages", it.messages)
        .end();
}
