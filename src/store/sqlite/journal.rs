//! How a store keeps a commit whole.

use std::path::Path;

use super::file::Header;

/// How a store keeps a commit whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Journal {
    /// With a write-ahead log, one sync a commit.
    WriteAhead,
    /// With a rollback journal, which is slower: a write-ahead log's shared memory
    /// does not work on a network share.
    OnShare,
    /// With a rollback journal. SQLite allots shared memory in pieces of 4 KiB;
    /// where the disk gives out less at a time, a page of it may be missing
    /// when the disk is full, and to touch that kills the program.
    OnSmallBlocks,
}

impl Journal {
    /// The journal of a file.
    pub(super) fn of(path: &Path) -> Self {
        match file_system(path) {
            Some(fs) if fs.is_share => Self::OnShare,
            Some(fs) if fs.has_small_blocks => Self::OnSmallBlocks,
            _ => Self::WriteAhead,
        }
    }

    /// Whether it is a write-ahead log.
    pub(super) fn is_write_ahead(self) -> bool {
        self == Self::WriteAhead
    }

    /// Whether a store is set to it.
    pub(super) fn suits(self, header: Header) -> bool {
        header.is_write_ahead == self.is_write_ahead()
    }

    /// What SQLite calls it.
    pub(super) fn mode(self) -> &'static str {
        if self.is_write_ahead() {
            "wal"
        } else {
            "delete"
        }
    }
}

/// What a file lies on.
struct FileSystem {
    is_share: bool,
    has_small_blocks: bool,
}

/// What statfs(2) says. The numbers are those of NFS, SMB, CIFS, SMB2, 9P, AFS, Ceph, Coda.
#[cfg(target_os = "linux")]
fn file_system(path: &Path) -> Option<FileSystem> {
    const SHARES: [i128; 8] = [
        0x6969,
        0x517b,
        0xff53_4d42,
        0xfe53_4d42,
        0x0102_1997,
        0x5346_414f,
        0x00c3_6400,
        0x7375_7245,
    ];
    let fs = rustix::fs::statfs(path).ok()?;
    Some(FileSystem {
        // The types of both fields differ between machines; the numbers have 32 bits.
        is_share: SHARES.contains(&(i128::from(fs.f_type) & 0xffff_ffff)),
        has_small_blocks: i128::from(fs.f_bsize) < 4096,
    })
}

/// Elsewhere the question has no portable answer; a write-ahead log is taken to work.
#[cfg(not(target_os = "linux"))]
fn file_system(_: &Path) -> Option<FileSystem> {
    None
}
