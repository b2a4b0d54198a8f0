//! `/sessions`: lists the sessions that one can return to.

use super::action::{Action, Next};
use super::argument::Arguments;
use super::spec::{Argument, Spec};
use crate::chat::{Chat, session};
use crate::domain::{Result, Scope, Sink};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sessions {
    scope: Scope,
    /// Also those in which nothing was said.
    all: bool,
}

const WORDS: &[&str] = &["global", "--all"];

impl Action for Sessions {
    const SPEC: Spec = Spec {
        name: "/sessions",
        arguments: "[global] [--all]",
        summary: "lists your sessions, or everybody's, latest first; --all with those in which nothing was said",
        aliases: &[],
        argument: Argument::Words(WORDS),
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        let (mut scope, mut all) = (Scope::User, false);
        for word in arguments.text.split_whitespace() {
            match word {
                "global" => scope = Scope::Global,
                "--all" => all = true,
                other => return Err(Self::SPEC.unknown_word(other, WORDS)),
            }
        }
        Ok(Self { scope, all })
    }

    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        session::list(chat, self.scope, self.all, sink).map(|()| Next::Line)
    }
}
