//! Polling for what sends no event, and random numbers.

use std::hash::{BuildHasher, RandomState};
use std::thread;
use std::time::{Duration, Instant};

/// How long tests wait for what must happen. It only bounds a hang: a busy
/// machine must not make a test fail.
pub(crate) const PATIENCE: Duration = Duration::from_mins(2);

/// Polls until something has happened in another process that sends no event.
#[track_caller]
pub(crate) fn until(what: &str, mut happened: impl FnMut() -> bool) {
    let since = Instant::now();
    while !happened() {
        assert!(since.elapsed() < PATIENCE, "waited for: {what}");
        thread::sleep(Duration::from_millis(1));
    }
}

/// A number below `bound`, at random.
pub(crate) fn random(bound: usize) -> usize {
    let drawn = RandomState::new().hash_one(()) % bound as u64;
    usize::try_from(drawn).expect("below a usize")
}
