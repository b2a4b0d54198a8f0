//! `/quote`: puts earlier messages into the current context.

use super::action::{Action, Next};
use super::argument::{Arguments, shorten};
use super::spec::{Argument, Spec};
use crate::chat::{Chat, log};
use crate::domain::{MessageId, Result, Sink};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Quote {
    ids: Vec<MessageId>,
}

impl Action for Quote {
    const SPEC: Spec = Spec {
        name: "/quote",
        arguments: "#ID…",
        summary: "puts messages of any session of yours into the context, as one message that says where they come from",
        aliases: &[],
        argument: Argument::Any,
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        let words = arguments
            .required("the id of a message")?
            .split_whitespace();
        let id = |word| {
            MessageId::parse(word).ok_or_else(|| {
                Self::SPEC.wrong(
                    format!("takes ids of messages, not `{}`", shorten(word)),
                    "`/quote #12 #13`",
                )
            })
        };
        let ids = words.map(id).collect::<Result<_>>()?;
        Ok(Self { ids })
    }

    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        log::quote(chat, &self.ids, sink).map(|()| Next::Line)
    }
}
