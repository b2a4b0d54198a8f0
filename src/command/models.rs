//! `/models`: everybody who could answer.

use super::{Argument, Command, Spec, line};
use crate::chat::{Chat, ask};
use crate::domain::{Event, Result, Sink};

pub static SPEC: Spec = Spec {
    name: "/models",
    arguments: "",
    summary: "lists the models that are configured and those the endpoint offers",
    aliases: &[],
    argument: Argument::Any,
    parse: |arguments| line::nothing(&SPEC, arguments, Command::Models),
};

pub fn run(chat: &mut Chat, sink: &mut dyn Sink) -> Result<()> {
    let (names, asked) = ask::models(chat, sink)?;
    let mut count = 0;
    for name in &names {
        count += 1;
        sink.tell(&Event::ModelRow {
            model: name,
            current: name == chat.model(),
        });
    }
    sink.tell(&Event::End { scope: None, count });
    asked
}
