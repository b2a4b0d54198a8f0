//! `/show`: one message.

use super::{Argument, Command, Spec, line};
use crate::domain::{Error, MessageId, Result, Scope};

pub static SPEC: Spec = Spec {
    name: "/show",
    arguments: "#ID [global]",
    summary: "shows a message of yours, or of anybody, whole, with the ones before and after it",
    aliases: &[],
    argument: Argument::Any,
    parse,
};

fn parse(arguments: &str) -> Result<Command> {
    let (id, scope) = line::split(arguments);
    let scope = match scope.trim() {
        "" => Some(Scope::User),
        "global" => Some(Scope::Global),
        _ => None,
    };
    match (MessageId::parse(id), scope) {
        (Some(id), Some(scope)) => Ok(Command::Show(id, scope)),
        (None, _) if id.is_empty() => Err(line::wanting(&SPEC, "the id of a message")),
        _ => Err(Error::BadArgument {
            command: SPEC.name.into(),
            why: format!(
                "takes the id of a message, not `{}`",
                line::shorten(arguments)
            ),
            hint: "`/show #12`, or `/show #12 global` for anybody's".into(),
        }),
    }
}
