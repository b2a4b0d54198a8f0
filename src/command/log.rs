//! `/log`: lists what was said, cleared or not.

use super::action::{Action, Next};
use super::argument::{Arguments, split_word, take_flag};
use super::newest::ListingWords;
use super::spec::{Argument, Spec};
use crate::chat::{Chat, log};
use crate::domain::{Event, Result, Scope, Sink, Zone};
use crate::query::Key;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Log {
    what: What,
    /// In which zone its times are, if another one than usual is wanted.
    zone: Option<Zone>,
}

/// What is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
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

/// The word that asks for times in UTC.
const UTC: &str = "--utc";

impl Action for Log {
    const SPEC: Spec = Spec {
        name: "/log",
        arguments: "[--utc] [global|user|session] [N]|FILTERS",
        summary: "lists everything that was said, cleared or not, by everybody, by you or in this session: all of it, the last N, or what FILTERS such as since:yesterday find; times in your zone, or in UTC",
        aliases: &[],
        argument: Argument::Query {
            words: &[UTC, "session", "user", "global"],
        },
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        if arguments.text.split_whitespace().any(is_filter) {
            let (typed, is_utc) = take_flag(arguments.text, UTC);
            Self::SPEC.refuse_unknown_option(typed, &[UTC])?;
            return Ok(Self {
                what: What::Suiting(as_filters(typed)),
                zone: is_utc.then_some(Zone::Utc),
            });
        }
        let mut listing = ListingWords::parse(arguments, &[WORDS, &[UTC]].concat())?;
        let zone = listing.take(UTC).then_some(Zone::Utc);
        let (scope, newest) = listing.one(arguments)?;
        let scope = scope.and_then(Scope::parse).unwrap_or(Scope::Global);
        let what = What::All { scope, newest };
        Ok(Self { what, zone })
    }

    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        if let Some(zone) = self.zone {
            sink.emit(&Event::Zone(zone));
        }
        match self.what {
            What::All { scope, newest } => log::list_log(chat, scope, newest, sink)?,
            What::Suiting(query) => log::list_suiting(chat, &query, self.zone, sink)?,
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
pub(super) fn is_filter(word: &str) -> bool {
    let word = word.strip_prefix('-').unwrap_or(word);
    let key = word.split_once(':').map(|(key, _)| key);
    key.is_some_and(|key| Key::parse(key).is_some())
}

#[cfg(test)]
impl Log {
    /// The scope and the number, if everything is listed.
    pub(super) fn all(&self) -> Option<(Scope, Option<u64>)> {
        match &self.what {
            What::All { scope, newest } => Some((*scope, *newest)),
            What::Suiting(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_before_filters_are_filters() {
        for (typed, filters) in [
            ("since:2h", "since:2h"),
            ("user  20 since:2h x", "in:user limit:20 since:2h x"),
            ("since:2h user 20", "since:2h user 20"),
        ] {
            assert_eq!(as_filters(typed), filters);
        }
    }
}
