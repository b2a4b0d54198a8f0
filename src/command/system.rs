//! `/system`: what the model is told before the conversation.

use super::{Argument, Command, Spec};
use crate::chat::{Chat, session};
use crate::domain::{Result, Sink};

pub static SPEC: Spec = Spec {
    name: "/system",
    arguments: "[TEXT|clear]",
    summary: "makes TEXT the system prompt of the session, or takes it away; alone: shows it",
    aliases: &[],
    argument: Argument::System,
    parse: |arguments| {
        Ok(Command::System(match arguments {
            "" => System::Show,
            CLEAR => System::Clear,
            text => System::Set(text.to_owned()),
        }))
    },
};

/// The word that takes the prompt away.
pub const CLEAR: &str = "clear";

/// What to do with the system prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum System {
    /// Tell it.
    Show,
    /// Take it away.
    Clear,
    /// Make it this.
    Set(String),
}

pub fn run(chat: &mut Chat, system: &System, sink: &mut dyn Sink) -> Result<()> {
    match system {
        System::Show => session::show_system(chat, sink),
        System::Clear => session::set_system(chat, None, sink),
        System::Set(text) => session::set_system(chat, Some(text), sink),
    }
}
