//! Users: who is speaking, and who is known.

use super::{Chat, ask, listing};
use crate::domain::{CurrentUser, Event, Flow, Result, Scope, Sink, UserName, UserSummary};

/// Makes `user` the current user, in the session they were in.
pub(crate) fn switch(chat: &mut Chat, user: UserName, sink: &mut dyn Sink) -> Result<()> {
    if user != *chat.user() {
        if chat.speakers.session_of(&user).is_none() {
            // If this fails, whoever spoke before goes on.
            ask::recover_for(chat, &user, sink)?;
        }
        chat.speakers.switch_to(user);
    }
    show(chat, sink)
}

/// Tells who is speaking.
pub(crate) fn show(chat: &mut Chat, sink: &mut dyn Sink) -> Result<()> {
    let session = chat.session();
    let known = session.is_some() || chat.log.knows(chat.speakers.user())?;
    sink.emit(&Event::User(CurrentUser {
        user: chat.user(),
        session,
        known,
    }));
    Ok(())
}

/// Whether the log knows a user.
pub(crate) fn is_known(chat: &mut Chat, user: &UserName) -> Result<bool> {
    Ok(chat.log.knows(user)?)
}

/// Tells every user in order of name, with counts.
///
/// The store knows a user from their first session on. The current user is
/// listed in their place even before that.
pub(crate) fn list(chat: &mut Chat, sink: &mut dyn Sink) -> Result<()> {
    let (mut is_listed, mut after) = (false, None);
    listing::list(chat, Some(Scope::Global), sink, &mut |chat, rows| {
        let current = chat.speakers.user();
        let newcomer = UserSummary {
            user: current.clone(),
            sessions: 0,
            messages: 0,
            last_at: None,
            current: true,
        };
        let (from, mut flow) = (after.take(), Flow::More);
        chat.log.users(from.as_ref(), &mut |user| {
            if !is_listed && user.user > *current {
                rows.emit(&Event::UserRow(&newcomer));
                is_listed = true;
            }
            let is_current = user.user == *current;
            is_listed |= is_current;
            flow = rows.emit(&Event::UserRow(&UserSummary {
                current: is_current,
                ..user.clone()
            }));
            if flow == Flow::Full {
                after = Some(user.user.clone());
            }
            flow
        })?;
        if flow == Flow::More && !is_listed {
            rows.emit(&Event::UserRow(&newcomer));
        }
        Ok(flow == Flow::Full)
    })
}

/// Up to `limit` known users whose names begin with `prefix`.
pub(crate) fn matching(chat: &mut Chat, prefix: &str, limit: usize) -> Result<Vec<UserName>> {
    Ok(chat.log.users_like(prefix, limit)?)
}
