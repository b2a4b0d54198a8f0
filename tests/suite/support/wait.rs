//! Waiting for what can only be looked for, and moments drawn at random.

use std::hash::{BuildHasher, RandomState};
use std::thread;
use std::time::{Duration, Instant};

/// How long anything that must happen may take: it only bounds a hang, however
/// busy the machine is.
pub const PATIENCE: Duration = Duration::from_mins(2);

/// Waits until something has happened that can only be looked for.
#[track_caller]
pub fn until(what: &str, mut happened: impl FnMut() -> bool) {
    let since = Instant::now();
    while !happened() {
        assert!(since.elapsed() < PATIENCE, "waited for: {what}");
        thread::sleep(Duration::from_millis(1));
    }
}

/// A number below `bound`, at random.
pub fn random(bound: usize) -> usize {
    let drawn = RandomState::new().hash_one(()) % bound as u64;
    usize::try_from(drawn).expect("below a usize")
}
