//! `/moves`: lists how the end of the session's context was moved.

use super::action::{Action, Next};
use super::argument::Arguments;
use super::spec::{Argument, Spec};
use crate::chat::{Chat, moves};
use crate::domain::{Result, Sink};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Moves;

impl Action for Moves {
    const SPEC: Spec = Spec {
        name: "/moves",
        arguments: "",
        summary: "lists every move of the context's end, and how to get back to where it was",
        aliases: &[],
        argument: Argument::Any,
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        arguments.nothing().map(|()| Self)
    }

    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        moves::list(chat, sink).map(|()| Next::Line)
    }
}
