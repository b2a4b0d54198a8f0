//! What looks like a key in messages that are carried in or out.
//!
//! Where there is much to look at, another thread does: it is the larger part of the
//! work. Texts go to it in batches, and so few at a time that memory stays flat.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use crate::secrets::secrets_in;

/// So much text is looked at together, in bytes; what is less is looked at here.
const BATCH_BYTES: usize = 256 * 1024;

/// So many batches wait at most.
const WAITING: usize = 2;

/// In how many messages there is what looks like a key, by kind.
#[derive(Debug, Default)]
pub(super) struct SecretCount {
    batch: Batch,
    of: Kinds,
    looker: Option<Looker>,
}

type Kinds = BTreeMap<&'static str, u64>;

/// Texts, one behind the other.
#[derive(Debug, Default)]
struct Batch {
    texts: String,
    /// Where each ends.
    ends: Vec<usize>,
}

/// The thread that looks at batches.
#[derive(Debug)]
struct Looker {
    batches: SyncSender<Batch>,
    /// Batches that were looked at, to be filled again.
    used: Receiver<Batch>,
    thread: JoinHandle<Kinds>,
}

impl SecretCount {
    /// Looks at the text of a message.
    pub(super) fn look(&mut self, text: &str) {
        if text.len() >= BATCH_BYTES {
            // It would only be copied.
            return count(text, &mut self.of);
        }
        self.batch.texts.push_str(text);
        self.batch.ends.push(self.batch.texts.len());
        if self.batch.texts.len() >= BATCH_BYTES {
            self.pass_on();
        }
    }

    /// Gives the batch to the thread; where there can be none, looks at it here.
    fn pass_on(&mut self) {
        let batch = std::mem::take(&mut self.batch);
        if self.looker.is_none() {
            self.looker = Looker::new();
        }
        let Some(looker) = &self.looker else {
            return self.batch = batch.counted(&mut self.of);
        };
        match looker.batches.send(batch) {
            Ok(()) => self.batch = looker.used.try_recv().unwrap_or_default(),
            Err(unsent) => self.batch = unsent.0.counted(&mut self.of),
        }
    }

    /// The kinds, and in how many messages each was.
    pub(super) fn kinds(mut self) -> Vec<(&'static str, u64)> {
        self.batch.counted(&mut self.of);
        if let Some(looker) = self.looker {
            for (kind, count) in looker.end() {
                *self.of.entry(kind).or_default() += count;
            }
        }
        self.of.into_iter().collect()
    }
}

impl Batch {
    /// Counts what is in it; gives it back, empty.
    fn counted(mut self, of: &mut Kinds) -> Self {
        let mut begin = 0;
        for end in self.ends.drain(..) {
            count(&self.texts[begin..end], of);
            begin = end;
        }
        self.texts.clear();
        self
    }
}

/// Counts what is in the text of a message.
fn count(text: &str, of: &mut Kinds) {
    let mut kinds: Vec<_> = secrets_in(text).iter().map(|found| found.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    for kind in kinds {
        *of.entry(kind).or_default() += 1;
    }
}

impl Looker {
    /// None if the system has no room for a thread.
    fn new() -> Option<Self> {
        let (batches, given) = sync_channel::<Batch>(WAITING);
        let (give_back, used) = sync_channel(2 * WAITING);
        let thread = thread::Builder::new().name("secrets".into());
        let thread = thread.spawn(move || {
            let mut of = Kinds::new();
            for batch in given {
                // Where nobody fills it again it is of no use.
                let _ = give_back.try_send(batch.counted(&mut of));
            }
            of
        });
        Some(Self {
            batches,
            used,
            thread: thread.ok()?,
        })
    }

    /// What it has counted, once it has looked at everything.
    fn end(self) -> Kinds {
        drop(self.batches);
        match self.thread.join() {
            Ok(of) => of,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_counted_by_kind_here_and_on_the_thread() {
        let key = ["sk_live_", "4eC39HqLyjWDarjtT1zdp7dc"].concat();
        for filler in [0, BATCH_BYTES / 3, 2 * BATCH_BYTES] {
            let mut count = SecretCount::default();
            for _ in 0..5 {
                // Twice in one message is once.
                count.look(&format!("{key} and {key}"));
                // Halves of two messages are none.
                count.look(&key[..12]);
                count.look(&key[12..]);
                count.look(&"é".repeat(filler / 2));
            }
            assert_eq!(count.kinds(), [("a Stripe key", 5)], "{filler}");
        }
        assert_eq!(SecretCount::default().kinds(), []);
    }
}
