//! `/rename`: another title.

use super::{Argument, Command, Spec, line};

pub static SPEC: Spec = Spec {
    name: "/rename",
    arguments: "TITLE",
    summary: "gives the current session another title",
    aliases: &[],
    argument: Argument::Any,
    parse: |arguments| {
        line::something(&SPEC, arguments, "a title").map(|title| Command::Rename(title.to_owned()))
    },
};
