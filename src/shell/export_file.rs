//! A file that is exported into: it gets its name when it is whole.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use uuid::Uuid;

use super::file_reader::FileReader;
use crate::domain::SaveFault;

type Result<T> = std::result::Result<T, SaveFault>;

/// A file on its way: until [`ExportFile::finish`] it has another name, and it is gone
/// if that is never called.
pub(super) struct ExportFile {
    file: File,
    unfinished: PathBuf,
    path: PathBuf,
    is_forced: bool,
    /// Something of that name was there.
    replaces_another: bool,
    is_finished: bool,
}

impl ExportFile {
    /// Begins a file of its owner alone. What is there already is refused unless it is to
    /// be written over.
    ///
    /// # Errors
    /// If it may not be there, or cannot be made.
    pub(super) fn begin(files: &FileReader, typed: &str, is_forced: bool) -> Result<Self> {
        let path = files.new_file(typed)?;
        let replaces_another = path.symlink_metadata().is_ok();
        if replaces_another {
            files.allow_over(&path)?;
            if !is_forced {
                return Err(SaveFault::ExistsUnforced);
            }
        }
        let unfinished = beside(&path);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(0o600);
        let file = options.open(&unfinished)?;
        Ok(Self {
            file,
            unfinished,
            path,
            is_forced,
            replaces_another,
            is_finished: false,
        })
    }

    /// Whether something of its name was there.
    pub(super) fn replaces_another(&self) -> bool {
        self.replaces_another
    }

    /// Writes the next part.
    ///
    /// # Errors
    /// If the system does not take it.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.file.write_all(bytes).map_err(SaveFault::Failed)
    }

    /// Gives the file its name, once all of it is on the disk; gives its path.
    ///
    /// # Errors
    /// If the system does not, or a file of that name has come up meanwhile.
    pub(super) fn finish(mut self) -> Result<PathBuf> {
        self.file.sync_all().map_err(SaveFault::Failed)?;
        if self.is_forced {
            fs::rename(&self.unfinished, &self.path).map_err(SaveFault::Failed)?;
        } else {
            rename_to_new(&self.unfinished, &self.path).map_err(|fault| match fault {
                SaveFault::Exists => SaveFault::ExistsUnforced,
                other => other,
            })?;
        }
        self.is_finished = true;
        if let Some(folder) = self.path.parent() {
            let folder = if folder == Path::new("") {
                Path::new(".")
            } else {
                folder
            };
            // Where a folder cannot be synced, the file is there all the same.
            let _ = File::open(folder).and_then(|folder| folder.sync_all());
        }
        Ok(self.path.clone())
    }
}

impl Drop for ExportFile {
    fn drop(&mut self) {
        if !self.is_finished {
            // It is of no use to anybody.
            let _ = fs::remove_file(&self.unfinished);
        }
    }
}

/// The name of a file while it is not whole. One that a kill has left behind is in nobody's
/// way, and a long name of the file makes it no longer.
fn beside(path: &Path) -> PathBuf {
    path.with_file_name(format!(".saylog-{}.unfinished", Uuid::new_v4()))
}

/// Renames a file, unless one of that name is there.
fn rename_to_new(from: &Path, to: &Path) -> Result<()> {
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        Ok(()) => Ok(()),
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => {
            // A file system that cannot do that in one step.
            fs::hard_link(from, to)?;
            fs::remove_file(from).map_err(SaveFault::Failed)
        }
        Err(error) => Err(io::Error::from(error).into()),
    }
}
