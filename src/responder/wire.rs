//! A conversation in the order and with the role names that models expect.

use serde::Serialize;

use super::Ask;
use crate::domain::Role;

/// One message as it is sent.
#[derive(Serialize)]
pub(super) struct WireMessage<'a> {
    role: &'static str,
    content: &'a str,
}

/// The system prompt if there is one, the context, then the message.
pub(super) fn messages<'a>(ask: &Ask<'a>) -> impl Iterator<Item = WireMessage<'a>> + use<'a> {
    let system = ask.system.map(|content| WireMessage {
        role: word(Role::System),
        content,
    });
    system.into_iter().chain(conversation(ask))
}

/// The context, then the message, for those that take the system prompt elsewhere.
pub(super) fn conversation<'a>(ask: &Ask<'a>) -> impl Iterator<Item = WireMessage<'a>> + use<'a> {
    let context = ask.context.iter();
    context
        .map(|said| (said.role, said.content.as_str()))
        .chain([(Role::User, ask.message)])
        .map(|(role, content)| WireMessage {
            role: word(role),
            content,
        })
}

fn word(role: Role) -> &'static str {
    match role {
        Role::System => "system",
        Role::User => "user",
        Role::Ai => "assistant",
    }
}
