//! Who still receives a reply that is coming: whose lease has run out.
//!
//! A process that receives a reply raises a number in the store, its beat, for as
//! long as it lives. Whoever looks counts by the clock of its own boot, which
//! nobody sets, from the last change that it saw. What it saw is kept in the store,
//! too: processes that live for one line go on counting where the last one was.

use std::collections::HashMap;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use super::rows::{Partial, Sighting};
use super::writer;
use crate::domain::SessionKey;

/// A process that has not moved for so long receives nothing any more.
const LEASE: Duration = Duration::from_secs(10);

/// A process that was taken for dead may come back for so long, and is told then.
const MARK_KEPT: Duration = Duration::from_hours(30 * 24);

/// What became of the process that was to receive a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It may live.
    Alive,
    /// It is gone for certain.
    Dead,
    /// It has not moved for longer than it may.
    Expired,
}

/// What this process has seen of replies that others receive.
pub(super) struct Leases {
    lease: Duration,
    /// The beats that were seen, and when they were seen first.
    seen: HashMap<(SessionKey, String), Sighting>,
}

impl Leases {
    /// Nothing has been seen.
    pub(super) fn new() -> Self {
        Self {
            lease: LEASE,
            seen: HashMap::new(),
        }
    }

    /// Another time without a beat is enough.
    pub(super) fn set_lease(&mut self, lease: Duration) {
        self.lease = lease;
    }

    /// A process that lives raises its beat at least so often.
    pub(super) fn beat_interval(&self) -> Duration {
        self.lease * 3 / 10
    }

    /// What became of the process that receives a reply, as far as this one knows.
    /// Of its own it knows which it could not put into the log and has left.
    pub(super) fn fate(&mut self, partial: &Partial, is_left: bool) -> Fate {
        if partial.writer == writer::this_process() {
            return if is_left { Fate::Dead } else { Fate::Alive };
        }
        if writer::is_dead(&partial.writer) {
            return Fate::Dead;
        }
        if partial.taken.is_none() && writer::is_of_earlier_boot(&partial.writer) {
            // Should that have been another machine, it is told.
            return Fate::Expired;
        }
        let lease = match partial.taken {
            None => self.lease,
            Some(_) => MARK_KEPT,
        };
        let now = milliseconds();
        let since = now - self.sighting(partial, now).at;
        if u128::try_from(since).is_ok_and(|since| since >= lease.as_millis()) {
            Fate::Expired
        } else {
            Fate::Alive
        }
    }

    /// What is to be kept in the store of what was seen of a process that may
    /// live; none if that is there.
    pub(super) fn news(&mut self, partial: &Partial) -> Option<Sighting> {
        let seen = self.sighting(partial, milliseconds());
        (partial.writer != writer::this_process() && partial.seen.as_ref() != Some(&seen))
            .then_some(seen)
    }

    /// When the beat that a row has now was seen first, here or by another process
    /// since the machine was started.
    fn sighting(&mut self, partial: &Partial, now: i64) -> Sighting {
        let is_of_now = |seen: &&Sighting| {
            seen.beat == partial.beat && seen.boot == writer::clock() && seen.at <= now
        };
        let key = (partial.key, partial.writer.clone());
        let own = self.seen.get(&key).filter(is_of_now);
        let stored = partial.seen.as_ref().filter(is_of_now);
        // Whoever saw it first knows best.
        let first = own.into_iter().chain(stored).min_by_key(|seen| seen.at);
        let first = first.cloned().unwrap_or_else(|| Sighting {
            boot: writer::clock().to_owned(),
            beat: partial.beat,
            at: now,
        });
        self.seen.insert(key, first.clone());
        first
    }

    /// Nothing is known any more of replies that have come to their ends.
    pub(super) fn forget_all(&mut self) {
        self.seen.clear();
    }
}

/// Milliseconds since the machine was started, which no one sets; while it sleeps
/// they stand still, for those who are looked at as for those who look.
fn milliseconds() -> i64 {
    let time = clock_gettime(ClockId::Monotonic);
    time.tv_sec * 1000 + time.tv_nsec / 1_000_000
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::SessionId;

    fn partial(writer: &str, beat: i64) -> Partial {
        Partial {
            key: SessionKey(1),
            session: SessionId::parse("5b0c1f7e-0f3a-4c1d-9b7e-000000000001").unwrap(),
            content: String::new(),
            reasoning: None,
            model: String::new(),
            oldest: None,
            sent: None,
            behind: None,
            writer: writer.to_owned(),
            beat,
            taken: None,
            seen: None,
        }
    }

    fn seen(beat: i64, ago: i64) -> Sighting {
        Sighting {
            boot: writer::clock().to_owned(),
            beat,
            at: milliseconds() - ago,
        }
    }

    #[test]
    fn a_process_elsewhere_is_alive_while_its_beat_moves() {
        let mut leases = Leases::new();
        let elsewhere = "7:5@another-boot/pid:[1]/machine";
        assert_eq!(leases.fate(&partial(elsewhere, 1), false), Fate::Alive);
        assert!(leases.news(&partial(elsewhere, 1)).is_some());
        leases.set_lease(Duration::ZERO);
        assert_eq!(leases.fate(&partial(elsewhere, 1), false), Fate::Expired);
        leases.set_lease(LEASE);
        // Another process has counted for it.
        let mut counted = partial(elsewhere, 1);
        counted.seen = Some(seen(1, 10_000));
        assert_eq!(leases.fate(&counted, false), Fate::Expired);
        assert_eq!(leases.news(&counted), None);
        // It has moved since.
        counted.beat = 2;
        assert_eq!(leases.fate(&counted, false), Fate::Alive);
        // What was seen before the machine was started anew counts for nothing.
        let mut counted = partial(elsewhere, 3);
        counted.seen = Some(Sighting {
            boot: "another".into(),
            ..seen(3, 10_000)
        });
        assert_eq!(leases.fate(&counted, false), Fate::Alive);
    }

    #[test]
    fn what_is_left_for_a_process_that_may_come_back_stays_for_longer() {
        let mut leases = Leases::new();
        let mut taken = partial("7:5@another-boot/pid:[1]/machine", 1);
        taken.taken = Some(crate::domain::MessageId(3));
        taken.seen = Some(seen(1, 60_000));
        assert_eq!(leases.fate(&taken, false), Fate::Alive);
        taken.seen = Some(seen(1, 30 * 24 * 60 * 60 * 1000));
        assert_eq!(leases.fate(&taken, false), Fate::Expired);
    }

    #[test]
    fn this_process_keeps_its_own() {
        let mut leases = Leases::new();
        leases.set_lease(Duration::ZERO);
        let own = partial(writer::this_process(), 1);
        assert_eq!(
            (leases.fate(&own, false), leases.news(&own)),
            (Fate::Alive, None)
        );
    }
}
