//! Words of a listing, among them how many of the newest rows it shows.

use super::argument::{Arguments, shorten};
use super::spec::{Argument, Spec};
use crate::domain::{Error, Result};

/// What was typed after the name of a listing, in any order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ListingWords<'a> {
    /// The words, which are some of those that the command takes.
    pub(super) words: Vec<&'a str>,
    /// How many of the newest rows are wanted; all if nothing was said.
    pub(super) newest: Option<u64>,
}

impl<'a> ListingWords<'a> {
    /// Reads them; `known` are the words that the command takes.
    ///
    /// # Errors
    /// For any other word, for a number below 1, and for a second one.
    pub(super) fn parse(arguments: Arguments<'a>, known: &[&str]) -> Result<Self> {
        let spec = arguments.spec;
        let mut parsed = Self::default();
        for word in arguments.text.split_whitespace() {
            if looks_like_number(word) {
                if parsed.newest.is_some() {
                    let why = format!("takes one number, not `{}`", shorten(arguments.text));
                    return Err(spec.wrong(why, &last_ten(spec)));
                }
                parsed.newest = Some(count(word).ok_or_else(|| no_count(spec, word))?);
            } else if known.contains(&word) {
                parsed.words.push(word);
            } else {
                return Err(spec.unknown_word_or(word, known, Some(others(spec))));
            }
        }
        Ok(parsed)
    }

    /// The same for a command that takes one of the words at most.
    pub(super) fn parse_one(
        arguments: Arguments<'a>,
        known: &[&str],
    ) -> Result<(Option<&'a str>, Option<u64>)> {
        Self::parse(arguments, known)?.one(arguments)
    }

    /// Whether a word was typed, which is taken out.
    pub(super) fn take(&mut self, wanted: &str) -> bool {
        let before = self.words.len();
        self.words.retain(|word| *word != wanted);
        self.words.len() < before
    }

    /// The only word and the number.
    ///
    /// # Errors
    /// If there is more than one word.
    pub(super) fn one(self, arguments: Arguments<'_>) -> Result<(Option<&'a str>, Option<u64>)> {
        match self.words[..] {
            [] => Ok((None, self.newest)),
            [word] => Ok((Some(word), self.newest)),
            _ => {
                let typed = shorten(arguments.text);
                let why = format!("takes one of its words, not `{typed}`");
                let hint = format!("`{}`", arguments.spec.usage());
                Err(arguments.spec.wrong(why, &hint))
            }
        }
    }
}

/// What a listing takes beside its words.
fn others(spec: &Spec) -> &'static str {
    match spec.argument {
        Argument::Query { .. } => ", a number, or filters such as `since:yesterday`",
        _ => ", or a number",
    }
}

fn looks_like_number(word: &str) -> bool {
    let digits = word.strip_prefix(['-', '+']).unwrap_or(word);
    digits.starts_with(|c: char| c.is_ascii_digit())
}

/// How many that is: more than can be counted are all.
fn count(word: &str) -> Option<u64> {
    if !word.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let count = word.parse().unwrap_or(u64::MAX);
    (count > 0).then_some(count)
}

fn no_count(spec: &Spec, word: &str) -> Error {
    let why = format!("takes a number from 1 on, not `{}`", shorten(word));
    spec.wrong(why, &last_ten(spec))
}

fn last_ten(spec: &Spec) -> String {
    format!("`{} 10` lists the last 10", spec.name)
}
