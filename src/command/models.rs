//! `/models`: lists the models that can answer.

use super::action::{Action, Next};
use super::argument::Arguments;
use super::spec::{Argument, Spec};
use crate::chat::{Chat, ask};
use crate::domain::{Result, Sink};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Models;

impl Action for Models {
    const SPEC: Spec = Spec {
        name: "/models",
        arguments: "",
        summary: "lists the models that are configured and those the endpoint offers",
        aliases: &[],
        argument: Argument::Any,
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        arguments.nothing().map(|()| Self)
    }

    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        ask::list_models(chat, sink).map(|()| Next::Line)
    }
}
