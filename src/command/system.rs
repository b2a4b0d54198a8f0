//! `/system`: the system prompt, which the model gets before the conversation.

use super::action::{Action, Next};
use super::argument::Arguments;
use super::spec::{Argument, Spec};
use crate::chat::{Chat, session};
use crate::domain::{Result, Sink};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum System {
    Show,
    Clear,
    Set(String),
}

/// The word that takes the prompt away.
const CLEAR: &str = "clear";

impl Action for System {
    const SPEC: Spec = Spec {
        name: "/system",
        arguments: "[TEXT|clear]",
        summary: "makes TEXT the system prompt of the session, or takes it away; alone: shows it",
        aliases: &[],
        argument: Argument::Word(&[CLEAR]),
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        Ok(match arguments.text {
            "" => Self::Show,
            CLEAR => Self::Clear,
            text => Self::Set(text.to_owned()),
        })
    }

    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        match self {
            Self::Show => session::show_system(chat, sink)?,
            Self::Clear => session::set_system(chat, None, sink)?,
            Self::Set(text) => session::set_system(chat, Some(&text), sink)?,
        }
        Ok(Next::Line)
    }
}
