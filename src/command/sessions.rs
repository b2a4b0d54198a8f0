//! `/sessions`: lists the sessions that one can return to.

use super::action::{Action, Next};
use super::argument::Arguments;
use super::newest::ListingWords;
use super::spec::{Argument, Spec};
use crate::chat::Chat;
use crate::chat::session::{self, Listed};
use crate::domain::{Result, Scope, Sink};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sessions {
    scope: Scope,
    listed: Listed,
    /// How many of the latest; all if nothing was said.
    newest: Option<u64>,
}

const WORDS: &[&str] = &["global", "--all", ARCHIVED];

/// The word that asks for what `/archive` keeps out.
const ARCHIVED: &str = "--archived";

impl Action for Sessions {
    const SPEC: Spec = Spec {
        name: "/sessions",
        arguments: "[global] [N] [--all|--archived]",
        summary: "lists your sessions, or everybody's, latest first: all or the last N; --all with those in which nothing was said, --archived those that /archive keeps out",
        aliases: &[],
        argument: Argument::Words(WORDS),
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        let ListingWords { words, newest } = ListingWords::parse(arguments, WORDS)?;
        let is_global = words.contains(&"global");
        let scope = if is_global {
            Scope::Global
        } else {
            Scope::User
        };
        let listed = if words.contains(&ARCHIVED) {
            Listed::Archived
        } else if words.contains(&"--all") {
            Listed::All
        } else {
            Listed::Spoken
        };
        Ok(Self {
            scope,
            listed,
            newest,
        })
    }

    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        session::list(chat, self.scope, self.listed, self.newest, sink).map(|()| Next::Line)
    }
}
