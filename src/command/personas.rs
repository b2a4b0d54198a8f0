//! `/personas`: lists the personas that a session can be started as.

use super::action::{Action, Next};
use super::argument::Arguments;
use super::spec::{Argument, Spec};
use crate::chat::{Chat, session};
use crate::domain::{Result, Sink};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Personas;

impl Action for Personas {
    const SPEC: Spec = Spec {
        name: "/personas",
        arguments: "",
        summary: "lists the personas of the configuration, which /start --as takes",
        aliases: &[],
        argument: Argument::Any,
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        arguments.nothing().map(|()| Self)
    }

    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        session::list_personas(chat, sink).map(|()| Next::Line)
    }
}
