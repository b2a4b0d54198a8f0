//! Phrases that more than one renderer uses.

use std::fmt::Display;

use unicode_width::UnicodeWidthStr;

use super::time::second;
use super::visible::push_line;
use super::wrap::push_wrapped;
use crate::domain::{self, ClockDoubt, ContextSize, Error, MessageId, ReplyCost, Usage};

/// Writes formatted constant text and numbers to a vector, which cannot fail.
macro_rules! put {
    ($out:expr, $($rest:tt)*) => {{
        use std::io::Write as _;
        let _ = write!($out, $($rest)*);
    }};
}
pub(super) use put;

/// The answer to `/start`.
pub(super) const STARTED: &str = "Chat started successfully!";

/// Shown in place of a system prompt if there is none.
pub(super) const NO_SYSTEM: &str = "no system prompt";

/// Appends an error in one sentence, with its hint after a semicolon.
pub(super) fn push_error(error: &Error, out: &mut Vec<u8>) {
    push_line(out, &domain::sentence(error, error.hint()));
}

/// Says why the clock is doubted.
pub(super) fn clock(doubt: &ClockDoubt) -> String {
    match doubt {
        ClockDoubt::BeforeNewest { clock, newest } => format!(
            "the clock says {}, which is before the newest message ({}): \
             times in the log will not be in order; check the clock",
            second(*clock),
            second(*newest)
        ),
        ClockDoubt::FarFromFiles { clock, files } => format!(
            "the clock says {}, and the store's file system {}: \
             messages get the time of the clock; check which is right",
            second(*clock),
            second(*files)
        ),
    }
}

/// `1 conversation`, `2 conversations`.
pub(super) fn counted(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// `1 message`, `2 messages`.
pub(super) fn messages(count: i64) -> String {
    format!("{count} message{}", if count == 1 { "" } else { "s" })
}

/// `#3`, or `#3,#5` for messages that are sent as one; none without a message.
pub(super) fn ids(ids: &[MessageId]) -> Option<String> {
    let named: Vec<String> = ids.iter().map(|id| format!("#{id}")).collect();
    (!named.is_empty()).then(|| named.join(","))
}

/// ` at #12`: where a new session goes on from, if there is something there.
pub(super) fn place(at: Option<MessageId>) -> String {
    at.map_or_else(String::new, |id| format!(" at #{id}"))
}

/// Says that lists leave a session out now, or show it again.
pub(super) fn archived(session: &str, is_archived: bool) -> String {
    if is_archived {
        format!("{session} is archived; `/archive --undo` brings it back.")
    } else {
        format!("{session} is in the lists again; `/archive` archives it.")
    }
}

pub(super) fn cleared(session: impl Display) -> String {
    format!("Session {session} cleared!")
}

/// Says how many messages of a cleared session stay in the log.
pub(super) fn stay(count: i64) -> String {
    let stay = if count == 1 { "stays" } else { "stay" };
    format!("{} {stay} in the log.", messages(count))
}

/// Says which message holds a quotation.
pub(super) fn quotation(id: MessageId) -> String {
    format!("Quoted into the context as #{id}.")
}

/// Says how much of its window a context takes.
pub(super) fn share(size: &ContextSize<'_>) -> String {
    let &ContextSize { tokens, window, .. } = size;
    let percent = percent(tokens, window);
    let count = messages(i64::try_from(size.count).unwrap_or(i64::MAX));
    let older = match size.left_out {
        0 => String::new(),
        1 => "; 1 older message is left out".to_owned(),
        many => format!("; {many} older messages are left out"),
    };
    format!("{count}, {tokens} of {window} tokens ({percent} %){older}")
}

/// The share of a window that `tokens` take, in percent.
pub(super) fn percent(tokens: usize, window: usize) -> usize {
    tokens * 100 / window.max(1)
}

/// What a reply took: tokens, seconds, tokens a second.
pub(super) fn cost(cost: &ReplyCost) -> String {
    let milliseconds = cost.milliseconds;
    let tenths = milliseconds / 100;
    let seconds = format!("{}.{} s", tenths / 10, tenths % 10);
    match cost.usage {
        Some(Usage { prompt, reply }) => {
            let rate = reply * 1000 / milliseconds.max(1);
            format!("{prompt} tokens sent, {reply} received, {seconds}, {rate} tokens a second")
        }
        None => seconds,
    }
}

/// A text of exactly so many columns of a terminal: cut, with an ellipsis, or
/// filled up with spaces.
pub(super) fn fit(text: &str, columns: usize) -> String {
    pad(&cut(text, columns), columns)
}

/// A text of at most so many columns of a terminal: cut, with an ellipsis.
pub(crate) fn cut(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut cut = String::new();
    for c in text.chars() {
        cut.push(c);
        if cut.width() >= columns {
            cut.pop();
            break;
        }
    }
    cut.truncate(cut.trim_end().len());
    cut.push('…');
    cut
}

/// A text of any number of lines, each broken at words for a window of so many
/// columns, if that is known; rows that go on with a line begin with so many blanks.
pub(crate) fn wrapped(text: &str, columns: Option<usize>, indent: usize) -> String {
    let mut rows = Vec::with_capacity(text.len());
    push_wrapped(&mut rows, text, columns, indent);
    String::from_utf8_lossy(&rows).into_owned()
}

/// A text filled up with spaces to so many columns of a terminal.
pub(super) fn pad(text: &str, columns: usize) -> String {
    let missing = columns.saturating_sub(text.width());
    format!("{text}{:missing$}", "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fitting_counts_columns() {
        assert_eq!(fit("你好", 6), "你好  ");
        assert_eq!(fit("你好你好", 6), "你好… ");
        assert_eq!(fit("abcdefg", 6), "abcde…");
        assert_eq!(fit("abcdef", 6), "abcdef");
    }

    #[test]
    fn padding_counts_columns() {
        assert_eq!(pad("你好", 6), "你好  ");
        assert_eq!(pad("abcdefg", 6), "abcdefg");
    }
}
