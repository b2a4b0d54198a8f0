//! What an endpoint says when something fails, wherever in its answer it says so.

use serde_json::Value;

use super::exceptions::exception;
use super::length;
use super::markup::Markup;
use crate::responder::LengthRefusal;

/// How deep an answer is looked into: errors of one server are wrapped by others.
const DEPTH: usize = 8;

/// How many of several errors are told.
const ERRORS: usize = 3;

/// How much of an error is told that has no words, in characters.
const RAW_CHARACTERS: usize = 300;

/// Where the message of an error may be; the first that has words counts.
const MESSAGES: [&str; 23] = [
    "message",
    "msg",
    "error_msg",
    "error_message",
    "errorMessage",
    "Message",
    "detail",
    "details",
    "error_description",
    "description",
    "faultstring",
    "status_msg",
    "errors",
    "error",
    "Error",
    "reason",
    "err",
    "title",
    "exception",
    "response",
    "body",
    "fault",
    "base_resp",
];

/// Where another server's error may be, which this one only passes on.
const INNER: [&[&str]; 4] = [
    &["metadata", "raw"],
    &["innererror"],
    &["inner_error"],
    &["cause"],
];

/// Where its code may be.
const CODES: [&str; 5] = ["code", "type", "error_code", "errorCode", "status"];

/// Where an object that is an error although it does not say so has its code.
const NUMBERS: [&str; 6] = [
    "code",
    "error_code",
    "errorCode",
    "status_code",
    "statusCode",
    "__type",
];

/// Fields that only errors have.
const WORDS: [&str; 8] = [
    "error_msg",
    "Message",
    "error_message",
    "errorMessage",
    "errors",
    "fault",
    "Error",
    "exception",
];

/// What is said of something that failed.
const FAILED: [&str; 3] = ["failed", "failure", "fail"];

/// Codes that are no error.
const FINE: [&str; 6] = ["0", "200", "ok", "success", "null", "true"];

/// What an endpoint says about a failure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ReportedError {
    /// Its words, if it has any.
    pub words: Option<String>,
    /// Its word for the kind of error.
    pub code: Option<String>,
    /// What it says about the length, if that is what is wrong.
    pub too_long: Option<LengthRefusal>,
}

impl ReportedError {
    /// Reads the body of a refusal with this status: JSON, a stream with an error in
    /// it, a web page, or plain text.
    pub(super) fn in_body(status: u16, body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        let text = text.trim();
        if let Some(value) = json(text).or_else(|| text.lines().find_map(json_of_field)) {
            return Self::of(status, &value);
        }
        let Some(markup) = Markup::new(text) else {
            return Self::with(status, text.to_owned(), None, None);
        };
        let words = markup.element("message").map(str::to_owned);
        let words = words.unwrap_or_else(|| markup.page());
        Self::with(
            status,
            words,
            markup.element("code").map(str::to_owned),
            None,
        )
    }

    /// Reads an error that is told within an answer: JSON or text.
    pub(super) fn in_text(text: &str) -> Self {
        match json(text) {
            Some(value) => Self::of(0, &value),
            None => {
                let text = serde_json::from_str(text).unwrap_or_else(|_| text.trim().to_owned());
                Self::with(0, text, None, None)
            }
        }
    }

    /// Reads a value that is, or holds, an error.
    pub(super) fn in_value(value: &Value) -> Self {
        Self::of(0, value)
    }

    /// Reads an object that may be an error although nothing in it is called so;
    /// none if it is not.
    pub(super) fn in_object(value: &Value) -> Option<Self> {
        let has = |names: &[&str]| {
            let mut fields = names.iter().filter_map(|name| value.get(*name));
            fields.any(is_something)
        };
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        let is_called = |name| text(name).is_some_and(|kind| kind.to_lowercase().contains("error"));
        let is_refused = |name| value.get(name) == Some(&Value::Bool(false));
        let codes = NUMBERS.iter().filter_map(|name| value.get(*name));
        let has_code = codes.into_iter().any(is_code)
            || value
                .get("status")
                .is_some_and(|status| status.is_number() && is_code(status));
        // News of something else may have details, too.
        let news = text("type").or(text("event"));
        let is_news = news.is_some();
        let is_of_tool = news.is_some_and(|news| news.contains("tool") || news.contains("call"));
        let has_failed = |name| text(name).is_some_and(is_failed);
        // An empty one beside these says that there is none.
        let is_bare_error = value.get("error").is_some_and(Value::is_object)
            && !is_news
            && !has_key(value, &["choices", "usage"]);
        let is_error = exception(value).is_some()
            || has(&WORDS)
            || has(&["detail"]) && !is_news
            || value.get("error_code").is_some_and(is_code)
            || ["object", "type", "status", "event"]
                .into_iter()
                .any(is_called)
            || !is_of_tool && ["type", "status", "event"].into_iter().any(has_failed)
            || is_bare_error
            || has(&MESSAGES) && (has_code || ["success", "ok"].into_iter().any(is_refused));
        let passed_on = value.get("base_resp").and_then(Self::in_object);
        if is_error {
            Some(Self::in_value(value))
        } else {
            passed_on
        }
    }

    fn of(status: u16, value: &Value) -> Self {
        let words = words(value, DEPTH).unwrap_or_else(|| match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => String::new(),
            other => other.to_string().chars().take(RAW_CHARACTERS).collect(),
        });
        let mut numbers = LengthRefusal::default();
        find_numbers(value, DEPTH, &mut numbers);
        Self::with(status, words, code(value, DEPTH), Some(numbers))
    }

    fn with(
        status: u16,
        words: String,
        code: Option<String>,
        numbers: Option<LengthRefusal>,
    ) -> Self {
        let code_word = code.as_deref().unwrap_or_default();
        let too_long = length::refused(status, code_word, &words).map(|refusal| LengthRefusal {
            limit: numbers
                .and_then(|numbers| numbers.limit)
                .filter(|limit| (1..=length::LARGEST).contains(limit))
                .or(refusal.limit),
            sent: numbers.and_then(|numbers| numbers.sent).or(refusal.sent),
        });
        Self {
            words: Some(words).filter(|words| !words.is_empty()),
            code,
            too_long,
        }
    }
}

/// Whether a field that is called an error holds one.
pub(super) fn is_something(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => {
            !FINE.contains(&text.trim().to_lowercase().as_str()) && !text.trim().is_empty()
        }
        Value::Number(number) => number.as_i64() != Some(0),
        Value::Array(list) => !list.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        Value::Bool(true) => true,
    }
}

/// Whether a word says that something failed.
fn is_failed(word: &str) -> bool {
    let word = word.trim().to_lowercase();
    FAILED.contains(&word.as_str())
}

fn has_key(value: &Value, names: &[&str]) -> bool {
    names.iter().any(|name| value.get(*name).is_some())
}

/// Whether a code is one of an error.
fn is_code(code: &Value) -> bool {
    match code {
        Value::Number(number) => !matches!(number.as_i64(), Some(0 | 200..300)),
        Value::String(word) => {
            let word = word.trim().to_lowercase();
            !word.is_empty() && !FINE.contains(&word.as_str())
        }
        _ => false,
    }
}

/// An object or a list.
fn json(text: &str) -> Option<Value> {
    let text = text.trim();
    let is_json = text.starts_with(['{', '[']);
    serde_json::from_str(text).ok().filter(|_| is_json)
}

/// The JSON in a line of a stream.
fn json_of_field(line: &str) -> Option<Value> {
    let (name, value) = line.split_once(':')?;
    matches!(name, "data" | "error").then(|| json(value))?
}

/// Finds the words in an error, whatever form that has.
fn words(error: &Value, depth: usize) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    match error {
        Value::String(text) => match json(text).and_then(|value| words(&value, depth)) {
            Some(words) => Some(words),
            None => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        },
        Value::Array(list) => {
            let all: Vec<_> = list
                .iter()
                .filter_map(|one| words(one, depth))
                .take(ERRORS)
                .collect();
            (!all.is_empty()).then(|| all.join("; "))
        }
        Value::Object(fields) => {
            let nested = fields
                .get("error")
                .filter(|error| !error.is_string())
                .and_then(|error| words(error, depth));
            let outer = nested.or_else(|| {
                let found = MESSAGES.iter().filter_map(|name| fields.get(*name));
                found
                    .filter(|found| is_something(found))
                    .chain(exception(error).map(|(_, found)| found))
                    .find_map(|found| words(found, depth))
            });
            let inner = INNER.iter().find_map(|path| {
                let inner = path.iter().try_fold(error, |at, name| at.get(name))?;
                words(inner, depth)
            });
            let place = fields.get("loc").and_then(place);
            match (outer, inner) {
                (Some(outer), Some(inner)) if !outer.contains(&inner) => {
                    Some(format!("{}: {inner}", outer.trim_end_matches('.')))
                }
                (Some(outer), _) => Some(match place {
                    Some(place) => format!("{place}: {outer}"),
                    None => outer,
                }),
                (None, inner) => inner,
            }
        }
        _ => None,
    }
}

/// The place in a request that a validation error names, such as `body.messages.0`.
fn place(path: &Value) -> Option<String> {
    let steps = path.as_array()?.iter().filter_map(|step| match step {
        Value::String(name) => Some(name.clone()),
        Value::Number(index) => Some(index.to_string()),
        _ => None,
    });
    let steps: Vec<_> = steps.take(DEPTH).collect();
    (!steps.is_empty()).then(|| steps.join("."))
}

/// The code of an error: that of the innermost one that has a word for it.
fn code(error: &Value, depth: usize) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    let fields = match error {
        Value::Array(list) => return list.iter().find_map(|one| code(one, depth)),
        Value::String(text) => return code(&json(text)?, depth),
        Value::Object(fields) => fields,
        _ => return None,
    };
    let inner = ["error", "detail", "message", "response"]
        .iter()
        .find_map(|name| code(fields.get(*name)?, depth));
    let inner = inner.or_else(|| exception(error).map(|(name, _)| name.clone()));
    let own = || {
        let found = CODES
            .iter()
            .chain(&["__type"])
            .filter_map(|name| fields.get(*name)?.as_str());
        found.map(str::to_owned).find(|code| code != "error")
    };
    inner.or_else(own)
}

/// Finds what llama.cpp counts in fields of their own.
fn find_numbers(error: &Value, depth: usize, found: &mut LengthRefusal) {
    let Some(depth) = depth.checked_sub(1) else {
        return;
    };
    match error {
        Value::Object(fields) => {
            let number = |name: &str| {
                let number = fields.get(name).and_then(Value::as_u64);
                number.and_then(|number| usize::try_from(number).ok())
            };
            found.limit = number("n_ctx").or(found.limit);
            found.sent = number("n_prompt_tokens").or(found.sent);
            for field in fields.values() {
                find_numbers(field, depth, found);
            }
        }
        Value::Array(list) => {
            for one in list {
                find_numbers(one, depth, found);
            }
        }
        Value::String(text) if text.contains("n_ctx") => {
            if let Some(value) = json(text) {
                find_numbers(&value, depth, found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;
