//! What others say in the session that a person is in.

use super::super::Result;
use super::Group;
use crate::domain::SessionKey;

/// A session that is watched, and how many of its messages are no news.
#[derive(Clone, Copy, Debug)]
pub(super) struct WatchedSession {
    session: SessionKey,
    /// Those that were there when it was looked at last, and those that this
    /// process has said since.
    known: i64,
    /// Those that the open group has added.
    added: i64,
}

impl WatchedSession {
    /// The open group has added so many messages to a session.
    pub(super) fn note(&mut self, session: SessionKey, added: i64) {
        if self.session == session {
            self.added += added;
        }
    }

    /// The open group was committed.
    pub(super) fn commit(&mut self) {
        self.known += std::mem::take(&mut self.added);
    }

    /// The open group was given up.
    pub(super) fn forget(&mut self) {
        self.added = 0;
    }
}

impl Group {
    /// How many messages others have added to a session since this was asked last;
    /// none if that was of another session, or never. Everything that this process
    /// has written must have been committed. The session is only looked at if
    /// others have written at all.
    pub(in crate::store) fn news_of(&mut self, session: SessionKey) -> Result<i64> {
        let has_news = self.backend.has_news()?;
        let watched = self.watched.filter(|watched| watched.session == session);
        if watched.is_some() && !has_news {
            return Ok(0);
        }
        let count = self.look_at_end(session)?.count;
        self.watched = Some(WatchedSession {
            session,
            known: count,
            added: 0,
        });
        Ok(watched.map_or(0, |watched| (count - watched.known).max(0)))
    }
}
