//! With what a person works, a line each: for pipes and for terminals.

use super::phrases::put;
use super::visible::visible_line;
use crate::domain::Info;

/// Writes what there is. What there is not is `none`.
pub(super) fn lines(it: &Info<'_>, out: &mut Vec<u8>) {
    let engine = match it.schema {
        Some(schema) => format!("{}, schema {schema}", it.engine),
        None => it.engine.to_owned(),
    };
    let of = |text: Option<&str>| text.map_or_else(|| "none".to_owned(), visible_line);
    let session = it.session.map(|session| session.to_string());
    let window = it.window.map(|window| format!("{window} tokens"));
    for (name, value) in [
        ("version", format!("saylog {} ({engine})", it.version)),
        ("store", visible_line(it.store)),
        ("configuration", of(it.configuration)),
        ("user", visible_line(it.user.as_str())),
        ("session", of(session.as_deref())),
        ("title", of(it.title)),
        ("persona", of(it.persona)),
        ("model", visible_line(it.model)),
        ("endpoint", of(it.endpoint)),
        ("window", of(window.as_deref())),
    ] {
        put!(out, "{name}: {value}\n");
    }
}
