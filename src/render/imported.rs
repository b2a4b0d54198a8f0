//! What is said of an import.

use super::phrases::counted;
use crate::domain::{BrokenRecord, Imported};

/// Says what came of a source, in a line each. It is not escaped.
pub(super) fn lines(it: &Imported) -> Vec<String> {
    let (file, form, user) = (&it.file, it.form, users(it));
    let conversations = [
        (it.new, "new"),
        (it.changed, "with something new"),
        (it.same, "as before"),
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
    match it.apart {
        0 => {}
        1 => lines.push(
            "  1 conversation went on differently here: what was said there is a session of its own"
                .into(),
        ),
        apart => lines.push(format!(
            "  {apart} conversations went on differently here: what was said there are sessions of \
             their own"
        )),
    }
    lines.extend(left_out(&it.left_out));
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

/// So many users are named.
const NAMED: usize = 8;

/// Whose it is now.
fn users(it: &Imported) -> String {
    if it.users.is_empty() {
        return it.user.clone();
    }
    let named = it.users.iter().take(NAMED);
    let named = named.map(|(user, is_known)| match is_known {
        true => user.clone(),
        false => format!("{user} (new here)"),
    });
    let mut named: Vec<_> = named.collect();
    if it.users.len() > NAMED {
        let more = it.users.len() - NAMED;
        named.push(format!("{more} more"));
    }
    named.join(", ")
}

/// Says what was left out, if anything was. It is not escaped.
pub(super) fn left_out(kinds: &[(&'static str, u64)]) -> Option<String> {
    by_kind("without", kinds)
}

/// Says what looks like a key, if anything does. It is not escaped.
pub(super) fn secrets(kinds: &[(&'static str, u64)]) -> Option<String> {
    by_kind("what looks like a secret is among it", kinds)
}

/// Counts by their kinds behind a head, if there are any.
fn by_kind(head: &str, kinds: &[(&'static str, u64)]) -> Option<String> {
    let told = kinds
        .iter()
        .map(|(kind, count)| format!("{kind} ({count})"));
    let told: Vec<_> = told.collect();
    (!told.is_empty()).then(|| format!("  {head}: {}", told.join(", ")))
}

/// Says which record cannot be read. It is not escaped.
pub(super) fn broken(it: &BrokenRecord<'_>) -> String {
    format!("{}, {}: {}; left out", it.file, it.place, it.why)
}
