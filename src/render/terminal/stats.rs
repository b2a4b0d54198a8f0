//! What was counted, as a table with bars, or a day by its hours.

use colored::Colorize;

use super::super::phrases::{fit, pad, put};
use super::super::stats::{bar, grouped, money, seconds, shade, sparkline};
use super::super::visible::visible_line;
use super::page::Page;
use crate::domain::{HeatRow, MessageCounts, StatRow};

/// The columns of a table where the window's are not known.
const USUAL_COLUMNS: usize = 80;

/// Fewer columns have room for messages alone beside the bars: the rest stands below.
const TABLE_COLUMNS: usize = 76;

/// The columns of a number, and of the seconds.
const NUMBER_COLUMNS: usize = 9;

/// What stands below a row, or below the last, begins in this column.
const INDENT: usize = 4;

/// The columns of the name of a number, where each has a line of its own.
const NAME_COLUMNS: usize = 12;

/// The columns of the name of a day, with the blank behind.
const DAY_COLUMNS: usize = 4;

/// So many columns have room for two of each hour.
const WIDE_HOURS: usize = DAY_COLUMNS + 2 * 24 + 1 + NUMBER_COLUMNS;

/// How a page is divided.
struct Table {
    key: usize,
    bar: usize,
    /// All numbers stand beside the bar.
    is_wide: bool,
}

impl Table {
    fn of(page: &Page) -> Self {
        let columns = page.columns().unwrap_or(USUAL_COLUMNS);
        let is_wide = columns >= TABLE_COLUMNS;
        let numbers = if is_wide { 5 } else { 1 };
        let left = columns.saturating_sub(numbers * (1 + NUMBER_COLUMNS) + 1);
        // A session's title stands behind its id, where there is room.
        let key = (left * 3 / 5).clamp(8, 40);
        Self {
            key,
            bar: left.saturating_sub(key + 1).clamp(1, 40),
            is_wide,
        }
    }
}

/// Writes the names of the columns.
pub(super) fn head(row: &StatRow<'_>, page: &Page, out: &mut Vec<u8>) {
    let table = Table::of(page);
    let by = pad(row.by.unwrap_or_default(), table.key);
    let mut names = vec![by, format!("{:>NUMBER_COLUMNS$}", "messages")];
    if table.is_wide {
        names.push(" ".repeat(table.bar));
        let others = ["turns", "tokens", "waited", "failed"];
        names.extend(others.map(|name| format!("{name:>NUMBER_COLUMNS$}")));
    }
    let names = names.join(" ");
    put!(out, "{}\n", names.dimmed());
}

/// Writes a group, or all.
pub(super) fn row(row: &StatRow<'_>, page: &Page, out: &mut Vec<u8>) {
    let (table, it) = (Table::of(page), row.counts);
    let key = match row.key {
        Some(key) => visible_line(key),
        None if row.is_total => "total".to_owned(),
        None => "-".to_owned(),
    };
    let key = match row.title {
        // The beginning of an id is enough, as in the list of sessions.
        Some(title) => format!("{} {}", key.get(..8).unwrap_or(&key), visible_line(title)),
        None => key,
    };
    let key = fit(&key, table.key);
    let messages = grouped(it.messages);
    let part = if row.is_total { 0 } else { it.messages };
    let bar = bar(part, row.most, table.bar);
    let styled = if row.is_total {
        key.bold()
    } else {
        key.normal()
    };
    put!(out, "{styled} {messages:>NUMBER_COLUMNS$}");
    if table.is_wide {
        let numbers = [
            grouped(it.turns),
            grouped(it.tokens()),
            format!("{} s", seconds(it.waited)),
            grouped(it.failures),
        ];
        put!(out, " {}", pad(&bar, table.bar).cyan());
        for number in numbers {
            put!(out, " {number:>NUMBER_COLUMNS$}");
        }
    } else if !bar.is_empty() {
        put!(out, " {}", bar.cyan());
    }
    out.push(b'\n');
    let below = match below(it, !table.is_wide) {
        below if row.is_total || !table.is_wide => below,
        _ => it
            .cost
            .map_or_else(String::new, |cost| format!("cost {}", money(cost))),
    };
    if !below.is_empty() {
        let place = page.place_below(INDENT);
        let lines = format!("{}\n", below.dimmed());
        place.push_lines(&lines, 0, out);
    }
}

/// `1 turn`, `4,222 characters`.
fn counted(count: u64, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {what}{plural}", grouped(count))
}

/// What has no column.
fn below(it: &MessageCounts, with_all: bool) -> String {
    let mut told = Vec::new();
    if with_all {
        told.push(counted(it.turns, "turn"));
    }
    told.push(counted(it.characters, "character"));
    if with_all && it.tokens() > 0 {
        told.push(counted(it.tokens(), "token"));
    }
    if with_all && it.waited > 0 {
        told.push(format!("{} s waited", seconds(it.waited)));
    }
    if with_all && it.failures > 0 {
        told.push(format!("{} failed", it.failures));
    }
    if let Some(cost) = cost(it) {
        told.push(format!("cost {cost}"));
    }
    told.join(", ")
}

/// What the tokens cost, and how many replies it leaves out; none without a price.
fn cost(it: &MessageCounts) -> Option<String> {
    let cost = money(it.cost?);
    Some(match it.unpriced {
        0 => cost,
        1 => format!("{cost} and 1 reply without a price"),
        many => format!("{cost} and {many} replies without a price"),
    })
}

/// Writes all messages together, a number in each line.
pub(super) fn all(row: &StatRow<'_>, page: &Page, out: &mut Vec<u8>) {
    let it = row.counts;
    let tokens = match it.tokens() {
        0 => "-".to_owned(),
        _ => format!(
            "{} sent, {} received",
            grouped(it.prompt_tokens),
            grouped(it.reply_tokens)
        ),
    };
    let mut lines = vec![
        ("messages", grouped(it.messages)),
        ("turns", grouped(it.turns)),
        ("characters", grouped(it.characters)),
        ("tokens", tokens),
        ("waited", format!("{} s", seconds(it.waited))),
        ("failed", grouped(it.failures)),
    ];
    lines.extend(cost(it).map(|cost| ("cost", cost)));
    let most = row.weeks.iter().copied().max().unwrap_or(0);
    if most > 0 {
        lines.push(("best week", grouped(most)));
        lines.push(("by week", sparkline(row.weeks).cyan().to_string()));
    }
    let place = page.place_beside(NAME_COLUMNS);
    for (name, value) in lines {
        put!(out, "{}", pad(name, NAME_COLUMNS).dimmed());
        // A narrow window has room for a number beside its name, too.
        out.extend_from_slice(place.styled_rows(&value).join("\n").as_bytes());
        out.push(b'\n');
    }
}

/// The columns of an hour.
fn hour_columns(page: &Page) -> usize {
    let columns = page.columns().unwrap_or(USUAL_COLUMNS);
    if columns >= WIDE_HOURS { 2 } else { 1 }
}

/// Writes the hours that days are shown by.
pub(super) fn hours(page: &Page, out: &mut Vec<u8>) {
    let columns = 6 * hour_columns(page);
    let mut names = format!("{:DAY_COLUMNS$}", "");
    for hour in [0, 6, 12, 18] {
        names.push_str(&pad(&hour.to_string(), columns));
    }
    put!(out, "{}\n", names.trim_end().dimmed());
}

/// Writes a day of the week: a shade for each hour.
pub(super) fn day(row: HeatRow<'_>, page: &Page, out: &mut Vec<u8>) {
    let columns = hour_columns(page);
    let shades: String = (row.hours.iter())
        .flat_map(|count| std::iter::repeat_n(shade(*count, row.most), columns))
        .collect();
    let messages = grouped(row.counts.messages);
    let day = pad(row.day, DAY_COLUMNS);
    put!(out, "{day}{} {messages:>NUMBER_COLUMNS$}\n", shades.cyan());
}
