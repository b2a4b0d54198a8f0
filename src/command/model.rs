//! `/model`: who answers.

use super::{Argument, Command, Spec};
use crate::chat::{Chat, ask};
use crate::domain::{Result, Sink};

pub static SPEC: Spec = Spec {
    name: "/model",
    arguments: "[NAME]",
    summary: "makes NAME answer in the current session; alone: shows who answers",
    aliases: &[],
    argument: Argument::Model,
    parse: |arguments| {
        let name = (!arguments.is_empty()).then(|| arguments.to_owned());
        Ok(Command::Model(name))
    },
};

pub fn run(chat: &mut Chat, name: Option<String>, sink: &mut dyn Sink) -> Result<()> {
    match name {
        Some(name) => ask::choose_model(chat, &name, sink),
        None => {
            ask::show_model(chat, sink);
            Ok(())
        }
    }
}
