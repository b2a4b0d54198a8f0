//! `/retry`: another reply to the same question.

use super::{Argument, Command, Spec};

pub static SPEC: Spec = Spec {
    name: "/retry",
    arguments: "[MODEL]",
    summary: "takes the last reply out of the context and asks again, another model if one is named",
    aliases: &[],
    argument: Argument::Model,
    parse: |arguments| {
        let model = (!arguments.is_empty()).then(|| arguments.to_owned());
        Ok(Command::Retry(model))
    },
};
