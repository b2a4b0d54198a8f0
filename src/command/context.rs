//! `/context`: shows what the model sees, or saw.

use super::action::{Action, Next};
use super::argument::{Arguments, shorten, split_word};
use super::spec::{Argument, Spec};
use crate::chat::{Chat, ask};
use crate::domain::{MessageId, Result, Sink};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Context {
    /// The message at which it was seen; none for now.
    at: Option<MessageId>,
}

impl Action for Context {
    const SPEC: Spec = Spec {
        name: "/context",
        arguments: "[at #ID]",
        summary: "shows what the model will see, or saw when a message was written, with ids and tokens",
        aliases: &[],
        argument: Argument::Any,
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        let Some(text) = arguments.optional() else {
            return Ok(Self { at: None });
        };
        let (at, id) = split_word(text);
        match MessageId::parse(id.trim()) {
            Some(id) if at == "at" => Ok(Self { at: Some(id) }),
            _ => Err(Self::SPEC.wrong(
                format!("does not know `{}`", shorten(text)),
                "`/context` or `/context at #12`",
            )),
        }
    }

    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        match self.at {
            Some(id) => ask::show_context_at(chat, id, sink)?,
            None => ask::show_context(chat, sink)?,
        }
        Ok(Next::Line)
    }
}
