//! `/quit`: the end.

use super::{Argument, Command, Spec, line, table::Alias};

pub static SPEC: Spec = Spec {
    name: "/quit",
    arguments: "",
    summary: "leaves",
    aliases: &[
        Alias {
            name: "/exit",
            means: "",
        },
        Alias {
            name: "/bye",
            means: "",
        },
    ],
    argument: Argument::Any,
    parse: |arguments| line::nothing(&SPEC, arguments, Command::Quit),
};
