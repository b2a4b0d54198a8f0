//! `/redo`: an undo taken back.

use super::{Argument, Command, Spec, line};

pub static SPEC: Spec = Spec {
    name: "/redo",
    arguments: "",
    summary: "takes the last /undo back, or an /edit or /retry after which nothing came, unless something was said since",
    aliases: &[],
    argument: Argument::Any,
    parse: |arguments| line::nothing(&SPEC, arguments, Command::Redo),
};
