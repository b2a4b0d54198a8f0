//! `/history`: what was said.

use super::{Argument, Command, Spec, line, table::Alias};
use crate::chat::{Chat, log};
use crate::domain::{Event, Result, Scope, Sink};

pub static SPEC: Spec = Spec {
    name: "/history",
    arguments: "[session|user|global]",
    summary: "lists this session's context, all your contexts, or the whole log",
    aliases: &[Alias {
        name: "/log",
        means: "global",
    }],
    argument: Argument::Scope,
    parse,
};

fn parse(arguments: &str) -> Result<Command> {
    if arguments.is_empty() {
        return Ok(Command::History(Scope::Session));
    }
    Scope::parse(arguments)
        .map(Command::History)
        .ok_or_else(|| line::not_one_of(&SPEC, arguments, &line::words(Argument::Scope)))
}

/// Reads a page, lets go of the store, writes the page out, and so on: a slow
/// reader holds nobody up and a long log needs no memory.
pub fn run(chat: &mut Chat, scope: Scope, sink: &mut dyn Sink) -> Result<()> {
    let mut listing = match scope {
        Scope::Session => log::list_session(chat)?,
        Scope::User => log::list_user(chat)?,
        Scope::Global => log::list_global(chat)?,
    };
    let mut count = 0;
    while log::read(chat, &mut listing, &mut count, sink)? {
        sink.drain()?;
    }
    sink.tell(&Event::End {
        scope: Some(scope),
        count,
    });
    // It was committed before it was read: a later line's failure must not take it back.
    sink.drain()
}
