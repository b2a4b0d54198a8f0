//! Which failures are tried again, and after what wait.

use std::hash::{BuildHasher, RandomState};
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use super::endpoint::Endpoint;
use super::fault::Fault;
use crate::domain::{Progress, Retry, RetryReason};
use crate::responder::{LISTENER_INTERVAL, Listener};

/// The longest wait that is ours, however often an endpoint has been asked.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// How often a request may still be sent, and for how long may still be waited.
pub(super) struct Tries {
    left: u32,
    /// The longest wait before the next try.
    next: Duration,
    /// The sum of waits that is left.
    patience: Duration,
    /// The end of the time for everything.
    deadline: Option<Instant>,
}

impl Tries {
    /// The tries after the first one that an endpoint's settings allow. `first_wait`
    /// is the longest wait before the second one; each further one may be twice as long.
    pub(super) fn new(
        endpoint: &Endpoint,
        first_wait: Duration,
        deadline: Option<Instant>,
    ) -> Self {
        let limits = &endpoint.limits;
        let patience = match limits.total {
            Some(_) => Duration::MAX,
            None => limits.patience,
        };
        Self {
            left: endpoint.retries,
            next: first_wait,
            patience,
            deadline,
        }
    }

    /// The wait before a request that failed so is sent again; none if it is not.
    pub(super) fn wait(&mut self, fault: &Fault) -> Option<Retry> {
        let (reason, asked) = may_pass(fault)?;
        self.left = self.left.checked_sub(1)?;
        let own = jittered(self.next.min(LONGEST_WAIT), random());
        self.next = self.next.saturating_mul(2);
        let wait = asked.map_or(own, |asked| asked.max(own));
        let is_in_time = self.deadline.is_none_or(|deadline| {
            let end = Instant::now().checked_add(wait);
            end.is_some_and(|end| end < deadline)
        });
        self.patience = self.patience.checked_sub(wait)?;
        is_in_time.then_some(Retry { left: wait, reason })
    }
}

/// Why a request that failed so may be sent again, and the wait that the endpoint
/// asks for; none if it may not. Nothing of a reply has come then.
fn may_pass(fault: &Fault) -> Option<(RetryReason, Option<Duration>)> {
    match fault {
        Fault::Refused(refusal) if refusal.is_passing() => Some((RetryReason::Busy, refusal.wait)),
        Fault::HeadOnly(_) => Some((RetryReason::Dropped, None)),
        fault if fault.is_dropped() => Some((RetryReason::Dropped, None)),
        _ => None,
    }
}

/// Half a wait to a whole one, so that many who wait do not come back at once.
fn jittered(longest: Duration, random: u64) -> Duration {
    let share = f64::from(u32::try_from(random >> 32).unwrap_or(u32::MAX)) / f64::from(u32::MAX);
    longest.mul_f64(0.5 + share / 2.0)
}

/// A random number: the keys of each hasher are drawn by the system.
fn random() -> u64 {
    RandomState::new().hash_one(0)
}

/// Waits, and tells the listener meanwhile how much time is left.
pub(super) fn count_down(
    wait: Retry,
    clock: impl Fn() -> Instant,
    sleep: impl Fn(Duration),
    listener: &mut Listener<'_>,
) -> ControlFlow<()> {
    let since = clock();
    loop {
        let left = wait.left.saturating_sub(clock() - since);
        if left.is_zero() {
            return ControlFlow::Continue(());
        }
        listener(Progress::Retry(Retry { left, ..wait }))?;
        sleep(left.min(LISTENER_INTERVAL));
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::io::{self, ErrorKind};

    use super::*;
    use crate::responder::http::refusal::{PASSING, Refusal};
    use crate::responder::http::reported_error::ReportedError;

    fn refused(status: u16, said: &str, wait: Option<u64>) -> Fault {
        Fault::Refused(Refusal {
            status,
            said: ReportedError::in_body(status, said.as_bytes()),
            wait: wait.map(Duration::from_secs),
            ..Refusal::default()
        })
    }

    fn dropped(kind: ErrorKind) -> Fault {
        Fault::Connection(ureq::Error::Io(io::Error::from(kind)))
    }

    #[test]
    fn what_passes_is_tried_again() {
        for status in PASSING {
            assert!(may_pass(&refused(status, "", None)).is_some(), "{status}");
        }
        let throttled = r#"{"__type":"a#ThrottlingException","message":"Too many tokens"}"#;
        assert!(may_pass(&refused(400, throttled, None)).is_some());
        for kind in [
            ErrorKind::ConnectionRefused,
            ErrorKind::ConnectionReset,
            ErrorKind::UnexpectedEof,
        ] {
            assert!(may_pass(&dropped(kind)).is_some(), "{kind}");
        }
        let timeout = Fault::Connection(ureq::Error::Timeout(ureq::Timeout::RecvResponse));
        for fault in [
            refused(400, "", None),
            refused(429, "Request too large for m on tokens per min (TPM)", None),
            refused(401, "", None),
            refused(413, "", None),
            refused(429, "You exceeded your current quota", None),
            refused(429, "INSUFFICIENT_QUOTA", None),
            refused(500, "the context length is exceeded", None),
            dropped(ErrorKind::InvalidData),
            timeout,
            Fault::Silent(Duration::ZERO),
            Fault::Cut,
            Fault::Empty,
        ] {
            assert!(may_pass(&fault).is_none(), "{fault:?}");
        }
    }

    #[test]
    fn waits_grow_and_end() {
        let mut endpoint = Endpoint::new("m", "http://h/");
        endpoint.retries = 3;
        let mut tries = Tries::new(&endpoint, Duration::from_millis(500), None);
        for longest in [500, 1000, 2000] {
            let wait = tries.wait(&refused(500, "", None)).unwrap().left;
            let longest = Duration::from_millis(longest);
            assert!(longest / 2 <= wait && wait <= longest, "{wait:?}");
        }
        assert!(tries.wait(&refused(500, "", None)).is_none());
        assert_eq!(jittered(LONGEST_WAIT, 0), LONGEST_WAIT / 2);
        assert_eq!(jittered(LONGEST_WAIT, u64::MAX), LONGEST_WAIT);
    }

    #[test]
    fn an_endpoint_that_asks_for_a_wait_gets_it_if_there_is_time() {
        let mut endpoint = Endpoint::new("m", "http://h/");
        let seconds = |tries: &mut Tries, wait| {
            let wait = tries.wait(&refused(429, "", Some(wait)));
            wait.map(|wait| wait.left.as_secs())
        };
        let mut tries = Tries::new(&endpoint, Duration::ZERO, None);
        assert_eq!(seconds(&mut tries, 20), Some(20));
        // Thirty seconds are the sum of all waits.
        assert_eq!(seconds(&mut tries, 20), None);
        endpoint.limits.total = Some(Duration::from_hours(2));
        let deadline = Instant::now() + Duration::from_hours(2);
        let mut tries = Tries::new(&endpoint, Duration::ZERO, Some(deadline));
        assert_eq!(seconds(&mut tries, 3600), Some(3600));
        assert_eq!(seconds(&mut tries, 3600 * 3), None);
        let mut tries = Tries::new(&endpoint, Duration::ZERO, Some(deadline));
        assert_eq!(seconds(&mut tries, u64::MAX), None);
    }

    #[test]
    fn the_time_that_is_left_is_told_at_short_intervals() {
        let now = Cell::new(Instant::now());
        let sleep = |time| now.set(now.get() + time);
        let mut told = Vec::new();
        let wait = Retry {
            left: Duration::from_millis(60),
            reason: RetryReason::Dropped,
        };
        let flow = count_down(wait, || now.get(), sleep, &mut |progress| {
            if let Progress::Retry(Retry { left, reason }) = progress {
                assert_eq!(reason, RetryReason::Dropped);
                told.push(left.as_millis());
            }
            ControlFlow::Continue(())
        });
        assert!(flow.is_continue());
        assert_eq!(told, [60, 35, 10]);
    }
}
