//! Whether a store's files have changed.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::companions::beside;

/// What the system says of a store's files: who has not read the same twice
/// knows that somebody has written in between.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stamp([Option<FileStamp>; 3]);

/// Device, inode, size and the times of the last changes of a file.
type FileStamp = (u64, u64, u64, [i64; 4]);

impl Stamp {
    /// The stamp of a store's file, its write-ahead log and its shared memory.
    pub(super) fn of(path: &Path) -> Self {
        let stamp = |path: &Path| {
            let file = path.symlink_metadata().ok()?;
            let (changed, touched) = (
                (file.ctime(), file.ctime_nsec()),
                (file.mtime(), file.mtime_nsec()),
            );
            let times = [changed.0, changed.1, touched.0, touched.1];
            Some((file.dev(), file.ino(), file.size(), times))
        };
        Self([
            stamp(path),
            stamp(&beside(path, "-wal")),
            stamp(&beside(path, "-shm")),
        ])
    }
}
