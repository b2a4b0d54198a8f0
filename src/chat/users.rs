//! Users: who is speaking, and who is known.

use super::{Chat, ask};
use crate::domain::{CurrentUser, Event, Flow, Result, Sink, UserName, UserSummary};

/// Makes `user` the current user, in the session they were in.
pub fn switch(chat: &mut Chat, user: UserName, sink: &mut dyn Sink) -> Result<()> {
    if user != *chat.user() {
        chat.speakers.switch_to(user);
        if chat.speakers.session().is_none() {
            ask::recover(chat, sink)?;
        }
    }
    show(chat, sink)
}

/// Tells who is speaking.
pub fn show(chat: &mut Chat, sink: &mut dyn Sink) -> Result<()> {
    let session = chat.session();
    let known = session.is_some() || chat.log.knows(chat.speakers.user())?;
    sink.tell(&Event::User(CurrentUser {
        user: chat.user(),
        session,
        known,
    }));
    Ok(())
}

/// Whether the log knows a user.
pub fn is_known(chat: &mut Chat, user: &UserName) -> Result<bool> {
    Ok(chat.log.knows(user)?)
}

/// The next known users in order of name, as many as `limit`, each with their
/// counts. Whoever is speaking is marked.
pub fn list(chat: &mut Chat, after: Option<&UserName>, limit: usize) -> Result<Vec<UserSummary>> {
    chat.log.commit()?;
    let (current, mut users) = (chat.speakers.user(), Vec::new());
    chat.log.users(after, &mut |summary| {
        users.push(UserSummary {
            current: summary.user == *current,
            ..summary.clone()
        });
        if users.len() < limit {
            Flow::More
        } else {
            Flow::Full
        }
    })?;
    Ok(users)
}

/// Up to `limit` known users whose names begin with `prefix`.
pub fn matching(chat: &mut Chat, prefix: &str, limit: usize) -> Result<Vec<UserName>> {
    Ok(chat.log.users_like(prefix, limit)?)
}
