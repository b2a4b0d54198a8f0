//! What is said of a copy of a whole store.

use super::phrases::counted;
use crate::domain::StoreCopied;

/// Says what came of it, in a line each. It is not escaped.
pub(super) fn lines(it: &StoreCopied) -> Vec<String> {
    if !it.is_complete && it.newest == 0 {
        return vec!["Stopped before anything was copied; the same command copies it.".into()];
    }
    if !it.is_complete {
        return vec![format!(
            "Stopped: {} is not complete (up to message #{} of #{}); the same command goes on with it.",
            it.to, it.done, it.newest
        )];
    }
    let count = |name: &str| {
        let found = it.tables.iter().find(|(table, _)| *table == name);
        found.map_or(0, |(_, rows)| *rows)
    };
    let mut lines = vec![format!(
        "{} of {} and {} copied from {} to {}, and compared.",
        counted(count("messages"), "message"),
        counted(count("sessions"), "session"),
        counted(count("users"), "user"),
        it.from,
        it.to
    )];
    match it.nul_replaced {
        0 => {}
        1 => lines.push(
            "  1 text had a NUL character, which PostgreSQL does not take: the copy has U+FFFD there"
                .into(),
        ),
        texts => lines.push(format!(
            "  {texts} texts had NUL characters, which PostgreSQL does not take: the copy has U+FFFD \
             there"
        )),
    }
    match it.coming {
        0 => {}
        1 => lines.push("  1 reply was still coming: the copy has what had come of it".into()),
        coming => lines.push(format!(
            "  {coming} replies were still coming: the copy has what had come of them"
        )),
    }
    lines
}
