//! How far an import or an export is.

use std::time::{Duration, Instant};

use crate::chat::Chat;
use crate::domain::{Error, Result, Sink, Work};

/// Tells how far a piece of work is once it takes long.
pub(super) struct TransferProgress {
    what: &'static str,
    unit: &'static str,
    begun: Instant,
    quiet: Duration,
    is_told: bool,
}

impl TransferProgress {
    /// The work begins: `what` is made, of which so many `unit` are done.
    pub(super) fn begin(chat: &Chat, what: &'static str, unit: &'static str) -> Self {
        Self {
            what,
            unit,
            begun: Instant::now(),
            quiet: chat.settings.sources.quiet,
            is_told: false,
        }
    }

    /// Tells how far it is, if it takes long and anybody knows how much there is.
    ///
    /// # Errors
    /// If the person stops it.
    pub(super) fn tell(&mut self, done: u64, total: u64, sink: &mut dyn Sink) -> Result<()> {
        let work = Work {
            what: self.what,
            unit: self.unit,
            done,
            total,
        };
        let work = (total > 0 && self.begun.elapsed() >= self.quiet).then_some(work);
        self.is_told |= work.is_some();
        if sink.work(work).is_continue() {
            return Ok(());
        }
        sink.flush()?;
        Err(Error::Interrupted)
    }

    /// Nothing of it is to be seen any more.
    pub(super) fn end(&self, sink: &mut dyn Sink) {
        if self.is_told {
            // Whether to go on is asked when the receipt is written.
            let _ = sink.work(None);
        }
    }
}
