//! Whose turn it is to make a store, or to bring one into its form.

use std::fs::{File, TryLockError};
use std::path::Path;

/// Lets one process at a time make the stores of a folder.
///
/// SQLite's own locks do not do for that: to switch a new file to its
/// write-ahead log a process needs the file to itself, and of forty that start
/// at once each keeps the others from it by trying. What is locked is the folder:
/// the file must not be opened a second time, because closing any descriptor
/// of it drops all its locks. It lasts until it is dropped.
pub(in crate::store) struct Turn(
    #[expect(dead_code, reason = "the lock goes when the folder is closed")] Option<File>,
);

impl Turn {
    /// Waits for it for as long as `wait`, which is told how often it was asked,
    /// says so. Where a folder cannot be locked, and when the wait is over, it
    /// goes on without: SQLite's locks keep the file whole all the same.
    pub(in crate::store) fn await_over(path: &Path, mut wait: impl FnMut(i32) -> bool) -> Self {
        let Some(folder) = path.parent().and_then(|folder| File::open(folder).ok()) else {
            return Self(None);
        };
        let mut attempt = 0;
        loop {
            match folder.try_lock() {
                Err(TryLockError::WouldBlock) if wait(attempt) => attempt += 1,
                Ok(()) => return Self(Some(folder)),
                Err(_) => return Self(None),
            }
        }
    }
}
