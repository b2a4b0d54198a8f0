//! Recognises refusals that mean: what you sent is too long.
//!
//! Every server has words of its own for it. What they have in common is found by
//! phrases; the numbers in them by the words that stand before or behind.

use std::ops::RangeInclusive;

use crate::responder::LengthRefusal;

/// Codes that mean it.
const CODES: [&str; 8] = [
    "context_length_exceeded",
    "context_window_exceeded",
    "model_context_window_exceeded",
    "exceed_context_size_error",
    "request_too_large",
    "prompt_too_long",
    "input_too_long",
    "context_overflow",
];

/// Phrases that mean it wherever they stand, in lower case.
const PHRASES: [&str; 33] = [
    "context is too long",
    "context too long",
    "total tokens limit",
    "length limit exceeded",
    "total length of the prompt",
    "payload too large",
    "entity too large",
    "content too large",
    "context_length_exceeded",
    "context length exceeded",
    "prompt is too long",
    "prompt too long",
    "prompt is longer than",
    "input is too long",
    "input too long",
    "input is longer than",
    "inputs must have less than",
    "input tokens exceed",
    "maximum prompt length",
    "maximum input length",
    "allowed input length",
    "reduce the length of",
    "reduce your prompt",
    "exceeds the maximum number of tokens",
    "exceeded model token limit",
    "prompt token count",
    "token limit exceeded",
    "too many input tokens",
    "too many tokens",
    "range of input length",
    "max_new_tokens must be <=",
    "max seq len",
    "request too large",
];

/// What may be exceeded, and the words that say that it is.
const CONTEXTS: [&str; 10] = [
    "max_model_len",
    "max context",
    "input length",
    "input size",
    "context length",
    "context window",
    "context size",
    "context limit",
    "n_ctx",
    "model length",
];
const EXCESSES: [&str; 10] = [
    "more than",
    "exceed",
    "maximum",
    "max ",
    "longer",
    "greater",
    "larger",
    "only",
    "too ",
    "but the",
];

/// Phrases of refusals that are of another kind, although they may name tokens.
const OTHERS: [&str; 12] = [
    "rate limit",
    "rate_limit",
    "ratelimit",
    "too many requests",
    "throttl",
    "quota",
    "please wait",
    "per min",
    "per hour",
    "per day",
    "(tpm",
    "(rpm",
];

/// What stands before the number of tokens that fit; the first that is found counts.
const BEFORE_LIMIT: [&str; 37] = [
    "context limit:",
    "n_ctx",
    "max_model_len",
    "maximum context length",
    "context length is only",
    "context size is",
    "available context size",
    "maximum prompt length",
    "allowed input length",
    "maximum input length",
    "maximum model length",
    "maximum number of tokens allowed",
    "configured limit of",
    "exceeds the limit of",
    "context window of",
    "context length of",
    "context length",
    "max_total_tokens",
    "max seq len is",
    "must be <=",
    "model token limit:",
    "less than",
    "more than max tokens allowed",
    "input length should be [1,",
    "context size",
    "context window",
    "max context",
    "limit for this model is",
    "maximum length",
    "more than",
    "cannot exceed",
    "must be at most",
    "longer than",
    "greater than",
    "limit",
    ">",
    "exceeds",
];

/// What stands behind it.
const BEHIND_LIMIT: [&str; 2] = [" maximum context length", " token context"];

/// What stands before the number of tokens that were sent.
const BEFORE_SENT: [&str; 30] = [
    "context limit:",
    "n_prompt_tokens",
    "n_prompt",
    "prompt (length",
    "length of the prompt",
    "keep the first",
    "received",
    "actual",
    ", got",
    "too long:",
    "resulted in",
    "your request has",
    "request contains",
    "prompt contains",
    "prompt has",
    "input has",
    "given:",
    "input token count",
    "prompt token count of",
    "requested token count",
    "input length",
    "input tokens",
    "requested about",
    "requested:",
    "you requested",
    "requested",
    "the input",
    "request",
    "length of your prompt is",
    "input",
];

/// What stands behind it: better than what stands before, which may be a sum.
const BEHIND_SENT: [&str; 6] = [
    " in the messages",
    " in your prompt",
    " of text input",
    " inputs tokens",
    " input tokens",
    " tokens from the input",
];

/// Words that may stand between such words and the number.
const BETWEEN: [&str; 7] = ["is ", "of ", "only ", "just ", "about ", "at most ", "to "];

/// What stands behind numbers that count something else.
const OTHER_UNITS: [&str; 11] = [
    "char", "byte", "kb", "mb", "kib", "mib", "second", "minute", "ms", "item", "%",
];

/// The numbers that may be how many tokens a model takes. Others are codes, counts of
/// something else, or nonsense.
const WINDOWS: RangeInclusive<usize> = 256..=LARGEST;

/// No model takes more, not even where a field says so.
pub(super) const LARGEST: usize = 100_000_000;

/// Characters that may stand between such words and the number.
const GAP: [char; 6] = [' ', '(', ':', '"', '=', '['];

/// What a refusal with this status, code and text says about the length; none if it
/// is about something else. 413 says it without words.
pub(super) fn refused(status: u16, code: &str, text: &str) -> Option<LengthRefusal> {
    let text = text.to_lowercase().replace(['`', '\''], "");
    let text: String = text.chars().map(ascii).collect();
    let text = text.as_str();
    let has = |phrases: &[&str]| phrases.iter().any(|phrase| text.contains(phrase));
    let is_of_characters =
        code == "string_above_max_length" || has(&["string too long", "expected maxlength"]);
    if is_of_characters {
        return has(&["messages", "input"]).then(LengthRefusal::default);
    }
    let is_of_context = has(&CONTEXTS) && has(&EXCESSES);
    // What is allowed in a minute is no window, however it is put.
    let code = code.to_lowercase();
    let is_of_time = has(&OTHERS) || OTHERS.iter().any(|other| code.contains(other));
    let is_of_another_kind = is_of_time && (status == 429 || !is_of_context);
    let is_by_words = is_of_context || has(&PHRASES);
    let is_too_long =
        status == 413 || !is_of_another_kind && (is_by_words || CODES.contains(&code.as_str()));
    if is_too_long && is_of_another_kind {
        return Some(LengthRefusal::default());
    }
    is_too_long.then(|| {
        let behind = |words: &[&str]| words.iter().find_map(|words| number_before(text, words));
        let before = |words: &[&str]| words.iter().find_map(|words| number_after(text, words));
        let limit = match sum(text) {
            Some(limit) => Some(limit),
            None => behind(&BEHIND_LIMIT).or_else(|| before(&BEFORE_LIMIT)),
        };
        let sent = behind(&BEHIND_SENT).or_else(|| before(&BEFORE_SENT));
        LengthRefusal {
            limit: limit.and_then(window),
            sent: sent.filter(|sent| Some(*sent) != limit),
        }
    })
}

/// The number, if it may be how many tokens a model takes.
fn window(limit: usize) -> Option<usize> {
    WINDOWS.contains(&limit).then_some(limit)
}

/// A digit or a blank as ASCII has it; anything else as it is.
fn ascii(c: char) -> char {
    match c {
        '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10).unwrap_or(c),
        c if c.is_whitespace() => ' ',
        c => c,
    }
}

/// The limit in `context limit: A + B > LIMIT`.
fn sum(text: &str) -> Option<usize> {
    let (_, sum) = text.split_once("context limit:")?;
    number_after(sum, ">")
}

/// The first number that stands right behind these words.
fn number_after(text: &str, words: &str) -> Option<usize> {
    text.match_indices(words).find_map(|(at, _)| {
        let rest = text.get(at + words.len()..)?;
        // Some put the number of the error in brackets.
        let mut rest = if words == "limit" {
            rest.trim_start_matches([' ', ':', '"', '='])
        } else {
            rest.trim_start_matches(GAP)
        };
        while let Some(next) = BETWEEN.iter().find_map(|word| rest.strip_prefix(word)) {
            rest = next.trim_start_matches(GAP);
        }
        number(rest)
    })
}

/// The first number that stands right before these words.
fn number_before(text: &str, words: &str) -> Option<usize> {
    text.match_indices(words).find_map(|(at, _)| {
        let before = text.get(..at)?;
        let before = before.strip_suffix(" tokens").unwrap_or(before);
        let is_part = |c: char| c.is_ascii_digit() || c == ',' || c == '_';
        let start = before.trim_end_matches(is_part).len();
        number(before.get(start..)?)
    })
}

/// The number at the beginning of a text, with or without separators between
/// thousands, in ones, thousands (`128k`) or millions (`1M`); none if it counts
/// something else.
fn number(text: &str) -> Option<usize> {
    let mut digits = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let is_separator = matches!(c, ',' | '_' | '.' | ' ')
            && !digits.is_empty()
            && (c != ' ' || digits.len() <= 3)
            && rest
                .get(1..4)
                .is_some_and(|three| three.bytes().all(|byte| byte.is_ascii_digit()))
            && !rest
                .get(4..)
                .is_some_and(|after| after.starts_with(|c: char| c.is_ascii_digit()));
        if c.is_ascii_digit() {
            digits.push(c);
        } else if !is_separator {
            break;
        }
        rest = rest.get(1..)?;
    }
    let (tenths, unit) = tenths(rest);
    let number: usize = digits.parse().ok()?;
    let factor = match unit.chars().next() {
        Some('k') => 1000,
        Some('m') => 1_000_000,
        _ => 1,
    };
    let after = unit.get(usize::from(factor > 1)..).unwrap_or_default();
    let is_unit = OTHER_UNITS
        .iter()
        .any(|other| unit.trim_start().starts_with(other));
    if is_unit {
        None
    } else if factor > 1 && !after.starts_with(char::is_alphanumeric) {
        let tenths = tenths.unwrap_or(0) * (factor / 10);
        number.checked_mul(factor)?.checked_add(tenths)
    } else {
        Some(number)
    }
}

/// The digit behind a decimal point (`1.5M`), and what stands behind that.
fn tenths(rest: &str) -> (Option<usize>, &str) {
    let digit = rest.strip_prefix(['.', ',']);
    let digit = digit.and_then(|rest| Some((rest.chars().next()?.to_digit(10)?, rest.get(1..)?)));
    match digit {
        Some((digit, after)) if after.starts_with(['k', 'm']) => {
            (usize::try_from(digit).ok(), after)
        }
        _ => (None, rest),
    }
}

#[cfg(test)]
mod tests;
