//! What looks like a key in messages that are carried in or out.

use std::collections::BTreeMap;

use crate::secrets::secrets_in;

/// In how many messages there is what looks like a key, by kind.
#[derive(Debug, Default)]
pub(super) struct SecretCount {
    of: BTreeMap<&'static str, u64>,
}

impl SecretCount {
    /// Looks at the text of a message.
    pub(super) fn look(&mut self, text: &str) {
        let mut kinds: Vec<_> = secrets_in(text).iter().map(|found| found.kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        for kind in kinds {
            *self.of.entry(kind).or_default() += 1;
        }
    }

    /// The kinds, and in how many messages each was.
    pub(super) fn kinds(self) -> Vec<(&'static str, u64)> {
        self.of.into_iter().collect()
    }
}
