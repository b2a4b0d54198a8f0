//! Settings.

use super::object::Object;
use crate::domain::{Setting, SettingChange};

fn described<'o>(object: Object<'o>, it: &Setting) -> Object<'o> {
    object
        .field("key", &it.key)
        .field("value", &it.value)
        .field("source", it.source.word())
        .field("origin", &it.origin)
        .field("model", &it.model)
        .field("free", it.is_free)
}

/// A setting that is only shown.
pub(super) fn row(object: Object<'_>, it: &Setting) {
    described(object, it)
        .field("changed", false)
        .field("saved", false)
        .field("configuration", ())
        .end();
}

pub(super) fn change(object: Object<'_>, it: &SettingChange) {
    let file = it.saved.as_ref().map(|saved| &saved.file);
    described(object, &it.setting)
        .field("changed", it.is_changed)
        .field("saved", it.saved.is_some())
        .field("configuration", file)
        .end();
}
