//! Where an index lies, and that it is its owner's alone.

use std::fs::{self, File, Metadata, OpenOptions, Permissions};
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::super::Result;
use super::super::sqlite::{COMPANIONS, beside, is_store, located};
use crate::domain::{Problem, ProblemKind, io_reason};

/// What its name has that the store's has not.
const END: &str = "-index";

/// The file of an index: its device and inode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Identity(u64, u64);

impl Identity {
    fn of(metadata: &Metadata) -> Self {
        Self(metadata.dev(), metadata.ino())
    }

    /// Whether it still stands at this path.
    pub(super) fn is_at(self, path: &Path) -> bool {
        let now = path.symlink_metadata();
        now.is_ok_and(|metadata| Self::of(&metadata) == self)
    }
}

/// The path of the index of a store, beside the file that the store's name leads to.
/// None of its folders is a link, so that SQLite can be told to follow none.
///
/// # Errors
/// Those of the store's own path.
pub(super) fn place(store: &Path) -> Result<PathBuf> {
    let store = located(store)?;
    let path = beside(&store, END);
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Ok(path);
    };
    match folder.canonicalize() {
        Ok(folder) => Ok(folder.join(name)),
        Err(error) => Err(cannot_open(&path, &error)),
    }
}

/// Makes an empty file at the path if there is none; what is there becomes its
/// owner's alone.
///
/// # Errors
/// A sentence about anything but a file, and about one that cannot be had.
pub(super) fn prepare(path: &Path) -> Result<Identity> {
    let made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    match made {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => {
            let reason = io_reason(&error);
            let what = format!("the index `{}` cannot be made: {reason}", path.display());
            return Err(Problem::new(kind(&error), what));
        }
    }
    let metadata = path
        .symlink_metadata()
        .map_err(|error| cannot_open(path, &error))?;
    let what = if metadata.is_symlink() {
        Some("a link")
    } else if metadata.is_dir() {
        Some("a folder")
    } else if !metadata.is_file() {
        Some("no regular file")
    } else {
        // What is no index becomes one, but nobody's log.
        is_log(path)
            .map_err(|error| cannot_open(path, &error))?
            .then_some("a store")
    };
    if let Some(what) = what {
        let what = format!(
            "the index cannot be used: `{}` is {what}; it was left as it is",
            path.display()
        );
        let hint = "move it away, and the next search makes an index there";
        return Err(Problem::new(ProblemKind::Refused, what).with_hint(hint));
    }
    keep_to_owner(path, &metadata);
    Ok(Identity::of(&metadata))
}

/// Whether the file is a store of saylog's.
fn is_log(path: &Path) -> io::Result<bool> {
    let mut header = Vec::new();
    File::open(path)?.take(100).read_to_end(&mut header)?;
    Ok(is_store(&header))
}

/// Takes from an index of ours what others may do with it. Its companions are made
/// like it, and hold what was indexed last.
fn keep_to_owner(path: &Path, metadata: &Metadata) {
    let own = rustix::process::geteuid().as_raw();
    let is_open = |metadata: &Metadata| {
        metadata.is_file() && metadata.uid() == own && metadata.mode() & 0o077 != 0
    };
    let close = |path: &Path| fs::set_permissions(path, Permissions::from_mode(0o600));
    if is_open(metadata) {
        // Where a file system has one mode for all files, it stays as it is.
        let _ = close(path);
    }
    for companion in COMPANIONS.map(|end| beside(path, end)) {
        if companion.symlink_metadata().is_ok_and(|now| is_open(&now)) {
            let _ = close(&companion);
        }
    }
}

fn cannot_open(path: &Path, error: &io::Error) -> Problem {
    let reason = io_reason(error);
    let what = format!("the index `{}` cannot be opened: {reason}", path.display());
    Problem::new(kind(error), what)
}

fn kind(error: &io::Error) -> ProblemKind {
    match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            ProblemKind::ReadOnly
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ProblemKind::Full,
        io::ErrorKind::NotFound => ProblemKind::Gone,
        _ => ProblemKind::Other,
    }
}
