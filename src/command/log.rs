//! `/log`: lists what was said, cleared or not.

use super::action::{Action, Next};
use super::argument::Arguments;
use super::newest::ListingWords;
use super::spec::{Argument, Spec};
use crate::chat::{Chat, log};
use crate::domain::{Result, Scope, Sink};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Log {
    pub(super) scope: Scope,
    /// How many of the newest messages; all if nothing was said.
    pub(super) newest: Option<u64>,
}

const WORDS: &[&str] = &["session", "user", "global"];

impl Action for Log {
    const SPEC: Spec = Spec {
        name: "/log",
        arguments: "[global|user|session] [N]",
        summary: "lists everything that was said, cleared or not, by everybody, by you or in this session: all of it, or the last N",
        aliases: &[],
        argument: Argument::Word(WORDS),
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        let (word, newest) = ListingWords::parse_one(arguments, WORDS)?;
        let scope = word.and_then(Scope::parse).unwrap_or(Scope::Global);
        Ok(Self { scope, newest })
    }

    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        log::list_log(chat, self.scope, self.newest, sink).map(|()| Next::Line)
    }
}
