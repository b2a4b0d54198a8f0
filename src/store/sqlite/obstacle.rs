//! Why a store can be read and not written.

use std::path::Path;

use rusqlite::ErrorCode;
use rustix::fs::{Access, AtFlags, CWD, accessat};
use rustix::io::Errno;

use super::companions::beside;
use super::problem::problem;
use crate::domain::{Problem, ProblemKind};

/// The bytes of shared memory and of the head of a write-ahead log, with some to spare.
const ROOM_NEEDED: u64 = 64 * 1024;

/// What keeps a store that can be read from being written.
#[derive(Clone, Debug)]
pub(super) struct Obstacle {
    kind: ProblemKind,
    /// Goes on where "it can be read and not written" stops.
    pub(super) reason: String,
}

impl Obstacle {
    /// Nobody wants to write.
    pub(super) fn wanted() -> Self {
        Self {
            kind: ProblemKind::ReadOnly,
            reason: "it is only read here".into(),
        }
    }

    /// What the system says before anything is tried.
    ///
    /// Whoever may not write must not try: the shared memory that SQLite would make
    /// for them in a folder of several people would be theirs, and the owner
    /// of the store could not use it.
    pub(super) fn to_writing(path: &Path) -> Option<Self> {
        let reason = refused(path, Access::WRITE_OK, "the file")
            .or_else(|| folder(path))
            .or_else(|| companion(path, "-wal"))
            .or_else(|| companion(path, "-shm"))?;
        Some(Self {
            kind: ProblemKind::ReadOnly,
            reason,
        })
    }

    /// What the failure of an opening says, if reading may still work.
    pub(super) fn behind(error: &rusqlite::Error) -> Option<Self> {
        let kind = match error.sqlite_error_code()? {
            ErrorCode::DiskFull => ProblemKind::Full,
            ErrorCode::ReadOnly
            | ErrorCode::CannotOpen
            | ErrorCode::PermissionDenied
            | ErrorCode::SystemIoFailure => ProblemKind::ReadOnly,
            _ => return None,
        };
        let reason = problem(error).what;
        Some(Self { kind, reason })
    }

    /// The same, if the disk has no more room for what SQLite needs at the least,
    /// whatever it made of that.
    pub(super) fn or_full(self, path: &Path) -> Self {
        let is_full = rustix::fs::statvfs(path).is_ok_and(|fs| {
            let has_no_room = fs.f_bavail.saturating_mul(fs.f_frsize) < ROOM_NEEDED;
            // Some file systems do not count their files.
            let has_no_names = fs.f_files > 0 && fs.f_favail == 0;
            has_no_room || has_no_names
        });
        if !is_full {
            return self;
        }
        Self {
            kind: ProblemKind::Full,
            reason: "the disk is full".into(),
        }
    }

    /// What a person is told at the start.
    pub(super) fn warning(&self, path: &Path) -> String {
        format!(
            "the store `{}` can be read and not written: {}; nothing can be said",
            path.display(),
            self.reason
        )
    }

    /// What every write is refused with.
    pub(super) fn refusal(&self) -> Problem {
        let what = format!("the store can be read and not written: {}", self.reason);
        Problem::new(self.kind, what)
    }
}

/// Why a file or folder may not be used like that, if it may not.
fn refused(path: &Path, access: Access, what: &str) -> Option<String> {
    match accessat(CWD, path, access, AtFlags::EACCESS).err()? {
        Errno::ROFS => Some("the file system is read-only".into()),
        _ => Some(format!("{what} cannot be written")),
    }
}

/// The same of the folder that a file lies in.
fn folder(path: &Path) -> Option<String> {
    let access = Access::WRITE_OK | Access::EXEC_OK;
    refused(path.parent()?, access, "its folder")
}

/// The same of what may lie beside the file.
fn companion(path: &Path, end: &str) -> Option<String> {
    let path = beside(path, end);
    let what = format!("`{end}` beside it");
    let metadata = path.symlink_metadata().ok()?;
    if metadata.is_file() {
        refused(&path, Access::WRITE_OK, &what)
    } else {
        Some(format!("{what} is not a file"))
    }
}
