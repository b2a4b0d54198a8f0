//! `/resume`: back to an earlier session.

use super::{Argument, Command, Spec};

pub static SPEC: Spec = Spec {
    name: "/resume",
    arguments: "[ID|TITLE|N|latest]",
    summary: "returns to an earlier session and shows its last turns",
    aliases: &[],
    argument: Argument::Session,
    parse: |arguments| {
        let which = if arguments.is_empty() {
            "latest"
        } else {
            arguments
        };
        Ok(Command::Resume(which.to_owned()))
    },
};
