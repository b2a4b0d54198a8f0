//! `/personas`: who a session can be started as.

use super::{Argument, Command, Spec, line};

pub static SPEC: Spec = Spec {
    name: "/personas",
    arguments: "",
    summary: "lists the personas of the configuration, which /start --as takes",
    aliases: &[],
    argument: Argument::Any,
    parse: |arguments| line::nothing(&SPEC, arguments, Command::Personas),
};
