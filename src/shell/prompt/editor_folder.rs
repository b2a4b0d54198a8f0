//! The folder of the file that the person's editor works on.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use rustix::process::geteuid;

use super::super::environment::variable;

/// What the names of such folders begin with, and of those that are kept.
const PREFIX: &str = "saylog-editor-";
const KEPT_PREFIX: &str = "saylog-kept-";

/// A folder that only its owner can enter, for one file and whatever an editor
/// puts beside it. It is removed with all of that when this is dropped, unless it
/// was decided to keep it.
pub(super) struct EditorFolder {
    path: PathBuf,
    is_kept: bool,
    /// Locked for as long as this process lives: nobody else takes it for left over.
    _lock: File,
}

impl EditorFolder {
    /// Makes a folder.
    ///
    /// # Errors
    /// If it cannot be made.
    pub(super) fn new() -> io::Result<Self> {
        // A name that nobody can guess and put a link in its place.
        let path = place().join(format!("{PREFIX}{}", uuid::Uuid::new_v4()));
        DirBuilder::new().mode(0o700).create(&path)?;
        let lock = File::open(&path)?;
        // Where locks are not to be had, it only might be taken for left over.
        let _ = flock(&lock, FlockOperation::NonBlockingLockExclusive);
        Ok(Self {
            path,
            is_kept: false,
            _lock: lock,
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Keeps it, under a name by which it is not taken for left over.
    pub(super) fn keep(&mut self) {
        let name = self.path.file_name().and_then(|name| name.to_str());
        let rest = name.and_then(|name| name.strip_prefix(PREFIX));
        let kept = place().join(format!("{KEPT_PREFIX}{}", rest.unwrap_or_default()));
        self.is_kept = true;
        if fs::rename(&self.path, &kept).is_ok() {
            self.path = kept;
        }
    }
}

impl Drop for EditorFolder {
    fn drop(&mut self) {
        if !self.is_kept {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

/// Removes the folders that processes of this user have left which were killed.
pub(super) fn remove_left_over() {
    for entry in fs::read_dir(place()).into_iter().flatten().flatten() {
        let is_ours = entry
            .file_name()
            .to_str()
            .is_some_and(|name| name.starts_with(PREFIX));
        if !is_ours {
            continue;
        }
        let found = fs::symlink_metadata(entry.path());
        let is_own = found.is_ok_and(|it| it.is_dir() && it.uid() == geteuid().as_raw());
        if is_own
            && let Ok(folder) = File::open(entry.path())
            && flock(&folder, FlockOperation::NonBlockingLockExclusive).is_ok()
        {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// The folder of the login, if there is one, or else that for temporary files.
fn place() -> PathBuf {
    let folder = variable("XDG_RUNTIME_DIR").map(PathBuf::from);
    let folder = folder.filter(|folder| folder.is_dir());
    folder.unwrap_or_else(std::env::temp_dir)
}
