//! What is here already of conversations of other programs, looked up for many of them at
//! once: where a question takes a round trip, a message must not cost one.

use std::collections::{HashMap, HashSet};

use super::Result;
use super::backend::Backend;
use super::imported::{
    ImportedConversation, ImportedHead, ImportedMessage, Sought, Standing, key_beside,
};
use crate::domain::{MessageId, Role, SessionId, SessionKey, SourceKey};

/// Sessions and messages that are here.
#[derive(Clone, Debug, Default)]
pub(super) struct KnownImports {
    sessions: HashMap<SessionId, SessionKey>,
    messages: HashMap<SourceKey, Standing>,
    /// Those that say something else than what is known by their keys, as places among the
    /// messages of all conversations.
    others: HashSet<usize>,
    /// By what the messages of each conversation are known, or will be.
    keys: Vec<Vec<SourceKey>>,
    /// Where the last import has put the ends of sessions.
    heads: HashMap<SessionKey, ImportedHead>,
}

impl KnownImports {
    /// Looks for sessions and messages that were not known so far. What is known stays so:
    /// nothing of it ever goes.
    pub(super) fn look_up(
        &mut self,
        backend: &mut dyn Backend,
        conversations: &[ImportedConversation<'_>],
    ) -> Result<()> {
        let unknown: Vec<SessionId> = conversations
            .iter()
            .map(|one| one.session.session)
            .filter(|session| !self.sessions.contains_key(session))
            .collect();
        if !unknown.is_empty() {
            let users: HashMap<_, _> = conversations
                .iter()
                .map(|one| (one.session.session, one.session.user))
                .collect();
            for (session, key, user) in backend.named_all(&unknown)? {
                if users.get(&session).is_some_and(|own| **own == user) {
                    self.sessions.insert(session, key);
                }
            }
        }
        // Of a session that is new nothing is there.
        let messages = conversations.iter().flat_map(|one| {
            let is_here = self.sessions.contains_key(&one.session.session);
            one.messages.iter().map(move |message| (is_here, message))
        });
        let (places, sought): (Vec<usize>, Vec<Sought<'_>>) = messages
            .enumerate()
            .filter(|(_, (is_here, one))| *is_here && !self.messages.contains_key(&one.key))
            .map(|(place, (_, message))| {
                let (key, said) = (message.key, Some(said_by(message)));
                (place, Sought { key, said })
            })
            .unzip();
        for place in self.look_for(backend, &sought)? {
            self.others.extend(places.get(place));
        }
        self.settle(conversations);
        let beside = self.keys.iter().zip(conversations);
        let beside: Vec<Sought<'_>> = beside
            .flat_map(|(keys, one)| keys.iter().zip(&one.messages))
            .filter(|(key, message)| **key != message.key && !self.messages.contains_key(*key))
            .map(|(key, _)| Sought {
                key: *key,
                said: None,
            })
            .collect();
        self.look_for(backend, &beside)?;
        Ok(())
    }

    /// Takes note of those that are here; gives the places of those that say something else.
    fn look_for(&mut self, backend: &mut dyn Backend, sought: &[Sought<'_>]) -> Result<Vec<usize>> {
        if sought.is_empty() {
            return Ok(Vec::new());
        }
        let found = backend.imported_all(sought)?;
        let known = found.iter().filter_map(|found| {
            let one = sought.get(found.place)?;
            Some((one.key, found.standing))
        });
        self.messages.extend(known);
        let others = found.iter().filter(|found| found.is_other);
        Ok(others.map(|found| found.place).collect())
    }

    /// Finds out by which key each message is known, or will be: by its own, unless something
    /// else is known by that, or what it follows stands beside something else. So what came
    /// before stays as it is, and nothing is put behind what it did not follow.
    fn settle(&mut self, conversations: &[ImportedConversation<'_>]) {
        // Of those that are new and have one key, the first has it.
        let mut first: HashMap<SourceKey, (Role, &str)> = HashMap::new();
        let mut places = 0..;
        let settled = conversations.iter().map(|one| {
            // For each message the last of its context that stands beside something else.
            let mut beside: Vec<Option<SourceKey>> = Vec::with_capacity(one.messages.len());
            let keys = one.messages.iter().zip(places.by_ref());
            let keys = keys.map(|(message, place)| {
                let behind = message
                    .parent
                    .and_then(|parent| beside.get(parent).copied());
                let behind = behind.flatten();
                let (role, content) = said_by(message);
                let is_own = behind.is_none()
                    && if self.messages.contains_key(&message.key) {
                        !self.others.contains(&place)
                    } else {
                        *first.entry(message.key).or_insert((role, content)) == (role, content)
                    };
                if is_own {
                    beside.push(None);
                    return message.key;
                }
                let key = key_beside(&message.key, behind, role, content);
                // A system prompt is in no context: what follows it follows what that follows.
                let is_prompt = role == Role::System;
                beside.push(if is_prompt { behind } else { Some(key) });
                key
            });
            keys.collect()
        });
        self.keys = settled.collect();
    }

    /// By what the messages of each conversation are known, or will be.
    pub(super) fn keys(&self) -> &[Vec<SourceKey>] {
        &self.keys
    }

    /// How many messages are not here.
    pub(super) fn count_new(&self) -> usize {
        let keys = self.keys.iter().flatten();
        keys.filter(|key| !self.messages.contains_key(*key)).count()
    }

    /// Looks up where the last import has put the ends of the sessions that are here. Others
    /// may move them until these are locked.
    pub(super) fn look_up_heads(&mut self, backend: &mut dyn Backend) -> Result<()> {
        let sessions = self.sessions();
        if sessions.is_empty() {
            return Ok(());
        }
        let imports = backend.imports(&sessions)?;
        let heads = imports
            .into_iter()
            .map(|(session, import)| (session, ImportedHead(import.head)));
        self.heads = heads.collect();
        Ok(())
    }

    /// The sessions that are here, in the order of their keys.
    pub(super) fn sessions(&self) -> Vec<SessionKey> {
        let mut sessions: Vec<SessionKey> = self.sessions.values().copied().collect();
        sessions.sort_unstable();
        sessions
    }

    /// The session of an id.
    pub(super) fn session(&self, session: SessionId) -> Option<SessionKey> {
        self.sessions.get(&session).copied()
    }

    /// Where the message of a key stands.
    pub(super) fn message(&self, key: &SourceKey) -> Option<Standing> {
        self.messages.get(key).copied()
    }

    /// Where the last import has put the end of a session.
    pub(super) fn head(&self, session: SessionKey) -> Option<ImportedHead> {
        self.heads.get(&session).copied()
    }

    /// Takes note of a session that was begun.
    pub(super) fn add_session(&mut self, session: SessionId, key: SessionKey) {
        self.sessions.insert(session, key);
    }

    /// Takes note of a message that was added.
    pub(super) fn add_message(&mut self, key: SourceKey, standing: Standing) {
        self.messages.insert(key, standing);
    }

    /// Takes note of where the end of a session was put.
    pub(super) fn put_head(&mut self, session: SessionKey, head: Option<MessageId>) {
        self.heads.insert(session, ImportedHead(head));
    }
}

/// Who says what in a message.
fn said_by<'a>(message: &ImportedMessage<'a>) -> (Role, &'a str) {
    (message.draft.role, message.draft.content)
}
