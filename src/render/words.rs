//! Phrases that more than one renderer uses.

use unicode_width::UnicodeWidthStr;

use super::visible::push_line;
use crate::domain::{CommandHelp, Error, Usage};

/// Writes formatted constant text and numbers to a vector, which cannot fail.
macro_rules! put {
    ($out:expr, $($rest:tt)*) => {{
        use std::io::Write as _;
        let _ = write!($out, $($rest)*);
    }};
}
pub(super) use put;

/// The column in which the explanation of a command begins.
const EXPLANATION: usize = 36;

/// An error in one sentence: what, and the hint behind a semicolon.
pub fn sentence(error: &Error, out: &mut Vec<u8>) {
    push_line(out, &error.to_string());
    if let Some(hint) = error.hint() {
        out.extend_from_slice(b"; ");
        push_line(out, &hint);
    }
}

/// `1 message`, `2 messages`.
pub fn messages(count: i64) -> String {
    format!("{count} message{}", if count == 1 { "" } else { "s" })
}

/// What a reply took: tokens, seconds, tokens a second.
pub fn cost(usage: Option<Usage>, milliseconds: i64) -> String {
    let tenths = milliseconds / 100;
    let seconds = format!("{}.{} s", tenths / 10, tenths % 10);
    match usage {
        Some(Usage { prompt, reply }) => {
            let rate = reply * 1000 / milliseconds.max(1);
            format!("{prompt} tokens sent, {reply} received, {seconds}, {rate} tokens a second")
        }
        None => seconds,
    }
}

/// One row of the help.
pub fn help(help: &CommandHelp<'_>, out: &mut Vec<u8>) {
    out.extend_from_slice(pad(help.usage, EXPLANATION).as_bytes());
    out.extend_from_slice(help.summary.as_bytes());
    if !help.aliases.is_empty() {
        put!(out, " (also {})", help.aliases.join(", "));
    }
    out.push(b'\n');
}

/// A text filled up with spaces to so many columns of a terminal.
pub fn pad(text: &str, columns: usize) -> String {
    let missing = columns.saturating_sub(text.width());
    format!("{text}{:missing$}", "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_counts_columns() {
        assert_eq!(pad("你好", 6), "你好  ");
        assert_eq!(pad("abcdefg", 6), "abcdefg");
    }
}
