//! `/context`: what the model sees.

use super::{Argument, Command, Spec, line};
use crate::domain::{Error, MessageId, Result};

pub static SPEC: Spec = Spec {
    name: "/context",
    arguments: "[at #ID]",
    summary: "shows what the model will see, or saw when a message was written, with ids and tokens",
    aliases: &[],
    argument: Argument::Any,
    parse,
};

fn parse(arguments: &str) -> Result<Command> {
    if arguments.is_empty() {
        return Ok(Command::Context(None));
    }
    let (at, id) = line::split(arguments);
    match MessageId::parse(id.trim()) {
        Some(id) if at == "at" => Ok(Command::Context(Some(id))),
        _ => Err(Error::BadArgument {
            command: SPEC.name.into(),
            why: format!("does not know `{}`", line::shorten(arguments)),
            hint: "`/context` or `/context at #12`".into(),
        }),
    }
}
