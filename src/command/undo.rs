//! `/undo`: takes turns out of the context again.

use super::action::{Action, Next};
use super::argument::{Arguments, shorten};
use super::spec::{Argument, Spec};
use crate::chat::{Chat, moves};
use crate::domain::{Result, Sink};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Undo {
    turns: u64,
}

impl Action for Undo {
    const SPEC: Spec = Spec {
        name: "/undo",
        arguments: "[N]",
        summary: "takes the last turn, or the last N, out of the context; after /clear, brings back what that took",
        aliases: &[],
        argument: Argument::Any,
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        let text = arguments.optional().unwrap_or("1");
        match text.parse() {
            Ok(turns @ 1..) if !text.starts_with('+') => Ok(Self { turns }),
            _ => Err(Self::SPEC.wrong(
                format!("takes a number of turns, not `{}`", shorten(text)),
                "`/undo 2` takes the last two turns out",
            )),
        }
    }

    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        moves::undo(chat, self.turns, sink).map(|()| Next::Line)
    }
}
