//! `/redo`: reverts an undo.

use super::action::{Action, Next};
use super::argument::Arguments;
use super::spec::{Argument, Spec};
use crate::chat::{Chat, moves};
use crate::domain::{Result, Sink};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Redo;

impl Action for Redo {
    const SPEC: Spec = Spec {
        name: "/redo",
        arguments: "",
        summary: "takes the last /undo back, until something else is said",
        aliases: &[],
        argument: Argument::Any,
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        arguments.nothing().map(|()| Self)
    }

    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        moves::redo(chat, sink).map(|()| Next::Line)
    }
}
