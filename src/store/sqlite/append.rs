//! The hot path: messages into the log.

use rusqlite::{Connection, params};

use super::super::Receipt;
use super::group::{End, Group};
use super::writer;
use crate::domain::{Draft, MessageId, Role, SessionKey, Status, Timestamp, first_words};

/// How much of the first thing said in a session its row keeps, in characters.
pub const WORDS: usize = 200;

impl Group {
    /// Appends a message and moves its session's head and last to it.
    pub fn append(
        &mut self,
        connection: &Connection,
        session: SessionKey,
        draft: &Draft<'_>,
    ) -> rusqlite::Result<Receipt> {
        let end = self.end(connection, session)?;
        let depth = end.depth + 1;
        let (id, created_at) = self.insert(connection, session, draft, &end, Some(depth))?;
        if !end.has_words && draft.role == Role::User {
            self.first_said(session, first_words(draft.content, WORDS));
        }
        if let Some(at) = self.partial.iter().position(|(key, _)| *key == session) {
            let (_, writer) = self.partial.remove(at);
            connection
                .prepare_cached("DELETE FROM partials WHERE session = ?1 AND writer = ?2")?
                .execute(params![session.0, writer])?;
        }
        self.move_end(
            session,
            End {
                head: Some(id),
                depth,
                last: Some(id),
                count: end.count + 1,
                has_words: end.has_words || draft.role == Role::User,
                touched_at: created_at,
                ..end
            },
        );
        Ok(Receipt {
            id: MessageId(id),
            seq: end.count + 1,
            parent: end.head.map(MessageId),
            system: end.system.map(MessageId),
            created_at: Timestamp(created_at),
        })
    }

    /// Appends a system prompt, which is the session's from now on, or takes it
    /// away. It belongs to the log, but not to the chain of the context.
    pub fn set_system(
        &mut self,
        connection: &Connection,
        session: SessionKey,
        draft: Option<&Draft<'_>>,
    ) -> rusqlite::Result<()> {
        let end = self.end(connection, session)?;
        let end = match draft {
            Some(draft) => {
                let (id, created_at) = self.insert(connection, session, draft, &end, None)?;
                End {
                    system: Some(id),
                    last: Some(id),
                    count: end.count + 1,
                    touched_at: created_at,
                    ..end
                }
            }
            None => End {
                system: None,
                ..end
            },
        };
        self.move_end(session, end);
        Ok(())
    }

    /// Writes the row; gives its id and time.
    fn insert(
        &mut self,
        connection: &Connection,
        session: SessionKey,
        draft: &Draft<'_>,
        end: &End,
        depth: Option<i64>,
    ) -> rusqlite::Result<(i64, i64)> {
        let created_at = self.newest_at.max(draft.at.0);
        // SQLite gives the next id itself, without looking whether it is taken.
        let id = connection
            .prepare_cached(
                "INSERT INTO messages
                 (parent, previous, seq, session, role, content, created_at, model, status,
                  prompt_tokens, reply_tokens, depth, system, oldest)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
            )?
            .insert(params![
                end.head,
                end.last,
                end.count + 1,
                session.0,
                role_code(draft.role),
                draft.content,
                created_at,
                draft.model,
                status_code(draft.status),
                draft.usage.map(|usage| usage.prompt),
                draft.usage.map(|usage| usage.reply),
                depth,
                end.system,
                draft.oldest.map(|id| id.0),
            ])?;
        self.newest_at = created_at;
        self.pending += 1;
        Ok((id, created_at))
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
