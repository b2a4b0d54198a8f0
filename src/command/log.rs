//! `/log`: lists what was said, cleared or not.

use super::action::{Action, Next};
use super::argument::{Arguments, split_word};
use super::newest::ListingWords;
use super::spec::{Argument, Spec};
use crate::chat::{Chat, log};
use crate::domain::{Result, Scope, Sink};
use crate::query::Key;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Log {
    /// Everything within a scope.
    All {
        scope: Scope,
        /// How many of the newest messages; all if nothing was said.
        newest: Option<u64>,
    },
    /// What a query finds.
    Suiting(String),
}

const WORDS: &[&str] = &["session", "user", "global"];

impl Action for Log {
    const SPEC: Spec = Spec {
        name: "/log",
        arguments: "[global|user|session] [N]|FILTERS",
        summary: "lists everything that was said, cleared or not, by everybody, by you or in this session: all of it, the last N, or what FILTERS such as since:yesterday find",
        aliases: &[],
        argument: Argument::Word(WORDS),
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        if arguments.text.split_whitespace().any(is_filter) {
            return Ok(Self::Suiting(as_filters(arguments.text)));
        }
        let (word, newest) = ListingWords::parse_one(arguments, WORDS)?;
        let scope = word.and_then(Scope::parse).unwrap_or(Scope::Global);
        Ok(Self::All { scope, newest })
    }

    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        match self {
            Self::All { scope, newest } => log::list_log(chat, scope, newest, sink)?,
            Self::Suiting(query) => log::list_suiting(chat, &query, sink)?,
        }
        Ok(Next::Line)
    }
}

/// A query in which a scope and a number at its beginning are the filters that they
/// mean.
fn as_filters(typed: &str) -> String {
    let (mut filters, mut rest) = (Vec::new(), typed.trim_start());
    loop {
        let (word, behind) = split_word(rest);
        if WORDS.contains(&word) {
            filters.push(format!("in:{word}"));
        } else if !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit()) {
            filters.push(format!("limit:{word}"));
        } else {
            filters.push(rest.to_owned());
            return filters.join(" ");
        }
        rest = behind.trim_start();
    }
}

/// Whether a word is a filter. Without one a word is a mistake: `/search` is for words.
fn is_filter(word: &str) -> bool {
    let word = word.strip_prefix('-').unwrap_or(word);
    let key = word.split_once(':').map(|(key, _)| key);
    key.is_some_and(|key| Key::parse(key).is_some())
}
