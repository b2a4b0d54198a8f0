//! `/show`: shows one message whole, with its neighbours.

use super::action::{Action, Next};
use super::argument::{Arguments, shorten, split_word};
use super::spec::{Argument, Spec};
use crate::chat::{Chat, log};
use crate::domain::{MessageName, Result, Scope, Sink};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Show {
    name: MessageName,
    scope: Scope,
}

impl Action for Show {
    const SPEC: Spec = Spec {
        name: "/show",
        arguments: "#ID [global]",
        summary: "shows a message of yours, or of anybody, whole, with the ones before and after it",
        aliases: &[],
        argument: Argument::Any,
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        let text = arguments.required("the id of a message")?;
        let (id, scope) = split_word(text);
        let scope = match scope.trim() {
            "" => Some(Scope::User),
            "global" => Some(Scope::Global),
            _ => None,
        };
        match (MessageName::parse(id), scope) {
            (Some(name), Some(scope)) => Ok(Self { name, scope }),
            _ => Err(Self::SPEC.wrong(
                format!("takes the id of a message, not `{}`", shorten(text)),
                "`/show #12`, or `/show #12 global` for anybody's",
            )),
        }
    }

    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        let id = chat.meant(self.name)?;
        log::show(chat, id, self.scope, sink).map(|()| Next::Line)
    }
}
