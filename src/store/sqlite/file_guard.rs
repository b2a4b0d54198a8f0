//! Whether the store's files still stand where they were opened.

use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::super::Result;
use super::companions::beside;
use super::file::{cannot_open, log_of};
use super::settings::LONGEST_LOG;
use crate::domain::Timestamp;

/// Notices when the store's files no longer stand at their paths.
///
/// SQLite does not notice when its file is deleted, renamed or replaced while
/// it is open, and would acknowledge messages into nowhere. The file must not
/// be opened a second time to find out: closing any descriptor of it drops all
/// its locks. One `lstat` costs about a microsecond.
#[derive(Debug)]
pub(super) struct FileGuard {
    store: Identity,
    /// The write-ahead log, once there is one.
    log: Option<Identity>,
    /// What the processes share of its contents.
    index: Option<Identity>,
}

/// The file that stood at a path: its device and inode.
#[derive(Debug)]
struct Identity {
    path: PathBuf,
    device: u64,
    inode: u64,
    /// The size seen last.
    size: u64,
    /// Nobody makes a longer one shorter than this: an append-only store never
    /// shrinks, its write-ahead log does down to a limit.
    shrinks_to: u64,
    /// When it was changed last, when it was looked at last.
    written_at: Timestamp,
}

impl FileGuard {
    /// Guards what stands at the path now.
    pub(super) fn over(path: &Path) -> Result<Self> {
        let mut store = Identity::of(path, u64::MAX).map_err(|error| cannot_open(path, &error))?;
        // SQLite may still set it up.
        store.size = 0;
        Ok(Self {
            store,
            log: None,
            index: None,
        })
    }

    /// What happened to a file, if one no longer stands at its path.
    pub(super) fn loss(&mut self) -> Option<String> {
        let mut files = [self.log.as_mut(), self.index.as_mut()]
            .into_iter()
            .flatten();
        self.store.loss().or_else(|| files.find_map(Identity::loss))
    }

    /// The same of what the processes share: it lies in memory that ends with its
    /// file, and whoever looks beyond its end is killed.
    pub(super) fn index_loss(&mut self) -> Option<String> {
        self.index.as_mut().and_then(Identity::loss)
    }

    /// Whether the write-ahead log still stands at its path, and nothing is in it.
    pub(super) fn is_log_empty(&self) -> bool {
        let log = self.log.as_ref();
        let metadata = log.and_then(|log| log.path.symlink_metadata().ok().map(|now| (log, now)));
        metadata.is_some_and(|(log, now)| {
            (now.dev(), now.ino()) == (log.device, log.inode) && now.len() == 0
        })
    }

    /// Whoever has made the log shorter was right to do so.
    pub(super) fn forget_log_size(&mut self) {
        if let Some(log) = &mut self.log {
            log.size = 0;
        }
    }

    /// Whether the write-ahead log or what the processes share of it has come to
    /// harm: to close the store would then do harm to that.
    pub(super) fn is_log_lost(&mut self) -> bool {
        self.log_loss().is_some()
    }

    /// What happened to the write-ahead log or what the processes share of it.
    pub(super) fn log_loss(&mut self) -> Option<String> {
        let mut files = [self.log.as_mut(), self.index.as_mut()]
            .into_iter()
            .flatten();
        files.find_map(Identity::loss)
    }

    /// When a file was changed last, by the clock of its file system, as far as
    /// was seen when it was looked at last: of the two the one that commits go to.
    pub(super) fn written_at(&self) -> Timestamp {
        self.log.as_ref().unwrap_or(&self.store).written_at
    }

    /// Guards the write-ahead log and its index as well, once they are there.
    pub(super) fn include_log(&mut self) {
        if self.log.is_none() {
            self.log = Identity::of(&log_of(&self.store.path), LONGEST_LOG).ok();
        }
        if self.log.is_some() && self.index.is_none() {
            self.index = Identity::of(&beside(&self.store.path, "-shm"), u64::MAX).ok();
        }
    }
}

impl Identity {
    fn of(path: &Path, shrinks_to: u64) -> io::Result<Self> {
        let metadata = path.symlink_metadata()?;
        Ok(Self {
            path: path.to_owned(),
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.len(),
            shrinks_to,
            written_at: written_at(&metadata),
        })
    }

    fn loss(&mut self) -> Option<String> {
        let what = match self.path.symlink_metadata() {
            Ok(metadata) if (metadata.dev(), metadata.ino()) == (self.device, self.inode) => {
                self.written_at = written_at(&metadata);
                if metadata.len() >= self.size.min(self.shrinks_to) {
                    self.size = metadata.len();
                    return None;
                }
                "was cut short"
            }
            Ok(_) => "was replaced",
            Err(error) if error.kind() == io::ErrorKind::NotFound => "was deleted or moved",
            Err(_) => "is out of reach",
        };
        Some(format!(
            "the file `{}` {what} while it was open",
            self.path.display()
        ))
    }
}

/// When a file was changed last.
fn written_at(metadata: &Metadata) -> Timestamp {
    let milliseconds = metadata.mtime_nsec() / 1_000_000;
    Timestamp(
        metadata
            .mtime()
            .saturating_mul(1000)
            .saturating_add(milliseconds),
    )
}
