//! `/users`: everybody, counted.

use super::{Argument, Command, Spec, line};
use crate::chat::{self, Chat};
use crate::domain::{Event, Flow, Result, Scope, Sink, UserSummary};

pub static SPEC: Spec = Spec {
    name: "/users",
    arguments: "",
    summary: "lists every user with sessions, messages and last time",
    aliases: &[],
    argument: Argument::Any,
    parse: |arguments| line::nothing(&SPEC, arguments, Command::Users),
};

/// How many users are read at once.
const PAGE: usize = 500;

/// A user is known to the store from their first session on; whoever is
/// speaking is listed in their place even before that.
pub fn run(chat: &mut Chat, sink: &mut dyn Sink) -> Result<()> {
    let mut count = 0;
    let mut newcomer = Some(UserSummary {
        user: chat.user().clone(),
        sessions: 0,
        messages: 0,
        last_at: None,
        current: true,
    });
    let mut after = None;
    loop {
        let page = chat::users::list(chat, after.as_ref(), PAGE)?;
        let is_last = page.len() < PAGE;
        after = page.last().map(|row| row.user.clone());
        let mut rows = Vec::with_capacity(page.len() + 1);
        for row in page {
            if let Some(own) = newcomer.take_if(|own| own.user <= row.user)
                && own.user != row.user
            {
                rows.push(own);
            }
            rows.push(row);
        }
        if is_last {
            rows.extend(newcomer.take());
        }
        for row in &rows {
            count += 1;
            if sink.tell(&Event::UserRow(row)) == Flow::Full {
                sink.drain()?;
            }
        }
        if is_last {
            break;
        }
    }
    sink.tell(&Event::End {
        scope: Some(Scope::Global),
        count,
    });
    sink.drain()
}
