//! What was counted.

use super::object::Object;
use crate::domain::{HeatRow, MessageCounts, StatRow};

/// A group of messages, or all.
pub(super) fn row(object: Object<'_>, row: &StatRow<'_>) {
    let weeks = Some(row.weeks).filter(|weeks| !weeks.is_empty());
    counts(
        object
            .field("by", row.by)
            .field("key", row.key)
            .field("title", row.title),
        row.counts,
    )
    .field("total", row.is_total)
    .field("weeks", weeks)
    .field("hours", ())
    .end();
}

/// A day of the week.
pub(super) fn heat(object: Object<'_>, row: &HeatRow<'_>) {
    counts(
        object
            .field("by", "heat")
            .field("key", row.day)
            .field("title", ()),
        row.counts,
    )
    .field("total", false)
    .field("weeks", ())
    .field("hours", row.hours)
    .end();
}

fn counts<'o>(object: Object<'o>, counts: &MessageCounts) -> Object<'o> {
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds of 285,000 years are exact"
    )]
    let seconds_waited = counts.waited as f64 / 1000.0;
    object
        .field("messages", counts.messages)
        .field("turns", counts.turns)
        .field("characters", counts.characters)
        .field("prompt_tokens", counts.prompt_tokens)
        .field("reply_tokens", counts.reply_tokens)
        .field("seconds_waited", seconds_waited)
        .field("failures", counts.failures)
        .field("cost", counts.cost)
        .field("unpriced", counts.unpriced)
}
