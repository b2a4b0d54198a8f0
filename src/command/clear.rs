//! `/clear`: an empty context.

use super::{Argument, Command, Spec, line};

pub static SPEC: Spec = Spec {
    name: "/clear",
    arguments: "",
    summary: "empties the context of the current session; the log keeps every message",
    aliases: &[],
    argument: Argument::Any,
    parse: |arguments| line::nothing(&SPEC, arguments, Command::Clear),
};
