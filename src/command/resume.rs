//! `/resume`: back to an earlier session.

use super::{Argument, Command, Spec, line};

pub static SPEC: Spec = Spec {
    name: "/resume",
    arguments: "[ID]",
    summary: "returns to an earlier session: the beginning of its id, or `latest`",
    aliases: &[],
    argument: Argument::Session,
    parse: |arguments| {
        let which = if arguments.is_empty() {
            "latest"
        } else {
            arguments
        };
        Ok(Command::Resume(line::shorten(which)))
    },
};
