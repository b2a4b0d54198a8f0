//! Sessions of other programs, inside an open group.

use std::collections::HashSet;

use super::super::imported::{
    ImportedConversation, ImportedCount, ImportedHead, ImportedMessage, ImportedSession, Standing,
};
use super::super::known_imports::KnownImports;
use super::super::rows::{End, MessageRow, NewSession, Place};
use super::super::rules;
use super::{Attempt, Failure, Group};
use crate::domain::{Role, SessionId, SessionKey, SourceKey};

impl Group {
    /// Adds what is new of several sessions, and moves their ends unless the person has done
    /// so. What is here of them is `known`, and those that are new are begun together: no
    /// conversation costs questions of its own.
    pub(in crate::store) fn import(
        &mut self,
        conversations: &[ImportedConversation<'_>],
        known: &mut KnownImports,
    ) -> Attempt<Vec<ImportedCount>> {
        let backend = self.backend.as_mut();
        known.look_up_heads(backend).map_err(Failure::Reading)?;
        let mut begun = self.begin_imported(conversations, known)?;
        let keys = known.keys().to_vec();
        let counts = conversations.iter().zip(keys).map(|(one, keys)| {
            let is_new = begun.remove(&one.session.session);
            self.import_one(one, &keys, is_new, known)
        });
        counts.collect()
    }

    /// Begins the sessions that are not here; gives which these are.
    fn begin_imported(
        &mut self,
        conversations: &[ImportedConversation<'_>],
        known: &mut KnownImports,
    ) -> Attempt<HashSet<SessionId>> {
        let (mut begun, mut rows) = (HashSet::new(), Vec::new());
        for ImportedConversation { session, .. } in conversations {
            let is_new = known.session(session.session).is_none();
            // The same conversation may stand in the source twice.
            if is_new && begun.insert(session.session) {
                rows.push(NewSession {
                    user: session.user,
                    session: session.session,
                    title: session.title,
                    model: None,
                    persona: None,
                    at: session.last_at,
                    system: None,
                    preview: None,
                    origin: None,
                });
            }
        }
        let keys = self.add_sessions(&rows)?;
        for (row, key) in rows.iter().zip(keys) {
            known.add_session(row.session, key);
        }
        Ok(begun)
    }

    /// Adds what is new of one session, whose messages are known by these keys, and which was
    /// begun just now if it `is_new`.
    fn import_one(
        &mut self,
        conversation: &ImportedConversation<'_>,
        keys: &[SourceKey],
        is_new: bool,
        known: &mut KnownImports,
    ) -> Attempt<ImportedCount> {
        let mut count = ImportedCount {
            is_new,
            ..ImportedCount::default()
        };
        let Some(key) = known.session(conversation.session.session) else {
            return Ok(count);
        };
        let mut end = self.end(key)?;
        let before = end;
        let mut standings: Vec<Standing> = Vec::with_capacity(conversation.messages.len());
        let mut answered_by = None;
        for (message, message_key) in conversation.messages.iter().zip(keys) {
            let message = &ImportedMessage {
                key: *message_key,
                ..*message
            };
            let standing = match known.message(message_key) {
                Some(standing) => {
                    count.known += 1;
                    standing
                }
                None => {
                    count.added += 1;
                    let behind = message.parent.and_then(|parent| standings.get(parent));
                    let behind = behind.copied().unwrap_or_default();
                    let added =
                        self.add_imported(key, &mut end, message, behind, &mut answered_by)?;
                    known.add_message(message.key, added);
                    added
                }
            };
            standings.push(standing);
        }
        let ImportedSession {
            last_at, is_dated, ..
        } = conversation.session;
        if is_new {
            end.touched = rules::rank_elsewhere(last_at);
        } else if is_dated || count.added > 0 || end.has_no_rank() {
            rules::touch_elsewhere(&mut end, last_at);
        }
        self.put_end(
            (key, conversation),
            (&before, &mut end),
            &standings,
            known,
            &mut count,
        )?;
        if is_new || end != before {
            self.move_end(key, end, answered_by);
        }
        self.pending += conversation.messages.len().max(1);
        Ok(count)
    }

    /// Moves the context's end to the branch that is shown, if it stands where the last
    /// import has put it.
    fn put_end(
        &mut self,
        (key, conversation): (SessionKey, &ImportedConversation<'_>),
        (before, end): (&End, &mut End),
        standings: &[Standing],
        known: &mut KnownImports,
        count: &mut ImportedCount,
    ) -> Attempt<()> {
        let is_left = !count.is_new && known.head(key) != Some(ImportedHead(before.place.head));
        count.is_left = is_left && count.added > 0;
        let shown = conversation
            .current
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
        if known.head(key) == Some(ImportedHead(shown.last)) {
            return Ok(());
        }
        known.put_head(key, shown.last);
        let source = conversation.session.source;
        let noted = self.backend.set_import(key, source, shown.last);
        noted.map_err(Failure::Writing)
    }

    fn add_imported<'a>(
        &mut self,
        key: SessionKey,
        end: &mut End,
        message: &ImportedMessage<'a>,
        behind: Standing,
        answered_by: &mut Option<&'a str>,
    ) -> Attempt<Standing> {
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
        *answered_by = rules::answered_by(&row).or(*answered_by);
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
