//! What is said of an import.

use super::phrases::counted;
use crate::domain::{BrokenRecord, Imported};

/// Says what came of a source, in a line each. It is not escaped.
pub(super) fn lines(it: &Imported) -> Vec<String> {
    let (file, form, user) = (&it.file, it.form, &it.user);
    let conversations = [
        (it.new, "new"),
        (it.changed, "with something new"),
        (it.same, "as they were"),
    ];
    let parts = conversations.iter().filter(|(count, _)| *count > 0);
    let parts: Vec<_> = parts
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    let messages = counted(it.messages, "message");
    let (added, note) = if it.is_dry {
        ("would be added", "; nothing was written")
    } else {
        ("added", "")
    };
    let mut lines = vec![if parts.is_empty() {
        format!("{file} ({form}): no conversation{note}.")
    } else {
        let conversations = counted(it.new + it.changed + it.same, "conversation");
        let parts = parts.join(", ");
        format!("{file} ({form}): {conversations} ({parts}); {messages} {added} for {user}{note}.")
    }];
    if !it.left_out.is_empty() {
        let kinds = it.left_out.iter();
        let kinds: Vec<_> = kinds
            .map(|(kind, count)| format!("{kind} ({count})"))
            .collect();
        lines.push(format!("  without: {}", kinds.join(", ")));
    }
    lines.extend(secrets(&it.secrets));
    match it.left {
        0 => {}
        1 => lines.push(
            "  1 conversation has gone on here: what is new of it is in the log, and not in its context"
                .into(),
        ),
        left => lines.push(format!(
            "  {left} conversations have gone on here: what is new of them is in the log, and not in \
             their contexts"
        )),
    }
    lines
}

/// Says what looks like a key, if anything does. It is not escaped.
pub(super) fn secrets(kinds: &[(&'static str, u64)]) -> Option<String> {
    let told: Vec<_> = kinds
        .iter()
        .map(|(kind, count)| format!("{kind} ({count})"))
        .collect();
    (!told.is_empty()).then(|| {
        format!(
            "  what looks like a secret is among it: {}",
            told.join(", ")
        )
    })
}

/// Says which record cannot be read. It is not escaped.
pub(super) fn broken(it: &BrokenRecord<'_>) -> String {
    format!("{}, {}: {}; left out", it.file, it.place, it.why)
}
