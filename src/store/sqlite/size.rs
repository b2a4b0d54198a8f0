//! Whether a file is as long as it says it is.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::super::Result;
use super::file::{cannot_open, has_log};
use super::problem::damaged_file;

/// How often another process's writing is waited out.
const LOOKS: usize = 5;

/// Refuses a file that was cut short. SQLite itself takes one that ends in the
/// midst of its last page, and fills the rest of that with zeros.
///
/// While something waits in a write-ahead log or a rollback journal, the file
/// may have any length: whoever moves pages into it was killed, or is at work.
///
/// # Errors
/// A sentence about a file that is damaged.
pub(super) fn check(path: &Path) -> Result<()> {
    let mut before = None;
    for _ in 0..LOOKS {
        let size = Size::of(path).map_err(|error| cannot_open(path, &error))?;
        if size.is_whole() || has_log(path) || has_journal(path) {
            return Ok(());
        }
        // Another process may have ended its work between the two looks.
        if before == Some(size) {
            return Err(damaged_file(path));
        }
        before = Some(size);
    }
    Ok(())
}

/// The length of a file, and what its header says of that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Size {
    bytes: u64,
    /// How many bytes a page has; 0 if the header says something impossible.
    page: u64,
    /// How many pages the file has; 0 if the header does not know.
    pages: u64,
}

impl Size {
    fn of(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let bytes = file.metadata()?.len();
        let mut header = Vec::with_capacity(100);
        file.take(100).read_to_end(&mut header)?;
        Ok(Self::told(bytes, &header))
    }

    /// Reads the fields of a header.
    fn told(bytes: u64, header: &[u8]) -> Self {
        let field = |at: usize, length: usize| {
            let bytes = header.get(at..at + length).unwrap_or_default();
            bytes
                .iter()
                .fold(0, |sum, byte| sum << 8 | u64::from(*byte))
        };
        let page = match field(16, 2) {
            1 => 65536,
            page if page.is_power_of_two() && page >= 512 => page,
            _ => 0,
        };
        // The number of pages holds if the writer that changed the file last knew it.
        let is_known = field(24, 4) == field(92, 4);
        let pages = if is_known { field(28, 4) } else { 0 };
        Self { bytes, page, pages }
    }

    /// What is wrong in another way is SQLite's to find.
    fn is_whole(self) -> bool {
        self.page == 0
            || self.bytes.is_multiple_of(self.page) && self.bytes / self.page >= self.pages
    }
}

/// Whether a rollback journal waits beside the file.
fn has_journal(path: &Path) -> bool {
    let mut name = path.as_os_str().to_owned();
    name.push("-journal");
    Path::new(&name)
        .metadata()
        .is_ok_and(|metadata| metadata.len() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a file of so many bytes is whole if its header says this.
    fn is_whole(bytes: u64, page: u16, pages: u32, is_known: bool) -> bool {
        let mut header = vec![0; 100];
        header[16..18].copy_from_slice(&page.to_be_bytes());
        header[28..32].copy_from_slice(&pages.to_be_bytes());
        header[92] = u8::from(!is_known);
        Size::told(bytes, &header).is_whole()
    }

    #[test]
    fn a_file_has_whole_pages_and_all_of_them() {
        for (bytes, page, pages, is_known, expected) in [
            (8192, 4096, 2, true, true),
            (8191, 4096, 2, true, false),
            (8193, 4096, 2, true, false),
            (4096, 4096, 2, true, false),
            (12288, 4096, 2, true, true),
            (4096, 4096, 2, false, true),
            (131_072, 1, 2, true, true),
            (65536, 1, 2, true, false),
            (777, 777, 2, true, true),
        ] {
            let found = is_whole(bytes, page, pages, is_known);
            assert_eq!(found, expected, "{bytes} bytes, {pages} pages of {page}");
        }
    }
}
