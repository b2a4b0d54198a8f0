//! Reads on a thread of its own, so that what is read and what is written take their
//! time beside each other.

use std::ops::ControlFlow;
use std::panic::resume_unwind;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

/// So much is passed on together, in bytes of text.
const BATCH_BYTES: usize = 128 * 1024;

/// So many batches wait at most: memory stays flat, however slow the other side is. While a
/// server writes as much as is written at once, as much is read.
const WAITING: usize = 16;

/// Takes a thing that was read, and how many bytes of text it has; `Break` ends the
/// reading.
pub(super) type Pass<'p, T> = dyn FnMut(T, usize) -> ControlFlow<()> + 'p;

/// Lets `read` pass on what it reads to `take`, in its order; gives what `read` ends with,
/// which it always does.
/// `take` runs on this thread. Where the system has no room for another one, both do.
pub(super) fn read_beside<T: Send, R: Send>(
    read: impl FnOnce(&mut Pass<'_, T>) -> R + Send,
    take: &mut dyn FnMut(T) -> ControlFlow<()>,
) -> Option<R> {
    let mut read = Some(read);
    let ended = thread::scope(|scope| {
        let (batches, given) = sync_channel(WAITING);
        let reader = &mut read;
        let thread = thread::Builder::new().name("reader".into());
        let thread = thread.spawn_scoped(scope, move || {
            let read = reader.take()?;
            let mut passing = Passing {
                batches,
                batch: Vec::new(),
                bytes: 0,
            };
            let end = read(&mut |thing, bytes| passing.pass(thing, bytes));
            passing.finish();
            Some(end)
        });
        let Ok(thread) = thread else { return None };
        'all: for batch in &given {
            for thing in batch {
                if take(thing).is_break() {
                    break 'all;
                }
            }
        }
        // Whoever still reads is told by this that nobody listens.
        drop(given);
        match thread.join() {
            Ok(end) => end,
            Err(panic) => resume_unwind(panic),
        }
    });
    ended.or_else(|| Some(read?(&mut |thing, _| take(thing))))
}

/// The side that reads.
struct Passing<T> {
    batches: SyncSender<Vec<T>>,
    batch: Vec<T>,
    bytes: usize,
}

impl<T> Passing<T> {
    fn pass(&mut self, thing: T, bytes: usize) -> ControlFlow<()> {
        self.batch.push(thing);
        self.bytes += bytes.max(1);
        if self.bytes < BATCH_BYTES {
            return ControlFlow::Continue(());
        }
        self.bytes = 0;
        match self.batches.send(std::mem::take(&mut self.batch)) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }

    fn finish(self) {
        // Nobody listens any more if it is not taken.
        let _ = self.batches.send(self.batch);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_comes_in_its_order_until_enough_is_taken() {
        for (bytes, enough) in [(1, 1000), (BATCH_BYTES, 1000), (BATCH_BYTES / 3, 7)] {
            let (mut taken, mut was_stopped) = (Vec::new(), false);
            let end = read_beside(
                |pass| {
                    for number in 0..1000 {
                        if pass(number, bytes).is_break() {
                            return "stopped";
                        }
                    }
                    "read"
                },
                &mut |number| {
                    taken.push(number);
                    was_stopped = taken.len() == enough;
                    if was_stopped {
                        ControlFlow::Break(())
                    } else {
                        ControlFlow::Continue(())
                    }
                },
            );
            assert!(taken.iter().copied().eq(0..enough));
            // One that reads little may be through before it is told.
            assert!(end == Some("read") || was_stopped);
        }
    }
}
