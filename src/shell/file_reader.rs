//! Reads the files that people want to say.
//!
//! `/file` names one; the shell opens it, because nothing below touches files
//! of the person. What must not be said is refused here: the program's own files,
//! and whatever is not a text in a regular file.

use std::ffi::OsString;
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags, open};

use crate::command::named_file::NamedFile;
use crate::domain::{Error, FileFault, MESSAGE_LIMIT, Result, TextError};
use crate::store;
use crate::transcript::fenced;

/// How much of a file tells whether it is a store.
pub(super) const HEAD_BYTES: u64 = 100;

/// What lies beside the file of a store while it is open.
const BESIDE_STORE: [&str; 7] = [
    "",
    "-wal",
    "-shm",
    "-journal",
    "-index",
    "-index-wal",
    "-index-shm",
];

/// Reads files into messages.
#[derive(Clone, Debug, Default)]
pub(crate) struct FileReader {
    /// The file of the open store, if it is in one.
    pub(super) store: Option<PathBuf>,
    /// Where the configuration file is, or would be.
    pub(super) configuration: Option<PathBuf>,
    /// What `~/` stands for.
    pub(super) home: Option<PathBuf>,
}

impl FileReader {
    /// The message that a file and what is asked about it make: the name of the
    /// file is in it, and never its path.
    ///
    /// # Errors
    /// [`Error::File`]: nothing was sent.
    pub(super) fn message(&self, file: &NamedFile) -> Result<String> {
        self.read(file)
            .map_err(|fault| Error::File(file.path.clone(), fault))
    }

    fn read(&self, file: &NamedFile) -> std::result::Result<String, FileFault> {
        let path = self.expanded(&file.path)?;
        let text = self.text(&path)?;
        let name = path.file_name().map(|name| name.to_string_lossy());
        let message = fenced(&file.question, name.as_deref(), &text);
        if message.len() > MESSAGE_LIMIT {
            return Err(FileFault::TooLong);
        }
        Ok(message)
    }

    /// The path with the home folder in the place of `~`.
    pub(super) fn expanded(&self, typed: &str) -> std::result::Result<PathBuf, FileFault> {
        let below_home = match typed.strip_prefix('~') {
            Some("") => "",
            Some(rest) if rest.starts_with('/') => rest.trim_start_matches('/'),
            _ => return Ok(typed.into()),
        };
        let home = self.home.as_ref().ok_or(FileFault::Homeless)?;
        Ok(home.join(below_home))
    }

    fn text(&self, path: &Path) -> std::result::Result<String, FileFault> {
        let (mut file, length) = self.open(path)?;
        let mut bytes = Vec::new();
        let head = file.by_ref().take(HEAD_BYTES).read_to_end(&mut bytes);
        head.map_err(fault)?;
        if store::is_store(&bytes) {
            return Err(FileFault::Store);
        }
        // It may also grow while it is read.
        let limit = MESSAGE_LIMIT as u64;
        if length > limit {
            return Err(FileFault::TooLong);
        }
        let rest = file.take(limit + 1 - HEAD_BYTES).read_to_end(&mut bytes);
        rest.map_err(fault)?;
        if bytes.len() > MESSAGE_LIMIT {
            return Err(FileFault::TooLong);
        }
        if bytes.is_empty() {
            return Err(FileFault::Empty);
        }
        Ok(TextError::check(&bytes)?.to_owned())
    }

    /// Opens a file that is read in pieces and is none of the program's own, and tells how
    /// long it is.
    ///
    /// # Errors
    /// Why it is not read.
    pub(super) fn open_another(&self, path: &Path) -> std::result::Result<(File, u64), FileFault> {
        let own = |what: &str| FileFault::Unreadable(io::Error::other(what.to_owned()));
        self.open(path).map_err(|fault| match fault {
            FileFault::Store => own("it belongs to the open store"),
            FileFault::Configuration => own("it is the configuration of saylog"),
            fault => fault,
        })
    }

    /// Opens a regular file that is none of the program's own, and tells how long it is.
    pub(super) fn open(&self, path: &Path) -> std::result::Result<(File, u64), FileFault> {
        // Before it is opened: to close any descriptor of the store would drop
        // the locks of this process, and to open a device may do something.
        self.allow(&fs::metadata(path).map_err(fault)?)?;
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let opened = open(path, flags, Mode::empty()).map_err(|error| fault(error.into()))?;
        let file = File::from(opened);
        let metadata = file.metadata().map_err(fault)?;
        if let Err(fault) = self.allow(&metadata) {
            // Somebody has put another file there meanwhile. If that is the store, it
            // has to stay open.
            std::mem::forget(file);
            return Err(fault);
        }
        Ok((file, metadata.len()))
    }

    /// Refuses what is no regular file, and the program's own files.
    fn allow(&self, metadata: &Metadata) -> std::result::Result<(), FileFault> {
        let kind = metadata.file_type();
        if kind.is_dir() {
            return Err(FileFault::Folder);
        }
        if kind.is_fifo() {
            return Err(FileFault::NamedPipe);
        }
        if kind.is_socket() {
            return Err(FileFault::Socket);
        }
        if !kind.is_file() {
            return Err(FileFault::Device);
        }
        let is_there = |path: &Path| {
            fs::metadata(path)
                .is_ok_and(|own| (own.dev(), own.ino()) == (metadata.dev(), metadata.ino()))
        };
        let of_store = |store: &PathBuf| {
            BESIDE_STORE.iter().any(|end| {
                let mut path = OsString::from(store);
                path.push(end);
                is_there(Path::new(&path))
            })
        };
        if self.store.as_ref().is_some_and(of_store) {
            return Err(FileFault::Store);
        }
        if self.configuration.as_deref().is_some_and(is_there) {
            return Err(FileFault::Configuration);
        }
        Ok(())
    }
}

fn fault(error: io::Error) -> FileFault {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => FileFault::Missing,
        io::ErrorKind::PermissionDenied => FileFault::Forbidden,
        _ => FileFault::Unreadable(error),
    }
}
