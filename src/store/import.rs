//! What comes from other programs: sessions whose messages may branch, and come once.

use std::collections::HashSet;

use super::backend::{Numbering, Plan};
use super::group::{Failure, unreadable};
use super::imported::{ImportedConversation, ImportedCount, ImportedHead};
use super::known_imports::KnownImports;
use super::{Log, Result};

impl Log {
    /// Puts sessions of another program into the log, or what is new of those that are
    /// there; says what came of each. The context of each ends with the message that is
    /// shown there, unless the person has moved it since the last import.
    ///
    /// They are written together. Where messages get their ids at the commit they are
    /// committed before this returns, all in one; else they belong to the open group.
    ///
    /// # Errors
    /// If they cannot be written: nothing of them is there then.
    pub(crate) fn import(
        &mut self,
        conversations: &[ImportedConversation<'_>],
    ) -> Result<Vec<ImportedCount>> {
        self.check_damage()?;
        let mut known = KnownImports::default();
        let mut is_looked_up = self.facts().numbering == Numbering::AtCommit;
        if is_looked_up {
            // Such a group says beforehand which sessions it touches, and how much it adds.
            let looked_up = known.look_up(self.group.committed()?, conversations);
            looked_up.map_err(unreadable)?;
        }
        let sessions = known.sessions();
        let plan = Plan {
            sessions: &sessions,
            messages: known.count_new(),
        };
        self.group.write(&plan, &mut |group| {
            // Whoever was quicker with something of it lets the group be run again.
            if !std::mem::take(&mut is_looked_up) {
                let looked_up = known.look_up(group.backend(), conversations);
                looked_up.map_err(Failure::Reading)?;
            }
            let imported = group.import(conversations, &mut known.clone());
            // Something may be written already, so whatever fails fails as a write.
            imported.map_err(Failure::of_begun)
        })
    }

    /// What an import of these sessions would do, without it.
    ///
    /// # Errors
    /// If that cannot be read.
    pub(crate) fn look_at_import(
        &mut self,
        conversations: &[ImportedConversation<'_>],
    ) -> Result<Vec<ImportedCount>> {
        let backend = self.group.committed()?;
        let mut known = KnownImports::default();
        let looked_up = known.look_up(backend, conversations);
        let looked_up = looked_up.and_then(|()| known.look_up_heads(backend));
        looked_up.map_err(unreadable)?;
        let mut counts = Vec::with_capacity(conversations.len());
        let (mut begun, mut added) = (HashSet::new(), HashSet::new());
        for (ImportedConversation { session, .. }, keys) in conversations.iter().zip(known.keys()) {
            let found = known.session(session.session);
            let mut count = ImportedCount {
                // The same conversation may stand in the source twice.
                is_new: found.is_none() && begun.insert(session.session),
                ..ImportedCount::default()
            };
            for key in keys {
                if known.message(key).is_none() && added.insert(key) {
                    count.added += 1;
                } else {
                    count.known += 1;
                }
            }
            if let Some(key) = found
                && count.added > 0
            {
                let end = backend.end(key).map_err(unreadable)?;
                count.is_left = known.head(key) != Some(ImportedHead(end.place.head));
            }
            counts.push(count);
        }
        Ok(counts)
    }
}
