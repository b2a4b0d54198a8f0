//! Archives as exports come by mail: what is of interest in them is read where it lies,
//! and nothing is unpacked.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use zip::ZipArchive;

/// How an archive begins.
const BEGIN: &[u8] = b"PK\x03\x04";

/// What an entry may hold at the most, whatever it says of itself.
const LONGEST_ENTRY: u64 = 8 * 1024 * 1024 * 1024;

/// Whether a file that begins so is an archive.
pub(super) fn is_archive(head: &[u8]) -> bool {
    head.starts_with(BEGIN)
}

/// An archive of files.
pub(super) struct Archive {
    zip: ZipArchive<BufReader<File>>,
}

impl Archive {
    /// Opens one.
    ///
    /// # Errors
    /// If it cannot be read, or is no archive.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = BufReader::new(File::open(path)?);
        let zip = ZipArchive::new(file)?;
        Ok(Self { zip })
    }

    /// The names of what may hold conversations, in the order of the archive.
    pub(super) fn names(&self) -> Vec<String> {
        // A name that is no text is none of interest.
        let names = self.zip.file_names().filter_map(std::result::Result::ok);
        let names = names.filter(|name| is_known(name));
        let mut names: Vec<String> = names.map(Cow::into_owned).collect();
        names.sort_unstable();
        names
    }

    /// One of them, and how many bytes it says that it has.
    ///
    /// # Errors
    /// If it cannot be read, as where a password is wanted.
    pub(super) fn entry(&mut self, name: &str) -> io::Result<(impl Read + Send + '_, u64)> {
        let entry = self.zip.by_name(name)?;
        let length = entry.size();
        Ok((entry.take(LONGEST_ENTRY), length))
    }
}

/// Whether an entry holds conversations, by its name: the rest of an export is about the
/// account.
fn is_known(name: &str) -> bool {
    let name = name.rsplit('/').next().unwrap_or(name);
    let is_list = name.starts_with("conversations") && has_end(name, "json");
    is_list || has_end(name, "jsonl")
}

fn has_end(name: &str, end: &str) -> bool {
    Path::new(name)
        .extension()
        .is_some_and(|found| found == end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_conversations_is_known_by_its_name() {
        for (name, known) in [
            ("conversations.json", true),
            ("export/conversations-003.json", true),
            ("a/rollout-1.jsonl", true),
            ("user.json", false),
            ("conversations.json/picture.png", false),
            ("chat.html", false),
        ] {
            assert_eq!(is_known(name), known, "{name}");
        }
    }
}
