//! `/quote`: puts earlier messages into the current context.

use super::action::{Action, Next};
use super::argument::{Arguments, shorten};
use super::spec::{Argument, Spec};
use crate::chat::{Chat, log};
use crate::domain::{MessageName, Result, Sink};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Quote {
    names: Vec<MessageName>,
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
        let name = |word| {
            MessageName::parse(word).ok_or_else(|| {
                Self::SPEC.wrong(
                    format!("takes ids of messages, not `{}`", shorten(word)),
                    "`/quote #12 #13`",
                )
            })
        };
        let names = words.map(name).collect::<Result<_>>()?;
        Ok(Self { names })
    }

    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        let ids = self.names.iter().map(|name| chat.meant(*name));
        let ids: Vec<_> = ids.collect::<Result<_>>()?;
        log::quote(chat, &ids, sink).map(|()| Next::Line)
    }
}
