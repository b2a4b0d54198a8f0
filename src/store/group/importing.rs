//! Sessions of other programs, inside an open group.

use super::super::backend::{Along, SessionQuery, Which};
use super::super::imported::{ImportedCount, ImportedHead, ImportedMessage, ImportedSession};
use super::super::rows::{End, MessageRow, NewSession, Place};
use super::super::rules;
use super::{Attempt, Failure, Group};
use crate::domain::{Flow, MessageId, Role, SessionKey};

/// Where a message that is there stands in its context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Standing {
    /// The message that one behind it follows: itself, unless it is outside of contexts.
    last: Option<MessageId>,
    /// How many messages a context has that ends there.
    depth: i64,
}

impl Group {
    /// Adds what is new of a session, and moves its end unless the person has done so.
    pub(in crate::store) fn import(
        &mut self,
        session: &ImportedSession<'_>,
        messages: &[ImportedMessage<'_>],
        current: Option<usize>,
    ) -> Attempt<ImportedCount> {
        let mut count = ImportedCount::default();
        let found = self.key_of(session)?;
        let key = match found {
            Some(key) => key,
            None => {
                count.is_new = true;
                self.add_session(&NewSession {
                    user: session.user,
                    session: session.session,
                    title: session.title,
                    model: None,
                    persona: None,
                    at: session.last_at,
                    system: None,
                    preview: None,
                    origin: None,
                })?
            }
        };
        let mut end = self.end(key)?;
        if count.is_new {
            // Nothing was said in it here, so it is behind all that was.
            end.touched = MessageId(0);
        }
        let before = end;
        let mut standings: Vec<Standing> = Vec::with_capacity(messages.len());
        let mut answered_by = None;
        for message in messages {
            let behind = message.parent.and_then(|parent| standings.get(parent));
            // Of a session that is new nothing is there.
            let known = match found {
                Some(_) => self
                    .backend
                    .imported(&message.key)
                    .map_err(Failure::Reading)?,
                None => None,
            };
            let standing = match known {
                Some(id) => {
                    count.known += 1;
                    self.standing_of(id)?
                }
                None => {
                    count.added += 1;
                    let behind = behind.copied();
                    self.add_imported(key, &mut end, message, behind, &mut answered_by)?
                }
            };
            standings.push(standing);
        }
        self.put_end(
            key, &before, &mut end, session, &standings, current, &mut count,
        )?;
        if count.is_new || end != before {
            self.move_end(key, end, answered_by.as_deref());
        }
        self.pending += messages.len().max(1);
        Ok(count)
    }

    /// Moves the context's end to the branch that is shown, if it stands where the last
    /// import has put it.
    #[allow(clippy::too_many_arguments)]
    fn put_end(
        &mut self,
        key: SessionKey,
        before: &End,
        end: &mut End,
        session: &ImportedSession<'_>,
        standings: &[Standing],
        current: Option<usize>,
        count: &mut ImportedCount,
    ) -> Attempt<()> {
        let import = self.backend.import(key).map_err(Failure::Reading)?;
        let put = import.map(|import| ImportedHead(import.head));
        let is_left = !count.is_new && put != Some(ImportedHead(before.place.head));
        count.is_left = is_left && count.added > 0;
        let shown = current
            .and_then(|at| standings.get(at))
            .or(standings.last());
        let Some(shown) = shown.filter(|_| !is_left) else {
            return Ok(());
        };
        end.place = Place {
            head: shown.last,
            ..end.place
        };
        end.depth = shown.depth;
        let noted = self.backend.set_import(key, session.source, shown.last);
        noted.map_err(Failure::Writing)
    }

    /// The session, if it is there.
    fn key_of(&mut self, session: &ImportedSession<'_>) -> Attempt<Option<SessionKey>> {
        let (mut key, id) = (None, session.session.to_string());
        let query = SessionQuery {
            user: Some(session.user),
            which: Which::Prefix(&id),
            after: None,
        };
        let found = self.backend.sessions(&query, &mut |row| {
            key = Some(row.key);
            Flow::Full
        });
        found.map_err(Failure::Reading)?;
        Ok(key)
    }

    /// Where a message stands that was imported before.
    fn standing_of(&mut self, id: MessageId) -> Attempt<Standing> {
        let mut standing = Standing {
            last: Some(id),
            depth: 1,
        };
        let walked = self.backend.chain(id, Along::Context, &mut |link| {
            standing = match link.depth {
                Some(depth) => Standing {
                    last: Some(id),
                    depth,
                },
                // A system prompt: what follows it follows what it follows.
                None => Standing {
                    last: link.parent,
                    depth: 0,
                },
            };
            Flow::Full
        });
        walked.map_err(Failure::Reading)?;
        Ok(standing)
    }

    fn add_imported(
        &mut self,
        key: SessionKey,
        end: &mut End,
        message: &ImportedMessage<'_>,
        behind: Option<Standing>,
        answered_by: &mut Option<String>,
    ) -> Attempt<Standing> {
        let behind = behind.unwrap_or(Standing {
            last: None,
            depth: 0,
        });
        let is_prompt = message.draft.role == Role::System;
        let depth = behind.depth.saturating_add(1);
        let as_there = End {
            place: Place {
                head: behind.last,
                ..Place::default()
            },
            ..*end
        };
        let row = MessageRow {
            depth: (!is_prompt).then_some(depth),
            said_at: Some(message.said_at),
            ..rules::outside_context(key, &as_there, &message.draft)
        };
        let id = self.add_row(&row)?;
        let noted = self.backend.add_origin(&message.key, id);
        noted.map_err(Failure::Writing)?;
        if let Some(preview) = rules::first_said(end, &row) {
            self.previews.insert(key, preview);
            end.has_preview = true;
        }
        if let Some(model) = rules::answered_by(&row) {
            *answered_by = Some(model.to_owned());
        }
        end.last = Some(id);
        end.count = row.seq;
        self.is_newest(id, row.created_at);
        if !is_prompt {
            return Ok(Standing {
                last: Some(id),
                depth,
            });
        }
        // The first one is the session's; of the others nobody knows for how long they hold.
        end.system.get_or_insert(id);
        Ok(behind)
    }
}
