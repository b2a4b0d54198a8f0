//! What is here already of conversations of other programs, looked up for many of them at
//! once: where a question takes a round trip, a message must not cost one.

use std::collections::HashMap;

use super::Result;
use super::backend::Backend;
use super::imported::{ImportedConversation, ImportedHead, Standing};
use crate::domain::{MessageId, SessionId, SessionKey, SourceKey};

/// Sessions and messages that are here.
#[derive(Clone, Debug, Default)]
pub(super) struct KnownImports {
    sessions: HashMap<SessionId, SessionKey>,
    messages: HashMap<SourceKey, Standing>,
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
        let keys: Vec<SourceKey> = conversations
            .iter()
            .filter(|one| self.sessions.contains_key(&one.session.session))
            .flat_map(|one| one.messages.iter().map(|message| message.key))
            .filter(|key| !self.messages.contains_key(key))
            .collect();
        if !keys.is_empty() {
            let found = backend.imported_all(&keys)?;
            let standings = found.into_iter().map(|(key, _, standing)| (key, standing));
            self.messages.extend(standings);
        }
        Ok(())
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
