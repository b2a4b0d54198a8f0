//! Archives are told and not read: this saylog was built without them.

use std::fs::File;
use std::io::{self, Empty};

/// How an archive begins.
const BEGIN: &[u8] = b"PK\x03\x04";

/// Whether a file that begins so is an archive.
pub(super) fn is_archive(head: &[u8]) -> bool {
    head.starts_with(BEGIN)
}

/// Takes the place of an archive of files.
pub(super) enum Archive {}

impl Archive {
    /// Reads none.
    ///
    /// # Errors
    /// Always, with what helps.
    pub(super) fn new(_: File) -> io::Result<Self> {
        let what = "it is an archive, and this saylog was built without them; unpack it, and \
                    import the conversations in it";
        Err(io::Error::new(io::ErrorKind::Unsupported, what))
    }

    /// The names of what it has.
    pub(super) fn names(&self) -> Vec<String> {
        match *self {}
    }

    /// Reads one of them to its end.
    pub(super) fn check(&self, _: usize, _: &dyn Fn() -> bool) -> io::Result<bool> {
        match *self {}
    }

    /// One of them.
    pub(super) fn entry(&self, _: usize) -> io::Result<(Empty, u64)> {
        match *self {}
    }
}
