//! `/user`: who is speaking.

use super::{Argument, Command, Spec};
use crate::chat::{Chat, users};
use crate::domain::{Result, Sink, UserName};

pub static SPEC: Spec = Spec {
    name: "/user",
    arguments: "[NAME]",
    summary: "makes NAME the current user, new or known; alone: shows who is speaking",
    aliases: &[],
    argument: Argument::User,
    parse,
};

fn parse(arguments: &str) -> Result<Command> {
    if arguments.is_empty() {
        return Ok(Command::User(None));
    }
    Ok(Command::User(Some(UserName::new(arguments)?)))
}

pub fn run(chat: &mut Chat, name: Option<UserName>, sink: &mut dyn Sink) -> Result<()> {
    match name {
        Some(name) => users::switch(chat, name, sink),
        None => users::show(chat, sink),
    }
}
