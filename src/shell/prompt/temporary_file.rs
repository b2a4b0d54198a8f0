//! The file that the person's editor works on.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::super::environment::variable;
use crate::domain::{Error, MESSAGE_LIMIT, Result, io_reason};

/// A file for one text that only its owner can read. It is removed when this is
/// dropped, unless it was decided to keep it.
pub(super) struct TemporaryFile {
    path: PathBuf,
    is_kept: bool,
}

impl TemporaryFile {
    pub(super) fn new(text: &str) -> io::Result<Self> {
        let folder = variable("XDG_RUNTIME_DIR").map(PathBuf::from);
        let folder = folder.filter(|folder| folder.is_dir());
        let folder = folder.unwrap_or_else(std::env::temp_dir);
        // A name that nobody can guess and put a link in its place.
        let path = folder.join(format!("saylog-{}.md", uuid::Uuid::new_v4()));
        let mut file: File = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?;
        let created = Self {
            path,
            is_kept: false,
        };
        file.write_all(text.as_bytes())?;
        Ok(created)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The text that the editor left; none if it removed the file.
    ///
    /// # Errors
    /// Why the text cannot be a message. The file is kept then, so that nothing
    /// that was written is lost.
    pub(super) fn read(&mut self) -> Result<Option<String>> {
        let bytes = match fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.keep(&io_reason(&error))),
        };
        if bytes.len() > MESSAGE_LIMIT {
            return Err(self.keep("a text that is too long"));
        }
        let text = String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to() + 1;
            self.keep(&format!("a text that is not UTF-8 (byte {at})"))
        })?;
        match text.find('\0') {
            Some(at) => Err(self.keep(&format!("a text with a NUL byte (byte {})", at + 1))),
            None => Ok(Some(text)),
        }
    }

    fn keep(&mut self, what: &str) -> Error {
        self.is_kept = true;
        let hint = format!("it is kept in `{}`", self.path.display());
        failed(format!("left {what}; nothing was sent"), &hint)
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        if !self.is_kept {
            // The editor may have removed it already.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// `/edit --editor` failed: why, and what helps.
pub(super) fn failed(why: String, hint: &str) -> Error {
    Error::BadArgument {
        command: "/edit --editor".into(),
        why,
        hint: hint.into(),
    }
}
