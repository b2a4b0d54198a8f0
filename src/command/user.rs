//! `/user`: changes who is speaking, or shows it.

use super::action::{Action, Next};
use super::argument::Arguments;
use super::spec::{Argument, Spec};
use crate::chat::{Chat, users};
use crate::domain::{Result, Sink, UserName};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct User {
    name: Option<UserName>,
}

impl Action for User {
    const SPEC: Spec = Spec {
        name: "/user",
        arguments: "[NAME]",
        summary: "makes NAME the current user, new or known; alone: shows who is speaking",
        aliases: &[],
        argument: Argument::User,
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        let name = arguments.optional().map(UserName::new).transpose()?;
        Ok(Self { name })
    }

    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        match self.name {
            Some(name) => users::switch(chat, name, sink)?,
            None => users::show(chat, sink)?,
        }
        Ok(Next::Line)
    }
}
