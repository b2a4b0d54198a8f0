//! `/retry`: asks for another reply to the same question.

use super::action::{Action, Next};
use super::argument::Arguments;
use super::spec::{Argument, Spec};
use crate::chat::{Chat, ask};
use crate::domain::{Result, Sink};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Retry {
    model: Option<String>,
}

impl Action for Retry {
    const SPEC: Spec = Spec {
        name: "/retry",
        arguments: "[MODEL]",
        summary: "takes the last reply out of the context and asks again, another model if one is named",
        aliases: &[],
        argument: Argument::Model,
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        let model = arguments.optional().map(str::to_owned);
        Ok(Self { model })
    }

    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        ask::retry(chat, self.model.as_deref(), sink).map(|()| Next::Line)
    }
}
