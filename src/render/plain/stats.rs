//! What was counted: a row for each group. Its words are what it is of, messages, turns,
//! characters, tokens sent and received, seconds waited, failures, and cost; `total` is at
//! the end of the last.

use super::super::phrases::put;
use super::super::stats::{money, seconds};
use super::super::visible::push_line;
use super::word::{one_word, quoted};
use crate::domain::{HeatRow, StatRow};

pub(super) fn row(row: &StatRow<'_>, out: &mut Vec<u8>) {
    let key = row.key.map(one_word);
    push_line(out, key.as_deref().unwrap_or("-"));
    let it = row.counts;
    put!(
        out,
        " {} {} {} {} {} {} {} {}",
        it.messages,
        it.turns,
        it.characters,
        it.prompt_tokens,
        it.reply_tokens,
        seconds(it.waited),
        it.failures,
        it.cost.map_or_else(|| "-".to_owned(), money)
    );
    if let Some(title) = row.title {
        out.push(b' ');
        push_line(out, &quoted(title));
    }
    out.extend_from_slice(if row.is_total { b" total\n" } else { b"\n" });
}

/// A day of the week, and the messages of each of its hours.
pub(super) fn heat(row: &HeatRow<'_>, out: &mut Vec<u8>) {
    put!(out, "{}", row.day);
    for count in row.hours {
        put!(out, " {count}");
    }
    out.push(b'\n');
}
