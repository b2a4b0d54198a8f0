//! `/model`: chooses the model that answers, or shows it.

use super::action::{Action, Next};
use super::argument::Arguments;
use super::spec::{Argument, Spec};
use crate::chat::{Chat, ask};
use crate::domain::{Result, Sink};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Model {
    name: Option<String>,
}

impl Action for Model {
    const SPEC: Spec = Spec {
        name: "/model",
        arguments: "[NAME]",
        summary: "makes NAME answer in the current session; alone: shows who answers",
        aliases: &[],
        argument: Argument::Model,
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        let name = arguments.optional().map(str::to_owned);
        Ok(Self { name })
    }

    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        match self.name {
            Some(name) => ask::choose_model(chat, &name, sink)?,
            None => ask::show_model(chat, sink),
        }
        Ok(Next::Line)
    }
}
