//! `/undo`: turns out of the context again.

use super::{Argument, Command, Spec, line};
use crate::domain::{Error, Result};

pub static SPEC: Spec = Spec {
    name: "/undo",
    arguments: "[N]",
    summary: "takes the last turn or the last N out of the context; with nothing in it, brings back what was cleared",
    aliases: &[],
    argument: Argument::Any,
    parse,
};

fn parse(arguments: &str) -> Result<Command> {
    if arguments.is_empty() {
        return Ok(Command::Undo(1));
    }
    match arguments.parse() {
        Ok(turns @ 1..) if !arguments.starts_with('+') => Ok(Command::Undo(turns)),
        _ => Err(Error::BadArgument {
            command: SPEC.name.into(),
            why: format!(
                "takes a number of turns, not `{}`",
                line::shorten(arguments)
            ),
            hint: "`/undo 2` takes the last two turns out".into(),
        }),
    }
}
