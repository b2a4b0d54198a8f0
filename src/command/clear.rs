//! `/clear`: empties the context.

use super::action::{Action, Next};
use super::argument::Arguments;
use super::spec::{Argument, Spec};
use crate::chat::{Chat, moves};
use crate::domain::{Result, Sink};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Clear;

impl Action for Clear {
    const SPEC: Spec = Spec {
        name: "/clear",
        arguments: "",
        summary: "empties the context of the current session; the log keeps every message",
        aliases: &[],
        argument: Argument::Any,
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        arguments.nothing().map(|()| Self)
    }

    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        moves::clear(chat, sink).map(|()| Next::Line)
    }
}
