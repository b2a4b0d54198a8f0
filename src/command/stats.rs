//! `/stats`: counts what was said.

use super::action::{Action, Next};
use super::argument::{Arguments, shorten, split_word};
use super::spec::{Argument, Spec};
use crate::chat::Chat;
use crate::chat::log::{self, Grouping};
use crate::domain::{Result, Sink};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stats {
    by: Grouping,
    /// Which messages, in the language of filters.
    filters: String,
}

/// The words at the beginning.
const BY: &str = "by";
const HEAT: &str = "heat";

impl Action for Stats {
    const SPEC: Spec = Spec {
        name: "/stats",
        arguments: "[by KEY|heat] [FILTERS]",
        summary: "counts what you said and were told, or what FILTERS find: all together, by user, session, day, hour, model, role or source, or by hours of the week",
        aliases: &[],
        argument: Argument::Grouped {
            words: &[BY, HEAT],
            keys: &["user", "session", "day", "hour", "model", "role", "source"],
        },
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        let (word, rest) = split_word(arguments.text);
        let (by, filters) = match word {
            HEAT => (Grouping::Heat, rest),
            BY => {
                let (word, rest) = split_word(rest.trim_start());
                let mut groupings = Grouping::BY.into_iter();
                let by = groupings.find(|by| by.word() == word);
                let by = by.ok_or_else(|| {
                    let words = Grouping::BY.map(Grouping::word).join(", ");
                    let why = format!("does not count by `{}`", shorten(word));
                    Self::SPEC.wrong(why, &format!("one of {words}"))
                })?;
                (by, rest)
            }
            _ => (Grouping::All, arguments.text),
        };
        Self::SPEC.refuse_unknown_option(filters, &[])?;
        Ok(Self {
            by,
            filters: filters.trim().to_owned(),
        })
    }

    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        log::stats(chat, self.by, &self.filters, sink).map(|()| Next::Line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_counts_by_is_offered() {
        let Argument::Grouped { words, keys } = Stats::SPEC.argument else {
            panic!("{:?}", Stats::SPEC.argument);
        };
        assert_eq!(words[0], BY);
        assert_eq!(keys, Grouping::BY.map(Grouping::word));
    }
}
