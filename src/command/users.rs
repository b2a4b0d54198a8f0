//! `/users`: lists everybody, with counts.

use super::action::{Action, Next};
use super::argument::Arguments;
use super::spec::{Argument, Spec};
use crate::chat::{Chat, users};
use crate::domain::{Event, Flow, Result, Scope, Sink, UserSummary};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Users;

/// How many users are read at once.
const USERS_AT_ONCE: usize = 500;

impl Action for Users {
    const SPEC: Spec = Spec {
        name: "/users",
        arguments: "",
        summary: "lists every user with sessions, messages and last time",
        aliases: &[],
        argument: Argument::Any,
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        arguments.nothing().map(|()| Self)
    }

    /// The store knows a user from their first session on. The current user is
    /// listed in their place even before that.
    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
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
            let page = users::list(chat, after.as_ref(), USERS_AT_ONCE)?;
            let is_last = page.len() < USERS_AT_ONCE;
            after = page.last().map(|row| row.user.clone());
            for row in with_newcomer(page, is_last, &mut newcomer) {
                count += 1;
                if sink.tell(&Event::UserRow(&row)) == Flow::Full {
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
        sink.drain()?;
        Ok(Next::Line)
    }
}

/// The rows of a page, with the current user in their place among them unless
/// the store has listed them.
fn with_newcomer(
    page: Vec<UserSummary>,
    is_last: bool,
    newcomer: &mut Option<UserSummary>,
) -> Vec<UserSummary> {
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
    rows
}
