//! Words by which endpoints call an error one, outside of JSON.

use super::reported_error::ReportedError;

/// How a text begins that reports an error.
const BEGINNINGS: [&str; 6] = [
    "error",
    "exception",
    "fatal",
    "traceback",
    "internal server error",
    "internal error",
];

/// Names of events that report an error, and how others end that do.
const NAMES: [&str; 7] = [
    "error",
    "errors",
    "exception",
    "abort",
    "aborted",
    "fatal",
    "failure",
];
const NAME_ENDS: [&str; 4] = [".error", "_error", "-error", "exception"];

/// What a text says that calls itself an error: `[ERROR] out of memory`. Anything
/// else that is no JSON is a sign of life.
pub(super) fn error_text(data: &[u8]) -> Option<ReportedError> {
    let text = str::from_utf8(data).ok()?.trim();
    let bare = text
        .trim_start_matches(['[', '"', '(', '*', ' '])
        .to_lowercase();
    let is_error = BEGINNINGS.iter().any(|word| {
        let rest = bare.strip_prefix(word);
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    });
    is_error.then(|| ReportedError::in_text(text.trim_matches('"')))
}

/// Whether an event of this name reports an error.
pub(super) fn names_error(name: &[u8]) -> bool {
    let name = String::from_utf8_lossy(name).trim().to_lowercase();
    NAMES.contains(&name.as_str()) || NAME_ENDS.iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_begins_as_an_error_is_one() {
        for text in [
            "[ERROR] no",
            "Error: no",
            "\"error: no\"",
            "error",
            "**Error** no",
            "Fatal: no",
        ] {
            assert!(error_text(text.as_bytes()).is_some(), "{text}");
        }
        for text in [
            "ping",
            "errors_total 3",
            "2026-11-25 02:00:00",
            "no error",
            "[1]",
            "",
            "null",
        ] {
            assert!(error_text(text.as_bytes()).is_none(), "{text}");
        }
    }
}
