//! The values of the settings: what is made of what was typed. Flags and the
//! configuration file know the same words and the same limits.

use std::time::Duration;

use clap::ValueEnum;

use super::super::cli::Keys;
use super::super::flags::{word, words};
use super::super::parameters;
use super::super::prompt_template::PromptTemplate;
use super::super::settings::{Parallel, SavedValue};
use super::super::timeouts::Timeouts;
use super::super::window_tokens::WindowTokens;
use super::key::{Key, ModelKey, RunKey, nearest, shorten, wrong};
use crate::command::wanted_setting::unquoted;
use crate::domain::Error;
use crate::render::Reasoning;
use crate::responder::{Compact, Limits};

/// A setting, and what it is to be.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum NewValue {
    Markdown(bool),
    Reasoning(Reasoning),
    Verbose(bool),
    Prompt(PromptTemplate),
    Share(bool),
    Keys(Keys),
    Parallel(usize),
    Window(usize),
    Compact(Compact),
    Retries(u32),
    /// The name of the time-out, how it was typed, and all of them.
    Timeout(&'static str, f64, Timeouts),
    Parameter(String, serde_json::Value),
}

impl NewValue {
    /// Reads the value of a setting that may be changed.
    ///
    /// # Errors
    /// What it may be instead.
    pub(super) fn parse(key: &Key, typed: &str) -> Result<Self, Error> {
        let text = unquoted(typed);
        let read = match key {
            Key::Run(RunKey::Markdown) => truth(&text).map(Self::Markdown),
            Key::Run(RunKey::Verbose) => truth(&text).map(Self::Verbose),
            Key::Run(RunKey::Share) => truth(&text).map(Self::Share),
            Key::Run(RunKey::Reasoning) => one_of(&text).map(Self::Reasoning),
            Key::Run(RunKey::Keys) => one_of(&text).map(Self::Keys),
            Key::Run(RunKey::Prompt) => text.parse().map(Self::Prompt),
            Key::Run(RunKey::Parallel) => number::<i64>(&text, "a number from 1 to 64")
                .and_then(Parallel::try_from)
                .map(|parallel| Self::Parallel(parallel.0)),
            Key::Model(ModelKey::Window) => number(&text, "a number of tokens from 1 on")
                .map(|WindowTokens(tokens)| Self::Window(tokens)),
            Key::Model(ModelKey::Retries) => number(&text, "a number of tries").map(Self::Retries),
            Key::Model(ModelKey::Compact) => one_of(&text).map(Self::Compact),
            Key::Model(ModelKey::Timeout(name)) => timeout(name, &text),
            Key::Parameter(name) => parameter(name, typed),
            Key::Fixed(key) => Err(key.instead.to_owned()),
        };
        read.map_err(|hint| {
            let (typed, key) = (shorten(typed), key.name());
            wrong(format!("does not take `{typed}` for `{key}`"), hint)
        })
    }

    /// The value as it is shown.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Markdown(truth) | Self::Verbose(truth) | Self::Share(truth) => truth.to_string(),
            Self::Reasoning(how) => name(how),
            Self::Keys(keys) => name(keys),
            Self::Compact(when) => name(when),
            Self::Prompt(template) => template.to_string(),
            Self::Parallel(count) | Self::Window(count) => count.to_string(),
            Self::Retries(count) => count.to_string(),
            Self::Timeout(name, _, timeouts) => {
                let mut limits = Limits::default();
                timeouts.apply(&mut limits);
                seconds(&limits, name)
            }
            Self::Parameter(_, json) => json.to_string(),
        }
    }

    /// The value in the configuration file.
    pub(super) fn saved(&self) -> SavedValue {
        let number = |number: usize| SavedValue::Number(i64::try_from(number).unwrap_or(i64::MAX));
        match self {
            Self::Markdown(truth) | Self::Verbose(truth) | Self::Share(truth) => {
                SavedValue::Truth(*truth)
            }
            Self::Reasoning(how) => SavedValue::Text(name(how)),
            Self::Keys(keys) => SavedValue::Text(name(keys)),
            Self::Compact(when) => SavedValue::Text(name(when)),
            Self::Prompt(template) => SavedValue::Text(template.to_string()),
            Self::Parallel(count) | Self::Window(count) => number(*count),
            Self::Retries(count) => SavedValue::Number((*count).into()),
            Self::Timeout(_, seconds, _) => SavedValue::Seconds(*seconds),
            Self::Parameter(_, json) => SavedValue::Parameter(json.clone()),
        }
    }
}

/// The words that a setting may be, if there are only a few.
pub(super) fn words_of(key: &Key) -> Vec<String> {
    match key {
        Key::Run(RunKey::Markdown | RunKey::Verbose | RunKey::Share) => {
            ["true", "false"].map(str::to_owned).to_vec()
        }
        Key::Run(RunKey::Reasoning) => words::<Reasoning>(),
        Key::Run(RunKey::Keys) => words::<Keys>(),
        Key::Model(ModelKey::Compact) => words::<Compact>(),
        _ => Vec::new(),
    }
}

/// The name of one of some words.
pub(super) fn name<T: ValueEnum>(value: &T) -> String {
    let value = value.to_possible_value();
    value.map_or_else(String::new, |value| value.get_name().to_owned())
}

/// A time-out in seconds, as it is typed; 0 is none.
pub(super) fn seconds(limits: &Limits, name: &str) -> String {
    let limit = match name {
        "connect" => limits.connect,
        "first_byte" => limits.answer,
        "idle" => limits.idle,
        _ => limits.total.unwrap_or(Duration::MAX),
    };
    if limit == Duration::MAX {
        return "0".into();
    }
    limit.as_secs_f64().to_string()
}

fn truth(text: &str) -> Result<bool, String> {
    match text {
        "true" | "on" => Ok(true),
        "false" | "off" => Ok(false),
        _ => Err("true or false".into()),
    }
}

fn one_of<T: ValueEnum>(text: &str) -> Result<T, String> {
    word(text).ok_or_else(|| {
        let words = words::<T>();
        let all = words.join(", ");
        match nearest(text, words.iter().map(String::as_str)) {
            Some(word) => format!("did you mean `{word}`? one of {all}"),
            None => format!("one of {all}"),
        }
    })
}

fn number<T: std::str::FromStr>(text: &str, what: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("it is {what}"))
}

fn timeout(name: &'static str, text: &str) -> Result<NewValue, String> {
    let timeouts = Timeouts::parse(&[format!("{name}={text}")]);
    match (timeouts, text.parse()) {
        (Ok(timeouts), Ok(seconds)) => Ok(NewValue::Timeout(name, seconds, timeouts)),
        _ => Err("it is a number of seconds; 0 is no limit".into()),
    }
}

fn parameter(name: &str, text: &str) -> Result<NewValue, String> {
    let mut parsed = parameters::parse(&[format!("{name}={text}")])?;
    let value = parsed.remove(name).unwrap_or_default();
    Ok(NewValue::Parameter(name.to_owned(), value))
}
