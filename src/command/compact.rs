//! `/compact`: a summary in place of the oldest turns.

use super::action::{Action, Next};
use super::argument::Arguments;
use super::spec::{Argument, Spec};
use crate::chat::{Chat, ask};
use crate::domain::{Result, Sink};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Compact {
    focus: Option<String>,
}

impl Action for Compact {
    const SPEC: Spec = Spec {
        name: "/compact",
        arguments: "[WORDS]",
        summary: "puts a summary by the model in place of the oldest turns, which keeps above all what WORDS name; the log keeps everything",
        aliases: &[],
        argument: Argument::Any,
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        let focus = arguments.optional().map(str::to_owned);
        Ok(Self { focus })
    }

    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        ask::compact(chat, self.focus.as_deref(), sink).map(|()| Next::Line)
    }
}
