//! Which messages were written, so that links to others can be told.

use std::collections::HashMap;

use crate::domain::MessageId;

/// Ids of messages: one bit for each id of the log, in blocks of those that are used.
#[derive(Debug, Default)]
pub(super) struct CarriedIds {
    blocks: HashMap<i64, Box<[u64; 64]>>,
}

impl CarriedIds {
    pub(super) fn add(&mut self, id: MessageId) {
        let (block, word, bit) = place(id);
        let words = self
            .blocks
            .entry(block)
            .or_insert_with(|| Box::new([0; 64]));
        words[word] |= bit;
    }

    pub(super) fn has(&self, id: MessageId) -> bool {
        let (block, word, bit) = place(id);
        let words = self.blocks.get(&block);
        words.is_some_and(|words| words[word] & bit != 0)
    }
}

/// The block of an id, the word in it, and the bit in that.
fn place(MessageId(id): MessageId) -> (i64, usize, u64) {
    let within = usize::try_from(id.rem_euclid(4096)).unwrap_or(0);
    (id.div_euclid(4096), within / 64, 1 << (within % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_there_once_they_were_added() {
        let added = [1, 63, 64, 4095, 4096, 4097, i64::MAX, 0, -1];
        let mut ids = CarriedIds::default();
        for id in added {
            assert!(!ids.has(MessageId(id)), "{id}");
            ids.add(MessageId(id));
            assert!(ids.has(MessageId(id)), "{id}");
        }
        for other in [2, 62, 65, 4094, 8192, i64::MAX - 1, i64::MIN] {
            assert!(!ids.has(MessageId(other)), "{other}");
        }
    }
}
