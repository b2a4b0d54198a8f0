//! Recognises refusals that mean: what you sent is too long.
//!
//! Every server has words of its own for it. What they have in common is found by
//! phrases; the numbers in them by the words that stand before or behind.

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
const PHRASES: [&str; 25] = [
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
const CONTEXTS: [&str; 6] = [
    "context length",
    "context window",
    "context size",
    "context limit",
    "n_ctx",
    "model length",
];
const EXCESSES: [&str; 9] = [
    "exceed", "maximum", "max ", "longer", "greater", "larger", "only", "too ", "but the",
];

/// Phrases of refusals that are of another kind, although they may name tokens.
const OTHERS: [&str; 7] = [
    "rate limit",
    "rate_limit",
    "too many requests",
    "throttl",
    "quota",
    "per minute",
    "per day",
];

/// What stands before the number of tokens that fit; the first that is found counts.
const BEFORE_LIMIT: [&str; 27] = [
    "context limit:",
    "n_ctx",
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
    "limit",
    ">",
];

/// What stands behind it.
const BEHIND_LIMIT: [&str; 2] = [" maximum context length", " token context"];

/// What stands before the number of tokens that were sent.
const BEFORE_SENT: [&str; 23] = [
    "context limit:",
    "n_prompt_tokens",
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

/// Characters that may stand between such words and the number.
const GAP: [char; 6] = [' ', '(', ':', '"', '=', '['];

/// What a refusal with this status, code and text says about the length; none if it
/// is about something else. 413 says it without words.
pub(super) fn refused(status: u16, code: &str, text: &str) -> Option<LengthRefusal> {
    let text = text.to_lowercase().replace(['`', '\''], "");
    let text = text.as_str();
    let has = |phrases: &[&str]| phrases.iter().any(|phrase| text.contains(phrase));
    let is_of_characters = code == "string_above_max_length" || text.contains("string too long");
    if is_of_characters {
        return has(&["messages", "input"]).then(LengthRefusal::default);
    }
    let is_by_phrase = has(&PHRASES) || has(&CONTEXTS) && has(&EXCESSES);
    // Such a request alone is more than a whole minute allows.
    let is_of_another_kind = has(&OTHERS) && !text.contains("request too large");
    let is_too_long = status == 413 || CODES.contains(&code) || is_by_phrase && !is_of_another_kind;
    is_too_long.then(|| {
        let behind = |words: &[&str]| words.iter().find_map(|words| number_before(text, words));
        let before = |words: &[&str]| words.iter().find_map(|words| number_after(text, words));
        let limit = match sum(text) {
            Some(limit) => Some(limit),
            None => behind(&BEHIND_LIMIT).or_else(|| before(&BEFORE_LIMIT)),
        };
        let sent = behind(&BEHIND_SENT).or_else(|| before(&BEFORE_SENT));
        LengthRefusal {
            limit: limit.filter(|limit| *limit > 0),
            sent: sent.filter(|sent| Some(*sent) != limit),
        }
    })
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
        let rest = rest.trim_start_matches(GAP);
        let rest = ["is ", "of "]
            .iter()
            .find_map(|word| rest.strip_prefix(word))
            .unwrap_or(rest);
        number(rest.trim_start_matches(GAP))
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
/// thousands, in ones or in thousands (`128k`).
fn number(text: &str) -> Option<usize> {
    let mut digits = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let is_separator = matches!(c, ',' | '_' | '.')
            && !digits.is_empty()
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
    let number: usize = digits.parse().ok()?;
    match rest.strip_prefix('k') {
        Some(after) if !after.starts_with(char::is_alphanumeric) => number.checked_mul(1000),
        _ => Some(number),
    }
}

#[cfg(test)]
mod tests;
