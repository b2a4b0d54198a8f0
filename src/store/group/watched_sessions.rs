//! What others say in the sessions that a person is in, one after the other.

use super::super::Result;
use super::Group;
use crate::domain::SessionKey;

/// How many sessions are watched at most: those that were looked at last.
const MOST: usize = 64;

/// The sessions that are watched.
#[derive(Debug, Default)]
pub(super) struct WatchedSessions {
    /// The one that was looked at last comes last.
    sessions: Vec<WatchedSession>,
    /// How often others were seen to have written.
    news: u64,
}

/// A session that is watched, and how many of its messages are no news.
#[derive(Clone, Copy, Debug)]
struct WatchedSession {
    session: SessionKey,
    /// Those that were there when it was looked at last, and those that this
    /// process has said since.
    known: i64,
    /// Those that the open group has added.
    added: i64,
    /// How often others had written then.
    news: u64,
}

impl WatchedSessions {
    /// The open group has added so many messages to a session.
    pub(super) fn note(&mut self, session: SessionKey, added: i64) {
        let mut watched = self.sessions.iter_mut();
        if let Some(watched) = watched.find(|watched| watched.session == session) {
            watched.added += added;
        }
    }

    /// Whether any is watched.
    pub(super) fn are_some(&self) -> bool {
        !self.sessions.is_empty()
    }

    /// The open group was committed.
    pub(super) fn commit(&mut self) {
        for watched in &mut self.sessions {
            watched.known += std::mem::take(&mut watched.added);
        }
    }

    /// The open group was given up.
    pub(super) fn forget(&mut self) {
        for watched in &mut self.sessions {
            watched.added = 0;
        }
    }

    /// What was known of a session, which is going to be looked at.
    fn take(&mut self, session: SessionKey) -> Option<WatchedSession> {
        let mut sessions = self.sessions.iter();
        let at = sessions.position(|watched| watched.session == session)?;
        Some(self.sessions.remove(at))
    }

    /// From now on a session with so many messages is watched.
    fn watch(&mut self, session: SessionKey, known: i64) {
        if self.sessions.len() == MOST {
            self.sessions.remove(0);
        }
        self.sessions.push(WatchedSession {
            session,
            known,
            added: 0,
            news: self.news,
        });
    }
}

impl Group {
    /// How many messages others have added to a session since this was asked of it
    /// last; none if it never was. Everything that this process has written must have
    /// been committed. The session is only looked at if others have written at all.
    pub(in crate::store) fn news_of(&mut self, session: SessionKey) -> Result<i64> {
        self.watched.news += u64::from(self.backend.has_news()?);
        let watched = self.watched.take(session);
        if let Some(watched) = watched.filter(|watched| watched.news == self.watched.news) {
            self.watched.sessions.push(watched);
            return Ok(0);
        }
        let count = match self.look_at_end(session) {
            Ok(end) => end.count,
            Err(problem) => {
                self.watched.sessions.extend(watched);
                return Err(problem);
            }
        };
        self.watched.watch(session, count);
        Ok(watched.map_or(0, |watched| (count - watched.known).max(0)))
    }
}
