//! `/history`: lists messages.

use super::action::{Action, Next};
use super::argument::Arguments;
use super::newest::ListingWords;
use super::spec::{Argument, Spec};
use crate::chat::{Chat, log};
use crate::domain::{Result, Scope, Sink};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct History {
    pub(super) scope: Scope,
    /// How many of the newest messages; all if nothing was said.
    pub(super) newest: Option<u64>,
}

const WORDS: &[&str] = &["session", "user", "global"];

impl Action for History {
    const SPEC: Spec = Spec {
        name: "/history",
        arguments: "[session|user|global] [N]",
        summary: "lists this session's context, all your contexts, or the whole log: all of it, or the last N",
        aliases: &[],
        argument: Argument::Word(WORDS),
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        let (word, newest) = ListingWords::parse_one(arguments, WORDS)?;
        let scope = word.and_then(Scope::parse).unwrap_or(Scope::Session);
        Ok(Self { scope, newest })
    }

    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        log::history(chat, self.scope, self.newest, sink).map(|()| Next::Line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_the_scopes() {
        assert_eq!(WORDS, Scope::ALL.map(Scope::word));
    }
}
