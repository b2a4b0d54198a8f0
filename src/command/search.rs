//! `/search`: finds what was said.

use super::action::{Action, Next};
use super::argument::{Arguments, take_flag};
use super::spec::{Argument, Spec};
use crate::chat::{Chat, log};
use crate::domain::{Result, Sink};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Search {
    /// What is looked for, in the language of filters.
    query: String,
    /// The best come first, not the newest.
    is_ranked: bool,
}

/// The word that asks for the best first.
const RANK: &str = "--rank";

impl Action for Search {
    const SPEC: Spec = Spec {
        name: "/search",
        arguments: "[--rank] WORDS…",
        summary: "finds what you said or were told, newest first; `/help search` explains words, \"phrases\", -words, filters and /regex/",
        aliases: &[],
        argument: Argument::Query { words: &[RANK] },
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        let text = arguments.required("words to look for")?;
        let (query, is_ranked) = take_flag(text, RANK);
        if query.is_empty() {
            return Err(Self::SPEC.needs("words to look for"));
        }
        Self::SPEC.refuse_misspelt_option(query, &[RANK])?;
        Ok(Self {
            query: query.to_owned(),
            is_ranked,
        })
    }

    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        log::search(chat, &self.query, self.is_ranked, sink).map(|()| Next::Line)
    }
}
