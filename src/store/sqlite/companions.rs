//! What SQLite keeps beside a file, and whether what stands there is that.
//!
//! SQLite takes whatever has such a name for its own, and removes it: so does a store whose
//! name is that of another one's companion.

use std::fs::{File, Metadata};
use std::io::Read;
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

/// What processes share comes in pieces of so many bytes.
const SHARED_PIECE: u64 = 32 * 1024;

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
    let name = path.as_os_str().as_encoded_bytes();
    for end in COMPANIONS {
        let owner = name.strip_suffix(end.as_bytes()).map(<[u8]>::len);
        let owner = owner.and_then(|length| path.to_str()?.get(..length).map(Path::new));
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

/// Whether a file is none of SQLite's, by how it begins. One that was cut off by a power cut
/// may begin with zeros.
fn is_somebodys(path: &Path, end: &str, metadata: &Metadata) -> bool {
    if !metadata.is_file() || metadata.len() == 0 {
        return false;
    }
    if end == SHARED {
        // It is not opened: to close it would take away the locks that this process has on it.
        return !metadata.len().is_multiple_of(SHARED_PIECE);
    }
    let mut beginning = [0; 8];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut beginning));
    let [.., last] = LOG_MAGIC;
    let is_own = match end {
        JOURNAL => beginning == JOURNAL_MAGIC,
        _ => beginning[..3] == LOG_MAGIC[..3] && beginning[3] | 1 == last | 1,
    };
    // What cannot be read tells for itself; what is shorter is none of SQLite's.
    match read {
        Ok(()) => !is_own && beginning != [0; 8],
        Err(error) => error.kind() == std::io::ErrorKind::UnexpectedEof,
    }
}
