//! How long a store is waited for, and who is told.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::GiveUp;

/// How long a store is waited for, who is told, and what the environment says of it.
pub(crate) struct Waits {
    /// True once a person wants to leave.
    pub is_over: Box<dyn Fn() -> bool + Send>,
    /// Tells a person something meanwhile.
    pub tell: Box<dyn Fn(&str) + Send>,
    /// So long a wait for others is silent.
    pub patience: Duration,
    /// A server that says nothing for so long is gone.
    #[cfg_attr(
        not(feature = "postgres"),
        allow(dead_code, reason = "of servers only")
    )]
    pub silence: Duration,
    /// So long it is tried to reach one again that was there.
    #[cfg_attr(
        not(feature = "postgres"),
        allow(dead_code, reason = "of servers only")
    )]
    pub give_up: Duration,
    /// A variable that says where a server is, or who we are to it.
    #[cfg_attr(
        not(feature = "postgres"),
        allow(dead_code, reason = "of servers only")
    )]
    pub variable: fn(&str) -> Option<String>,
}

impl Waits {
    /// Nobody leaves, and nobody is told.
    #[cfg(all(test, feature = "postgres"))]
    pub(super) fn for_tests() -> Self {
        Self {
            is_over: Box::new(|| false),
            tell: Box::new(|_| {}),
            patience: Duration::from_secs(5),
            silence: Duration::from_secs(15),
            give_up: Duration::from_secs(30),
            variable: |_| None,
        }
    }

    /// For a file, which another process keeps to itself.
    pub(super) fn for_file(self) -> GiveUp {
        let told = AtomicBool::new(false);
        Box::new(move |waited| {
            if waited > self.patience && !told.swap(true, Ordering::Relaxed) {
                (self.tell)("another process keeps the store to itself; waiting for it");
            }
            (self.is_over)()
        })
    }
}
