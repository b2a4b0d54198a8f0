//! `/compact`: a summary in place of the oldest turns.

use super::action::{Action, Next};
use super::argument::Arguments;
use super::spec::{Argument, Spec};
use crate::chat::{Chat, ask};
use crate::domain::{Result, Sink};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Compact {
    wishes: Option<String>,
}

impl Action for Compact {
    const SPEC: Spec = Spec {
        name: "/compact",
        arguments: "[WORDS]",
        summary: "puts a summary by the model in place of the oldest turns, with regard to WORDS; the log keeps everything",
        aliases: &[],
        argument: Argument::Any,
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        let wishes = arguments.optional().map(str::to_owned);
        Ok(Self { wishes })
    }

    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        ask::compact(chat, self.wishes.as_deref(), sink).map(|()| Next::Line)
    }
}
