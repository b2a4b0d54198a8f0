//! `/history`: lists messages.

use super::action::{Action, Next};
use super::argument::Arguments;
use super::spec::{Alias, Argument, Spec};
use crate::chat::{Chat, log};
use crate::domain::{Event, Result, Scope, Sink};

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

    /// Reads a page, releases the store, writes the page out, and so on: a slow
    /// reader blocks nobody and a long log needs no memory.
    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        let mut listing = match self.0 {
            Scope::Session => log::list_session(chat)?,
            Scope::User => log::list_user(chat)?,
            Scope::Global => log::list_global(chat)?,
        };
        let mut count = 0;
        while log::read(chat, &mut listing, &mut count, sink)? {
            sink.drain()?;
        }
        sink.tell(&Event::End {
            scope: Some(self.0),
            count,
        });
        // It was committed before it was read: a later line's failure must not take it back.
        sink.drain()?;
        Ok(Next::Line)
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
