//! Texts that leave the program.

use std::collections::BTreeMap;

use super::super::taken::first_line;
use super::object::Object;
use crate::domain::{BrokenRecord, CopyWay, Exported, Imported, StoreCopied, TakenText};

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
        .field("left_out", by_kind(&it.left_out))
        .field("missing_links", it.missing)
        .field("secrets", by_kind(&it.secrets))
        .field("made", it.is_made)
        .end();
}

pub(super) fn store_copied(object: Object<'_>, it: &StoreCopied) {
    object
        .field("from", &it.from)
        .field("to", &it.to)
        .field("complete", it.is_complete)
        .field("went_on", it.goes_on)
        .field("id", it.done)
        .field("newest_id", it.newest)
        .field("rows", by_kind(&it.tables))
        .field("nul_replaced", it.nul_replaced)
        .field("coming", it.coming)
        .end();
}

/// Counts by their kinds, as an object.
fn by_kind(kinds: &[(&'static str, u64)]) -> BTreeMap<&'static str, u64> {
    kinds.iter().copied().collect()
}

/// Whether users existed, by name.
fn users(users: &[(String, bool)]) -> BTreeMap<&str, bool> {
    users
        .iter()
        .map(|(user, is_known)| (user.as_str(), *is_known))
        .collect()
}

pub(super) fn imported(object: Object<'_>, it: &Imported) {
    object
        .field("file", &it.file)
        .field("format", it.form)
        .field("user_id", &it.user)
        .field("users", users(&it.users))
        .field("new", it.new)
        .field("changed", it.changed)
        .field("same", it.same)
        .field("messages", it.messages)
        .field("known", it.known)
        .field("went_on", it.left)
        .field("apart", it.apart)
        .field("left_out", by_kind(&it.left_out))
        .field("secrets", by_kind(&it.secrets))
        .field("broken", it.broken)
        .field("dry_run", it.is_dry)
        .end();
}

pub(super) fn broken(object: Object<'_>, it: &BrokenRecord<'_>) {
    object
        .field("file", it.file)
        .field("place", it.place)
        .field("why", it.why)
        .end();
}
