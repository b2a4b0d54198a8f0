//! `/start`: a new session.

use super::{Argument, Command, Spec, table::Alias};

pub static SPEC: Spec = Spec {
    name: "/start",
    arguments: "[TITLE]",
    summary: "starts a new session for the current user and makes it theirs",
    aliases: &[Alias {
        name: "/new",
        means: "",
    }],
    argument: Argument::Any,
    parse: |arguments| {
        let title = (!arguments.is_empty()).then(|| arguments.to_owned());
        Ok(Command::Start(title))
    },
};
