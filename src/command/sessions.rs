//! `/sessions`: lists the sessions that one can return to.

use super::action::{Action, Next};
use super::argument::Arguments;
use super::spec::{Argument, Spec};
use crate::chat::Chat;
use crate::chat::session::{self, Listed};
use crate::domain::{Result, Scope, Sink};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sessions {
    scope: Scope,
    listed: Listed,
}

const WORDS: &[&str] = &["global", "--all", "--archived"];

impl Action for Sessions {
    const SPEC: Spec = Spec {
        name: "/sessions",
        arguments: "[global] [--all|--archived]",
        summary: "lists your sessions, or everybody's, latest first; --all with those in which nothing was said, --archived those that /archive keeps out",
        aliases: &[],
        argument: Argument::Words(WORDS),
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        let (mut scope, mut listed) = (Scope::User, Listed::Spoken);
        for word in arguments.text.split_whitespace() {
            match word {
                "global" => scope = Scope::Global,
                "--all" => listed = Listed::All,
                "--archived" => listed = Listed::Archived,
                other => return Err(Self::SPEC.unknown_word(other, WORDS)),
            }
        }
        Ok(Self { scope, listed })
    }

    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        session::list(chat, self.scope, self.listed, sink).map(|()| Next::Line)
    }
}
