//! `/continue`: the rest of a reply that was cut short.

use super::action::{Action, Next};
use super::argument::Arguments;
use super::spec::{Argument, Spec};
use crate::chat::{Chat, ask};
use crate::domain::{Result, Sink};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Continue;

impl Action for Continue {
    const SPEC: Spec = Spec {
        name: "/continue",
        arguments: "",
        summary: "asks for the rest of a reply that was cut short",
        aliases: &[],
        argument: Argument::Any,
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        arguments.nothing().map(|()| Self)
    }

    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        ask::go_on(chat, sink).map(|()| Next::Line)
    }
}
