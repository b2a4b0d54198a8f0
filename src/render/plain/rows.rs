//! The rows of listings other than messages. Words are separated by one space, a
//! `-` stands for what is absent, and marks such as `current` are at the end.

use super::super::phrases::{self, pad, put};
use super::super::receipt;
use super::super::time::Utc;
use super::super::visible::{push_body, push_line};
use super::line::{MESSAGE_INDENT, PREVIEW_CHARACTERS};
use super::word::{one_word, quoted};
use crate::domain::{
    CommandHelp, ContextPart, ListedMove, PersonaSummary, SessionSummary, UserSummary, preview_of,
};

/// The column in which the explanation of a command begins.
const EXPLANATION_COLUMN: usize = 36;

/// One's own sessions have numbers, but for one that stands beside the list; others
/// have owners.
pub(super) fn session(row: &SessionSummary<'_>, is_own: bool, utc: &mut Utc, out: &mut Vec<u8>) {
    match row.number {
        Some(number) => push_number(i64::try_from(number).unwrap_or(i64::MAX), out),
        None if is_own => push_or_dash(None, out),
        None => push_line(out, &row.user.quoted()),
    }
    out.push(b' ');
    out.extend_from_slice(row.session.short().as_bytes());
    for count in [row.context, row.messages] {
        out.push(b' ');
        push_number(count, out);
    }
    out.push(b' ');
    push_line(out, &one_word(row.model));
    out.push(b' ');
    out.extend_from_slice(utc.format(row.last_at).as_bytes());
    out.push(b' ');
    let name = row.name().map(|name| quoted(&name));
    push_or_dash(name.as_deref(), out);
    if let Some(persona) = row.persona {
        out.extend_from_slice(b" as ");
        push_line(out, persona);
    }
    end(row.current, " current", out);
}

pub(super) fn user(row: &UserSummary, utc: &mut Utc, out: &mut Vec<u8>) {
    push_line(out, &row.user.quoted());
    put!(out, " {} {} ", row.sessions, row.messages);
    push_or_dash(row.last_at.map(|time| utc.format(time)), out);
    end(row.current, " current", out);
}

pub(super) fn step(it: &ListedMove<'_>, utc: &mut Utc, out: &mut Vec<u8>) {
    let (number, time) = (it.number, utc.format(it.at));
    let (why, did) = (it.moved.kind.word(), receipt::row(it.moved));
    put!(out, "{number} {time} {why} {did}\n");
}

pub(super) fn context(row: &ContextPart<'_>, out: &mut Vec<u8>) {
    push_or_dash(phrases::ids(row.ids).as_deref(), out);
    put!(out, " {} {} tokens: ", row.role.word(), row.tokens);
    push_body(out, row.content, MESSAGE_INDENT);
    out.push(b'\n');
}

pub(super) fn persona(row: &PersonaSummary<'_>, out: &mut Vec<u8>) {
    push_line(out, &one_word(row.name));
    out.push(b' ');
    push_or_dash(row.model.map(one_word).as_deref(), out);
    out.push(b' ');
    let system = row
        .system
        .map(|text| quoted(&preview_of(text, PREVIEW_CHARACTERS)));
    push_or_dash(system.as_deref(), out);
    end(row.default, " default", out);
}

pub(super) fn model(name: &str, current: bool, out: &mut Vec<u8>) {
    push_line(out, name);
    end(current, " current", out);
}

pub(super) fn help(row: &CommandHelp<'_>, out: &mut Vec<u8>) {
    // At least one space, however long the usage is.
    out.extend_from_slice(pad(&format!("{} ", row.usage), EXPLANATION_COLUMN).as_bytes());
    out.extend_from_slice(row.summary.as_bytes());
    if !row.aliases.is_empty() {
        put!(out, " (also {})", row.aliases.join(", "));
    }
    out.push(b'\n');
}

/// Writes a number as the general formatter does, which takes longer than most of a
/// row: a list of sessions has three in each.
fn push_number(number: i64, out: &mut Vec<u8>) {
    let (mut digits, mut at) = ([0; 20], 20);
    let mut rest = number.unsigned_abs();
    loop {
        at -= 1;
        digits[at] = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(&digits[at..]);
}

fn push_or_dash(word: Option<&str>, out: &mut Vec<u8>) {
    push_line(out, word.unwrap_or("-"));
}

/// Ends a row, with the mark if it applies.
fn end(is_marked: bool, mark: &str, out: &mut Vec<u8>) {
    if is_marked {
        out.extend_from_slice(mark.as_bytes());
    }
    out.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_everywhere() {
        for number in [0, 7, 10, 1234, -5, i64::MAX, i64::MIN] {
            let mut out = Vec::new();
            push_number(number, &mut out);
            assert_eq!(out, number.to_string().as_bytes());
        }
    }
}
