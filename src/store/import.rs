//! What comes from other programs: sessions whose messages may branch, and come once.

use super::backend::{Numbering, Plan, Which};
use super::group::{Failure, unreadable};
use super::imported::{ImportedCount, ImportedHead, ImportedMessage, ImportedSession};
use super::{Log, Result};
use crate::domain::SessionKey;

impl Log {
    /// Puts a session of another program into the log, or what is new of one that is
    /// there. Its context ends with the message `current`, unless the person has moved
    /// it since the last import.
    ///
    /// # Errors
    /// If it cannot be written: nothing of it is there then.
    pub(crate) fn import(
        &mut self,
        session: &ImportedSession<'_>,
        messages: &[ImportedMessage<'_>],
        current: Option<usize>,
    ) -> Result<ImportedCount> {
        self.check_damage()?;
        let known = self.known_session(session)?;
        let plan = Plan {
            sessions: known.as_slice(),
            messages: messages.len(),
        };
        self.group.write(&plan, &mut |group| {
            let imported = group.import(session, messages, current);
            // Something may be written already, so whatever fails fails as a write.
            imported.map_err(Failure::of_begun)
        })
    }

    /// The session, if it is there and a group has to say beforehand what it touches.
    fn known_session(&mut self, session: &ImportedSession<'_>) -> Result<Option<SessionKey>> {
        if self.facts().numbering == Numbering::AtOnce {
            return Ok(None);
        }
        let id = session.session.to_string();
        let found = self.find(session.user, Which::Prefix(&id), 1)?.pop();
        Ok(found.map(|found| found.key))
    }

    /// What an import of this session would do, without it.
    ///
    /// # Errors
    /// If that cannot be read.
    pub(crate) fn look_at_import(
        &mut self,
        session: &ImportedSession<'_>,
        messages: &[ImportedMessage<'_>],
    ) -> Result<ImportedCount> {
        let id = session.session.to_string();
        let found = self.find(session.user, Which::Prefix(&id), 1)?.pop();
        let mut count = ImportedCount {
            is_new: found.is_none(),
            ..ImportedCount::default()
        };
        let backend = self.group.rows()?;
        for message in messages {
            match backend.imported(&message.key).map_err(unreadable)? {
                Some(_) => count.known += 1,
                None => count.added += 1,
            }
        }
        if let Some(found) = found
            && count.added > 0
        {
            let import = backend.import(found.key).map_err(unreadable)?;
            let put = import.map(|import| ImportedHead(import.head));
            let end = backend.end(found.key).map_err(unreadable)?;
            count.is_left = put != Some(ImportedHead(end.place.head));
        }
        Ok(count)
    }
}
