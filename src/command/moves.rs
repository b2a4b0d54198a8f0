//! `/moves`: how the head of the session was moved.

use super::{Argument, Command, Spec, line};

pub static SPEC: Spec = Spec {
    name: "/moves",
    arguments: "",
    summary: "lists every move of the context's end, and how to get back to where it was",
    aliases: &[],
    argument: Argument::Any,
    parse: |arguments| line::nothing(&SPEC, arguments, Command::Moves),
};
