//! What SQLite keeps beside a file, and whether what stands there is that.
//!
//! SQLite takes whatever has such a name for its own, and removes it: so does a store whose
//! name is that of another one's companion.

use std::ffi::OsStr;
use std::fs::{File, Metadata};
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::super::Result;
use crate::domain::{Problem, ProblemKind};

/// What SQLite keeps beside a file while it is open, or until a crash is mended.
pub(in crate::store) const COMPANIONS: [&str; 3] = [LOG, SHARED, JOURNAL];

/// The end of the name of a write-ahead log.
pub(super) const LOG: &str = "-wal";
/// The same of what processes share of it.
const SHARED: &str = "-shm";
/// The same of a rollback journal.
const JOURNAL: &str = "-journal";

/// How a rollback journal begins, as SQLite's file format has it.
const JOURNAL_MAGIC: [u8; 8] = [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7];

/// How a write-ahead log begins; the last bit tells the order of its checksums' bytes.
const LOG_MAGIC: [u8; 4] = [0x37, 0x7F, 0x06, 0x82];

/// How begins what processes share: the version of its form, in the order of bytes of the
/// machine.
const SHARED_VERSION: u32 = 3_007_000;

/// The companion of a file with this end to its name.
pub(in crate::store) fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// Refuses a file beside which something stands that SQLite would take for its own.
pub(super) fn check(path: &Path) -> Result<()> {
    for end in COMPANIONS {
        let companion = beside(path, end);
        let there = companion.symlink_metadata();
        if there.is_ok_and(|metadata| is_somebodys(&companion, end, &metadata)) {
            let what = format!(
                "beside the store `{}` stands `{}`, which SQLite has not written but would remove; \
                 both were left as they are",
                path.display(),
                companion.display()
            );
            let hint = "move it away, or name another file with --store";
            return Err(Problem::new(ProblemKind::Refused, what).with_hint(hint));
        }
    }
    Ok(())
}

/// Refuses a new store where SQLite would keep something of another file.
pub(super) fn check_name(path: &Path) -> Result<()> {
    let name = path.as_os_str().as_bytes();
    for end in COMPANIONS {
        let owner = name.strip_suffix(end.as_bytes());
        let owner = owner.map(|owner| Path::new(OsStr::from_bytes(owner)));
        if let Some(owner) = owner.filter(|owner| owner.is_file()) {
            let what = format!(
                "`{}` is the name of what SQLite keeps beside `{}`; no store was made there",
                path.display(),
                owner.display()
            );
            let hint = "name another file with --store";
            return Err(Problem::new(ProblemKind::Refused, what).with_hint(hint));
        }
    }
    Ok(())
}

/// Whether a file is none of SQLite's, by how it begins. One that is just being made, or was
/// cut off by a power cut, begins with zeros.
fn is_somebodys(path: &Path, end: &str, metadata: &Metadata) -> bool {
    if !metadata.is_file() || metadata.len() == 0 {
        return false;
    }
    let mut beginning = Vec::with_capacity(JOURNAL_MAGIC.len());
    let limit = JOURNAL_MAGIC.len() as u64;
    let read = File::open(path).and_then(|file| file.take(limit).read_to_end(&mut beginning));
    // What cannot be read tells for itself.
    if read.is_err() || beginning.iter().all(|byte| *byte == 0) {
        return false;
    }
    // The first who opens a store cuts what processes shared down to three bytes.
    let mut first = [0; 4];
    first
        .iter_mut()
        .zip(&beginning)
        .for_each(|(to, from)| *to = *from);
    match end {
        JOURNAL => beginning != JOURNAL_MAGIC,
        LOG => first[..3] != LOG_MAGIC[..3] || first[3] & !1 != LOG_MAGIC[3],
        _ => first != SHARED_VERSION.to_be_bytes() && first != SHARED_VERSION.to_le_bytes(),
    }
}
