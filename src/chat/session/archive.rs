//! `/archive`: sessions out of the lists, and back. Nothing leaves the log.

use super::find::{find, find_archived};
use crate::chat::Chat;
use crate::domain::{Error, Event, Result, SessionArchive, Sink};
use crate::store::{SessionRow, Which};

/// Keeps a session of the current user out of lists and completion: the current one,
/// or the one that `which` means. Who was in it has no session then.
pub(crate) fn archive(chat: &mut Chat, which: Option<&str>, sink: &mut dyn Sink) -> Result<()> {
    let found = match which {
        Some(which) => find(chat, which)?,
        None => current(chat)?,
    };
    if found.archived_at.is_some() {
        return Err(Error::IsArchived(found.session));
    }
    let now = chat.settings.now();
    chat.log.archive(found.key, Some(now))?;
    chat.speakers.depart(found.key);
    tell(chat, &found, true, sink);
    Ok(())
}

/// Takes that back: of the session that `which` means, or the current one, or else of
/// the one that was archived last.
pub(crate) fn bring_back(chat: &mut Chat, which: Option<&str>, sink: &mut dyn Sink) -> Result<()> {
    let found = match which {
        Some(which) => find_archived(chat, which)?,
        None => archived_last(chat)?.ok_or(Error::NothingArchived)?,
    };
    chat.log.archive(found.key, None)?;
    chat.speakers.come_back(found.key);
    tell(chat, &found, false, sink);
    Ok(())
}

fn current(chat: &mut Chat) -> Result<SessionRow> {
    let key = chat.speakers.current()?.key;
    let user = chat.speakers.user();
    let found = chat.log.find(user, Which::Key(key), 1)?.pop();
    found.ok_or(Error::SessionNotFound)
}

fn archived_last(chat: &mut Chat) -> Result<Option<SessionRow>> {
    if chat.speakers.session().is_some() {
        let found = current(chat)?;
        if found.archived_at.is_some() {
            return Ok(Some(found));
        }
    }
    let user = chat.speakers.user().clone();
    let mut last = None;
    super::list::each(&mut chat.log, &user, Which::Archived, &mut |row| {
        let is_later = |last: &SessionRow| row.archived_at > last.archived_at;
        if last.as_ref().is_none_or(is_later) {
            last = Some(row.clone());
        }
    })?;
    Ok(last)
}

fn tell(chat: &mut Chat, found: &SessionRow, archived: bool, sink: &mut dyn Sink) {
    chat.last_look.forget();
    sink.emit(&Event::Archive(SessionArchive {
        user: chat.user(),
        session: found.session,
        title: found.title.as_deref(),
        archived,
    }));
}
