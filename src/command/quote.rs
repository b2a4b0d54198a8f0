//! `/quote`: earlier messages in the current context.

use super::{Argument, Command, Spec, line};
use crate::domain::{Error, MessageId, Result};

pub static SPEC: Spec = Spec {
    name: "/quote",
    arguments: "#ID…",
    summary: "puts messages of any session of yours into the context, as one message that says where they come from",
    aliases: &[],
    argument: Argument::Any,
    parse,
};

fn parse(arguments: &str) -> Result<Command> {
    let arguments = line::something(&SPEC, arguments, "the id of a message")?;
    let mut ids = Vec::new();
    for word in arguments.split_whitespace() {
        let id = MessageId::parse(word).ok_or_else(|| Error::BadArgument {
            command: SPEC.name.into(),
            why: format!("takes ids of messages, not `{}`", line::shorten(word)),
            hint: "`/quote #12 #13`".into(),
        })?;
        ids.push(id);
    }
    Ok(Command::Quote(ids))
}
