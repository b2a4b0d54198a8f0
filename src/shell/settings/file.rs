//! Reads the configuration file.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::Path;

use super::file_error::unreadable;
use crate::domain::io_reason;

/// Nobody writes more than that.
const LIMIT: u64 = 1024 * 1024;

/// Permissions of others than the owner.
const OTHERS: u32 = 0o077;

/// What is in the file.
pub(super) struct Contents {
    pub(super) text: String,
    /// Whether others than its owner may read it.
    pub(super) is_read_by_others: bool,
}

/// Reads it; none if there is no file.
///
/// # Errors
/// Whatever stands at that path and cannot be read, in one sentence.
pub(super) fn read(path: &Path) -> Result<Option<Contents>, String> {
    let wrong = |why: &str| unreadable(&format!("{}: {why}", path.display()));
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return nothing(path).map(|()| None);
        }
        Err(error) => return Err(wrong(&io_reason(&error))),
    };
    // To open a pipe would wait for whoever writes into it.
    let kind = metadata.file_type();
    if kind.is_fifo() || kind.is_socket() {
        return Err(wrong("is no file"));
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LIMIT + 1).read_to_end(&mut bytes))
        .map_err(|error| wrong(&io_reason(&error)))?;
    if bytes.len() as u64 > LIMIT {
        return Err(wrong("is longer than 1 MiB"));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let right = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + memchr::memchr_iter(b'\n', right).count();
        unreadable(&format!("{}:{line}: is not UTF-8", path.display()))
    })?;
    Ok(Some(Contents {
        text,
        is_read_by_others: metadata.permissions().mode() & OTHERS != 0,
    }))
}

/// Makes sure that nothing is there, and no link to nothing either: somebody
/// who has made one means a file.
fn nothing(path: &Path) -> Result<(), String> {
    for place in path.ancestors() {
        match fs::symlink_metadata(place) {
            Ok(metadata) if metadata.is_symlink() && fs::metadata(place).is_err() => {
                let shown = place.display();
                return Err(unreadable(&format!("{shown}: is a link to nothing")));
            }
            Ok(_) => return Ok(()),
            Err(_) => {}
        }
    }
    Ok(())
}
