//! Whether the clock, by which messages are dated, can be right.

use std::time::Instant;

use super::Settings;
use crate::domain::{ClockDoubt, Timestamp};
use crate::store::{Log, Written};

/// In milliseconds. The clocks of machines that share a store differ that much.
const TOLERANCE: i64 = 2_000;

/// In milliseconds. Nobody's file system is that far from the clock.
const DAY: i64 = 24 * 60 * 60 * 1000;

/// In milliseconds. A clock that has gone on so much more, or less, than the time that
/// has passed was set, or the machine has slept.
const JUMP: i64 = 60 * 60 * 1000;

/// Looks at the clock when something was committed, and doubts it once at most.
#[derive(Debug, Default)]
pub(super) struct ClockCheck {
    is_doubted: bool,
    /// When it was last compared with the file system's, and what it said.
    compared: Option<(Instant, Timestamp)>,
}

impl ClockCheck {
    /// What is to be told about the clock after a commit.
    ///
    /// Nearly always there is nothing to look at: the log tells when a message
    /// has an earlier time than the one before it, and the file system's clock is
    /// known from the first change that this process commits. It is looked at again
    /// if the clock has jumped since: after a commit that changed something, so not
    /// if that is still the one before, `earlier`.
    pub(super) fn doubt(
        &mut self,
        earlier: Option<Written>,
        log: &mut Log,
        settings: &Settings,
    ) -> Option<ClockDoubt> {
        if self.is_doubted {
            return None;
        }
        let overtaken = log.take_overtaken();
        let doubt = overtaken
            .and_then(|newest| before_newest(settings.now(), newest))
            .or_else(|| self.far_from_files(earlier, log, settings));
        self.is_doubted = doubt.is_some();
        doubt
    }

    fn far_from_files(
        &mut self,
        earlier: Option<Written>,
        log: &mut Log,
        settings: &Settings,
    ) -> Option<ClockDoubt> {
        if !settings.sources.is_system_clock {
            return None;
        }
        let written = log.written()?;
        let clock = settings.now();
        let is_known = |(since, said): (Instant, Timestamp)| {
            let passed = i64::try_from(since.elapsed().as_millis()).unwrap_or(i64::MAX);
            let is_steady = said.0.saturating_add(passed).abs_diff(clock.0) < JUMP.unsigned_abs();
            is_steady || earlier == Some(written)
        };
        if self.compared.is_some_and(is_known) {
            return None;
        }
        self.compared = Some((Instant::now(), clock));
        let files = written.at;
        let is_far = clock.0.abs_diff(files.0) >= DAY.unsigned_abs();
        is_far.then_some(ClockDoubt::FarFromFiles { clock, files })
    }
}

/// The clock is looked at again: between what it said when a message was sent and
/// now another process may have kept the store to itself, and written.
fn before_newest(clock: Timestamp, newest: Timestamp) -> Option<ClockDoubt> {
    let is_before = clock.0.saturating_add(TOLERANCE) <= newest.0;
    is_before.then_some(ClockDoubt::BeforeNewest { clock, newest })
}
