//! `/models`: lists the models that can answer.

use super::action::{Action, Next};
use super::argument::Arguments;
use super::spec::{Argument, Spec};
use crate::chat::{Chat, ask};
use crate::domain::{Event, Result, Sink};

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

    /// An endpoint that cannot be asked is the error, after the list of the
    /// models that are known without it.
    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        let (names, asked) = ask::models(chat, sink)?;
        let mut count = 0;
        for name in &names {
            count += 1;
            sink.tell(&Event::ModelRow {
                model: name,
                current: name == chat.model(),
            });
        }
        sink.tell(&Event::End { scope: None, count });
        asked.map(|()| Next::Line)
    }
}
