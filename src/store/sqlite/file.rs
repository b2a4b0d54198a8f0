//! The file as the file system sees it, before SQLite touches it.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions, Permissions};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::super::Result;
use super::super::copying;
use super::companions::{self, LOG, beside};
use super::schema::{APPLICATION_ID, COPYING, VERSION};
use crate::domain::{Problem, ProblemKind, io_reason};

/// The first sixteen bytes of every SQLite file.
const MAGIC: &[u8] = b"SQLite format 3\0";

/// The whole path of a store. A symbolic link is followed, once and for all: the
/// companions lie beside the file that it names.
///
/// # Errors
/// A sentence about a link that leads nowhere: where its file was, it may come
/// back with the disk that it lies on, and then there must not be two stores.
pub(in crate::store) fn located(path: &Path) -> Result<PathBuf> {
    // An absolute path is never taken for a URI (`file:…`) or for `:memory:`.
    let path = std::path::absolute(path)
        .map_err(|_| other(format!("`{}` is not a path", path.display())))?;
    if !path.is_symlink() {
        return Ok(path);
    }
    path.canonicalize().map_err(|error| {
        let is_dangling = error.kind() == io::ErrorKind::NotFound;
        match fs::read_link(&path) {
            Ok(target) if is_dangling => {
                let what = format!(
                    "`{}` is a link to `{}`, which does not exist",
                    path.display(),
                    target.display()
                );
                let hint = "put the store there, or an empty file to begin with, or name another file with --store";
                Problem::new(ProblemKind::Gone, what).with_hint(hint)
            }
            _ => cannot_open(&path, &error),
        }
    })
}

/// What stands where a store is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Nothing,
    /// An empty file, which becomes a store.
    Empty,
    Store(Header),
}

/// What the header of a store says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// The version of its schema.
    pub(super) version: u32,
    /// Whether its writers keep a write-ahead log beside it.
    pub(super) is_write_ahead: bool,
}

/// Looks at the path.
///
/// It reads the header itself because connecting may already write: SQLite
/// overwrites a file of one byte and rolls back a foreign journal.
///
/// # Errors
/// A sentence for anything that is not a store of this version, and for one beside which
/// stands what SQLite would remove.
pub(super) fn look(path: &Path) -> Result<Found> {
    companions::check(path)?;
    match path.symlink_metadata() {
        Ok(metadata) => inspect(path, &metadata),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Found::Nothing),
        Err(error) => Err(cannot_open(path, &error)),
    }
}

/// Looks at the path, and makes an empty file there if there is none.
///
/// # Errors
/// Those of [`look`], if no file can be made, and if its name is that of what SQLite keeps
/// beside another one.
pub(super) fn prepare(path: &Path) -> Result<Found> {
    let found = look(path)?;
    match found {
        Found::Nothing | Found::Empty if has_log(path) => Err(log_waits(path)),
        Found::Nothing => companions::check_name(path).and_then(|()| create(path)),
        // It becomes a store, and a store is its owner's alone.
        Found::Empty => fs::set_permissions(path, Permissions::from_mode(0o600))
            .map(|()| found)
            .map_err(|error| cannot_open(path, &error)),
        Found::Store(_) => Ok(found),
    }
}

/// Makes the folder of the default store, readable by its owner alone.
///
/// # Errors
/// If it cannot be made.
pub(super) fn make_folder(folder: &Path) -> Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|error| {
            let reason = io_reason(&error);
            other(format!(
                "the folder `{}` cannot be made: {reason}",
                folder.display()
            ))
        })
}

fn create(path: &Path) -> Result<Found> {
    let made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    match made {
        Ok(_) => {
            // The name itself must survive a power cut.
            if let Some(folder) = path.parent().and_then(|folder| File::open(folder).ok()) {
                let _ = folder.sync_all();
            }
            Ok(Found::Empty)
        }
        // Another process was faster.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => prepare(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound && !has_folder(path) => {
            Err(other(format!(
                "the store `{}` cannot be made: its folder does not exist",
                path.display()
            ))
            .with_hint("make the folder first, or name another file with --store"))
        }
        Err(error) => {
            let kind = match error.kind() {
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                    ProblemKind::ReadOnly
                }
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ProblemKind::Full,
                _ => ProblemKind::Other,
            };
            let reason = io_reason(&error);
            let what = format!("the store `{}` cannot be made: {reason}", path.display());
            Err(Problem::new(kind, what))
        }
    }
}

fn has_folder(path: &Path) -> bool {
    path.parent().is_some_and(Path::is_dir)
}

fn inspect(path: &Path, metadata: &Metadata) -> Result<Found> {
    let refused = |what: &str, hint: &str| {
        let what = format!("`{}` {what}", path.display());
        Err(Problem::new(ProblemKind::Refused, what).with_hint(hint))
    };
    if metadata.is_dir() {
        return refused(
            "is a folder, not a store",
            "name a file inside it with --store",
        );
    }
    if !metadata.is_file() {
        return refused("is not a regular file", "name another file with --store");
    }
    if metadata.len() == 0 {
        return Ok(Found::Empty);
    }
    let mut header = Vec::with_capacity(100);
    File::open(path)
        .and_then(|file| file.take(100).read_to_end(&mut header))
        .map_err(|error| cannot_open(path, &error))?;
    if !is_store(&header) {
        return refused(
            "is not a saylog store; it was left as it is",
            "name another file with --store",
        );
    }
    let version = field(&header, 60);
    check_version(path, version)?;
    Ok(Found::Store(Header {
        version,
        is_write_ahead: header[18..20] == [2, 2],
    }))
}

/// Whether a file is a copy that is not complete, by its header.
pub(super) fn is_unfinished_copy(path: &Path) -> bool {
    let mut header = Vec::with_capacity(100);
    let is_file = path.metadata().is_ok_and(|metadata| metadata.is_file());
    let read = is_file
        && File::open(path)
            .and_then(|file| file.take(100).read_to_end(&mut header))
            .is_ok();
    read && is_store(&header) && field(&header, 60) == COPYING
}

/// Whether a file that begins with these hundred bytes is a store, of any version.
pub(crate) fn is_store(header: &[u8]) -> bool {
    header.len() >= 100 && header.starts_with(MAGIC) && field(header, 68) == APPLICATION_ID
}

/// Four bytes of a header as a number.
fn field(header: &[u8], at: usize) -> u32 {
    let bytes = header.get(at..at + 4);
    let bytes = bytes.and_then(|bytes| bytes.try_into().ok());
    bytes.map_or(0, u32::from_be_bytes)
}

/// Why no store is made beside the write-ahead log of one that is gone or empty:
/// SQLite would remove that with everything in it.
fn log_waits(path: &Path) -> Problem {
    let what = format!(
        "the store `{}` is gone or empty, and what was said last waits in `{}`; both were left \
         as they are",
        path.display(),
        log_of(path).display()
    );
    let hint = "put the store back beside it, or move that file away to begin anew";
    Problem::new(ProblemKind::Damaged, what).with_hint(hint)
}

/// Whether something waits in the write-ahead log beside the file.
pub(super) fn has_log(path: &Path) -> bool {
    log_of(path)
        .metadata()
        .is_ok_and(|metadata| metadata.len() > 0)
}

/// Where SQLite keeps the write-ahead log of a file.
pub(super) fn log_of(path: &Path) -> PathBuf {
    beside(path, LOG)
}

/// Refuses the schema of a newer program.
pub(super) fn check_version(path: &Path, version: u32) -> Result<()> {
    if version <= VERSION {
        return Ok(());
    }
    if version == COPYING {
        return Err(copying::unfinished(&format!(
            "the store `{}`",
            path.display()
        )));
    }
    let what = format!(
        "`{}` was written by a newer saylog (schema {version}, this one knows {VERSION}); it was left as it is",
        path.display()
    );
    Err(Problem::new(ProblemKind::Newer, what).with_hint("use the newer program"))
}

/// The problem of a file that the system does not let us have.
pub(super) fn cannot_open(path: &Path, error: &io::Error) -> Problem {
    let reason = io_reason(error);
    other(format!(
        "the store `{}` cannot be opened: {reason}",
        path.display()
    ))
}

/// A problem that nobody acts on.
fn other(what: String) -> Problem {
    Problem::new(ProblemKind::Other, what)
}
