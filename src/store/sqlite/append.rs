//! The hot path: a group of writes, from `BEGIN` to `COMMIT`.

use std::collections::HashMap;

use rusqlite::{Connection, ErrorCode, params};

use super::super::{Opening, Receipt, Result};
use super::fault::{fault, hinted, reason};
use super::query;
use super::watch::Watch;
use super::writer;
use crate::domain::{Draft, Fault, MessageId, Role, SessionKey, Status, Timestamp};

/// How many sessions' ends are remembered between groups, at about 64 bytes each.
const REMEMBERED: usize = 16 * 1024;

/// The open group and what is known of the ends of things.
///
/// What it remembers was read inside a write transaction and is good for as
/// long as no other connection has committed, which `data_version` tells.
#[derive(Default)]
pub struct Group {
    open: bool,
    /// Messages appended since the group was begun.
    pending: usize,
    data_version: Option<i64>,
    /// The time of the newest message.
    newest_at: i64,
    ends: HashMap<SessionKey, End>,
    /// Sessions whose rows differ from what is in `ends`: written once a commit.
    moved: Vec<SessionKey>,
    /// Partial replies, by session and writer, which the session's next message replaces.
    partial: Vec<(SessionKey, String)>,
    /// Set when a write failed: nothing more is written.
    stopped: Option<Fault>,
}

/// The end of a session.
#[derive(Clone, Copy)]
struct End {
    head: Option<i64>,
    last: Option<i64>,
    seq: i64,
    moved: bool,
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

    /// Begins a session; its user becomes known.
    pub fn start(connection: &Connection, opening: &Opening<'_>) -> rusqlite::Result<SessionKey> {
        let user = if let Some(user) = query::user(connection, opening.user)? {
            user
        } else {
            connection
                .prepare_cached("INSERT INTO users (name) VALUES (?1)")?
                .insert([opening.user.as_str()])?
        };
        let key = connection
            .prepare_cached(
                "INSERT INTO sessions (uuid, user, title, created_at) VALUES (?1, ?2, ?3, ?4)",
            )?
            .insert(params![
                opening.session.to_string(),
                user,
                opening.title,
                opening.at.0
            ])?;
        Ok(SessionKey(key))
    }

    /// Appends a message and moves its session's head and last to it.
    pub fn append(
        &mut self,
        connection: &Connection,
        session: SessionKey,
        draft: &Draft<'_>,
    ) -> rusqlite::Result<Receipt> {
        let end = *self.end(connection, session)?;
        let created_at = self.newest_at.max(draft.at.0);
        let seq = end.seq + 1;
        // SQLite gives the next id itself, without looking whether it is taken.
        let id = connection
            .prepare_cached(
                "INSERT INTO messages
                 (parent, previous, seq, session, role, content, created_at, model, status,
                  prompt_tokens, reply_tokens)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?
            .insert(params![
                end.head,
                end.last,
                seq,
                session.0,
                role_code(draft.role),
                draft.content,
                created_at,
                draft.model,
                status_code(draft.status),
                draft.usage.map(|usage| usage.prompt),
                draft.usage.map(|usage| usage.reply),
            ])?;
        if let Some(at) = self.partial.iter().position(|(key, _)| *key == session) {
            let (_, writer) = self.partial.remove(at);
            connection
                .prepare_cached("DELETE FROM partials WHERE session = ?1 AND writer = ?2")?
                .execute(params![session.0, writer])?;
        }
        self.newest_at = created_at;
        self.pending += 1;
        self.move_end(
            session,
            End {
                head: Some(id),
                last: Some(id),
                seq,
                ..end
            },
        );
        Ok(Receipt {
            id: MessageId(id),
            seq,
            parent: end.head.map(MessageId),
            created_at: Timestamp(created_at),
        })
    }

    /// Keeps what has come of a reply.
    pub fn keep_partial(
        &mut self,
        connection: &Connection,
        session: SessionKey,
        content: &str,
        model: &str,
    ) -> rusqlite::Result<()> {
        let writer = writer::this();
        connection
            .prepare_cached(
                "INSERT OR REPLACE INTO partials (session, writer, content, model)
                 VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![session.0, writer, content, model])?;
        self.expect_rest(session, writer);
        Ok(())
    }

    /// The next append to this session takes that writer's partial reply away.
    pub fn expect_rest(&mut self, session: SessionKey, writer: String) {
        let partial = (session, writer);
        if !self.partial.contains(&partial) {
            self.partial.push(partial);
        }
    }

    /// Chooses who answers in a session.
    pub fn set_model(
        connection: &Connection,
        session: SessionKey,
        model: &str,
    ) -> rusqlite::Result<()> {
        connection
            .prepare_cached("UPDATE sessions SET model = ?2 WHERE id = ?1")?
            .execute(params![session.0, model])?;
        Ok(())
    }

    /// Takes the head away; says how many messages the session has in the log.
    pub fn clear(&mut self, connection: &Connection, session: SessionKey) -> rusqlite::Result<i64> {
        let end = *self.end(connection, session)?;
        self.move_end(session, End { head: None, ..end });
        Ok(end.seq)
    }

    fn end(&mut self, connection: &Connection, session: SessionKey) -> rusqlite::Result<&mut End> {
        use std::collections::hash_map::Entry;
        Ok(match self.ends.entry(session) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                let mut read = connection.prepare_cached(
                    "SELECT s.head, s.last, m.seq FROM sessions AS s
                     LEFT JOIN messages AS m ON m.id = s.last WHERE s.id = ?1",
                )?;
                entry.insert(read.query_row([session.0], |row| {
                    Ok(End {
                        head: row.get(0)?,
                        last: row.get(1)?,
                        seq: row.get::<_, Option<i64>>(2)?.unwrap_or(0),
                        moved: false,
                    })
                })?)
            }
        })
    }

    fn move_end(&mut self, session: SessionKey, end: End) {
        if !end.moved {
            self.moved.push(session);
        }
        self.ends.insert(session, End { moved: true, ..end });
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
        let mut write =
            connection.prepare_cached("UPDATE sessions SET head = ?2, last = ?3 WHERE id = ?1")?;
        for session in self.moved.drain(..) {
            if let Some(end) = self.ends.get_mut(&session) {
                write.execute(params![session.0, end.head, end.last])?;
                end.moved = false;
            }
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
        self.ends.clear();
        self.stopped = Some(hinted(
            format!("the store takes no more messages: {why}"),
            "leave, mend that, and start saylog again",
        ));
        fault(format!("not confirmed as saved: {why}"))
    }
}

/// The number that stands for a role in the table.
fn role_code(role: Role) -> i64 {
    match role {
        Role::System => 0,
        Role::User => 1,
        Role::Ai => 2,
    }
}

/// The number that stands for a status in the table.
fn status_code(status: Status) -> i64 {
    match status {
        Status::Complete => 0,
        Status::Interrupted => 1,
        Status::Failed => 2,
    }
}
