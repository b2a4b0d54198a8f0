//! `/info`: says which store, configuration and model are in use.

use super::action::{Action, Next};
use super::argument::Arguments;
use super::spec::{Argument, Spec};
use crate::chat::{self, Chat};
use crate::domain::{Result, Sink};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Info;

impl Action for Info {
    const SPEC: Spec = Spec {
        name: "/info",
        arguments: "",
        summary: "says which store, configuration, session and model are in use, and their versions",
        aliases: &[],
        argument: Argument::Any,
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        arguments.nothing().map(|()| Self)
    }

    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        chat::tell_info(chat, sink).map(|()| Next::Line)
    }
}
