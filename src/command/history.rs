//! `/history`: lists messages.

use super::action::{Action, Next};
use super::argument::Arguments;
use super::spec::{Alias, Argument, Spec};
use crate::chat::{Chat, log};
use crate::domain::{Result, Scope, Sink};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct History(pub(super) Scope);

const WORDS: &[&str] = &["session", "user", "global"];

impl Action for History {
    const SPEC: Spec = Spec {
        name: "/history",
        arguments: "[session|user|global]",
        summary: "lists this session's context, all your contexts, or the whole log",
        aliases: &[Alias {
            name: "/log",
            implies: "global",
        }],
        argument: Argument::Word(WORDS),
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        let Some(word) = arguments.optional() else {
            return Ok(Self(Scope::Session));
        };
        let scope = Scope::parse(word);
        scope
            .map(Self)
            .ok_or_else(|| Self::SPEC.unknown_word(word, WORDS))
    }

    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        log::history(chat, self.0, sink).map(|()| Next::Line)
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
