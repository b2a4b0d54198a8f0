//! A group of writes, from `BEGIN` to `COMMIT`, and where the sessions it touches end.

use std::collections::HashMap;

use rusqlite::{Connection, ErrorCode, params};

use super::super::{Opening, Result};
use super::fault::{fault, hinted, reason};
use super::moves;
use super::query;
use super::watch::Watch;
use crate::domain::{Fault, SessionKey};

/// How many sessions' ends are remembered between groups, at about 100 bytes each.
const REMEMBERED: usize = 16 * 1024;

/// The open group and what is known of the ends of things.
///
/// What it remembers was read inside a write transaction and is good for as
/// long as no other connection has committed, which `data_version` tells.
#[derive(Default)]
pub struct Group {
    open: bool,
    /// Messages appended since the group was begun.
    pub(super) pending: usize,
    data_version: Option<i64>,
    /// The time of the newest message.
    pub(super) newest_at: i64,
    ends: HashMap<SessionKey, End>,
    /// Sessions whose rows differ from what is in `ends`: written once a commit.
    moved: Vec<SessionKey>,
    /// The first words said in some of these.
    words: HashMap<SessionKey, String>,
    /// Partial replies, by session and writer, which the session's next message replaces.
    pub(super) partial: Vec<(SessionKey, String)>,
    /// Set when a write failed: nothing more is written.
    stopped: Option<Fault>,
}

/// The end of a session.
#[derive(Clone, Copy)]
pub struct End {
    /// The last message of its context.
    pub head: Option<i64>,
    /// How many messages that context has.
    pub depth: i64,
    /// Its last message in the log.
    pub last: Option<i64>,
    /// How many messages it has there.
    pub count: i64,
    /// Its system prompt.
    pub system: Option<i64>,
    /// Whether something was said in it.
    pub has_words: bool,
    /// The time of its last message, else of its beginning.
    pub touched_at: i64,
    /// Whether its row differs from this.
    pub(super) moved: bool,
}

impl Group {
    /// How many messages wait for the commit.
    pub fn pending(&self) -> usize {
        self.pending
    }

    /// Whether a write has failed.
    pub fn is_stopped(&self) -> bool {
        self.stopped.is_some()
    }

    /// Begins a group if none is open.
    ///
    /// Every group writes, so it begins `IMMEDIATE`: a transaction that began
    /// as a reader is refused at once if anybody wrote in between.
    pub fn begin(&mut self, connection: &Connection) -> Result<()> {
        if self.open {
            return Ok(());
        }
        if let Some(stopped) = &self.stopped {
            return Err(stopped.clone());
        }
        self.try_begin(connection).map_err(|error| {
            let is_busy = matches!(
                error.sqlite_error_code(),
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
            );
            if is_busy && !self.open {
                // Nothing has been written: the next line may have more luck.
                fault(format!("not saved: {}", reason(&error)))
            } else {
                self.fail(connection, &error)
            }
        })
    }

    fn try_begin(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        self.open = true;
        let version: i64 = connection
            .prepare_cached("PRAGMA data_version")?
            .query_row([], |row| row.get(0))?;
        if self.data_version != Some(version) {
            self.data_version = Some(version);
            self.ends.clear();
            self.newest_at = query::newest(connection)?.map_or(0, |(_, created_at)| created_at);
        } else if self.ends.len() > REMEMBERED {
            self.ends.clear();
        }
        Ok(())
    }

    /// Where a session ends now.
    pub fn end(&mut self, connection: &Connection, session: SessionKey) -> rusqlite::Result<End> {
        use std::collections::hash_map::Entry;
        Ok(match self.ends.entry(session) {
            Entry::Occupied(entry) => *entry.get(),
            Entry::Vacant(entry) => {
                // The messages tell the counts, not the session's own row: an
                // earlier release that still runs does not keep that.
                let mut read = connection.prepare_cached(
                    "SELECT s.head, h.depth, s.last, coalesce(l.seq, 0), s.system,
                            s.words IS NOT NULL, max(s.touched_at, coalesce(l.created_at, 0))
                     FROM sessions AS s
                     LEFT JOIN messages AS h ON h.id = s.head
                     LEFT JOIN messages AS l ON l.id = s.last
                     WHERE s.id = ?1",
                )?;
                let (end, depth) = read.query_row([session.0], |row| {
                    let depth: Option<i64> = row.get(1)?;
                    let end = End {
                        head: row.get(0)?,
                        depth: depth.unwrap_or(0),
                        last: row.get(2)?,
                        count: row.get(3)?,
                        system: row.get(4)?,
                        has_words: row.get(5)?,
                        touched_at: row.get(6)?,
                        moved: false,
                    };
                    Ok((end, depth))
                })?;
                let depth = match (end.head, depth) {
                    (Some(head), None) => moves::counted(connection, head)?,
                    _ => end.depth,
                };
                *entry.insert(End { depth, ..end })
            }
        })
    }

    /// Knows the end of a session that has just been begun.
    pub fn begun(&mut self, session: SessionKey, opening: &Opening<'_>) {
        let past = &opening.past;
        let end = End {
            head: past.place.head.map(|id| id.0),
            depth: past.depth,
            last: None,
            count: 0,
            system: past.system.map(|id| id.0),
            has_words: past.words.is_some(),
            touched_at: opening.at.0,
            moved: false,
        };
        self.ends.insert(session, end);
    }

    /// From now on the session ends there.
    pub fn move_end(&mut self, session: SessionKey, end: End) {
        if !end.moved {
            self.moved.push(session);
        }
        self.ends.insert(session, End { moved: true, ..end });
    }

    /// Keeps the first words said in a session, for its row.
    pub fn first_said(&mut self, session: SessionKey, words: String) {
        self.words.insert(session, words);
    }

    /// Commits the group, if one is open, and makes sure that the file it went to is still there.
    ///
    /// # Errors
    /// Nothing of the group may be shown then. It may still turn out to be in
    /// the log: an error of the sync does not undo the write.
    pub fn commit(&mut self, connection: &Connection, mut watch: Option<&mut Watch>) -> Result<()> {
        if !self.open {
            return Ok(());
        }
        // Before, so that nothing is written beside a file that was replaced;
        // and after, so that nothing is acknowledged that went with the file.
        if let Some(loss) = watch.as_deref_mut().and_then(Watch::loss) {
            return Err(self.stop(connection, &loss));
        }
        self.try_commit(connection)
            .map_err(|error| self.fail(connection, &error))?;
        if let Some(watch) = &mut watch {
            if let Some(loss) = watch.loss() {
                return Err(self.stop(connection, &loss));
            }
            watch.include_log();
        }
        Ok(())
    }

    fn try_commit(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let mut write = connection.prepare_cached(
            "UPDATE sessions SET head = ?2, depth = ?3, last = ?4, count = ?5, system = ?6,
                                 touched_at = ?7
             WHERE id = ?1",
        )?;
        let mut write_first = connection.prepare_cached(
            "UPDATE sessions SET head = ?2, depth = ?3, last = ?4, count = ?5, system = ?6,
                                 touched_at = ?7, words = ?8
             WHERE id = ?1",
        )?;
        for session in self.moved.drain(..) {
            let Some(end) = self.ends.get_mut(&session) else {
                continue;
            };
            let (at, now) = (session.0, &*end);
            match self.words.remove(&session) {
                None => write.execute(params![
                    at,
                    now.head,
                    now.depth,
                    now.last,
                    now.count,
                    now.system,
                    now.touched_at
                ])?,
                Some(words) => write_first.execute(params![
                    at,
                    now.head,
                    now.depth,
                    now.last,
                    now.count,
                    now.system,
                    now.touched_at,
                    words
                ])?,
            };
            end.moved = false;
        }
        connection.prepare_cached("COMMIT")?.execute([])?;
        self.open = false;
        self.pending = 0;
        Ok(())
    }

    /// Ends the group and all further writing because SQLite reported an error.
    pub fn fail(&mut self, connection: &Connection, error: &rusqlite::Error) -> Fault {
        self.stop(connection, &reason(error))
    }

    fn stop(&mut self, connection: &Connection, why: &str) -> Fault {
        if !connection.is_autocommit() {
            // If even this fails, the next process rolls back.
            let _ = connection.execute_batch("ROLLBACK");
        }
        self.open = false;
        self.pending = 0;
        self.moved.clear();
        self.words.clear();
        self.ends.clear();
        self.stopped = Some(hinted(
            format!("the store takes no more messages: {why}"),
            "leave, mend that, and start saylog again",
        ));
        fault(format!("not confirmed as saved: {why}"))
    }
}
