//! Archives as exports come by mail: what is of interest in them is read where it lies,
//! and nothing is unpacked.

use std::fs::File;
use std::io::{self, BufReader, Read, Take};
use std::path::Path;

use flate2::bufread::DeflateDecoder;
use rawzip::{
    CompressionMethod, ErrorKind, FileReader, MAX_CENTRAL_DIRECTORY_RECORD_SIZE, ZipArchive,
    ZipArchiveEntryWayfinder,
};

/// How an archive begins.
const BEGIN: &[u8] = b"PK\x03\x04";

/// What an entry may hold at the most, whatever it says of itself.
const LONGEST_ENTRY: u64 = 8 * 1024 * 1024 * 1024;

const DAMAGED: &str = "it is damaged";

/// Whether a file that begins so is an archive.
pub(super) fn is_archive(head: &[u8]) -> bool {
    head.starts_with(BEGIN)
}

/// An archive of files.
pub(super) struct Archive {
    zip: ZipArchive<FileReader>,
    known: Vec<Entry>,
}

/// What is of interest in an archive.
struct Entry {
    name: String,
    place: ZipArchiveEntryWayfinder,
    packed: CompressionMethod,
    has_password: bool,
}

impl Archive {
    /// Opens one.
    ///
    /// # Errors
    /// If it cannot be read, or is no whole archive.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let mut buffer = vec![0; MAX_CENTRAL_DIRECTORY_RECORD_SIZE];
        let zip = ZipArchive::from_file(File::open(path)?, &mut buffer).map_err(fault)?;
        let mut known = Vec::new();
        let mut entries = zip.entries(&mut buffer);
        let mut seen = 0;
        while let Some(entry) = entries.next_entry().map_err(fault)? {
            seen += 1;
            // A name that is no text is none of interest.
            let Ok(name) = str::from_utf8(entry.file_path().as_bytes()) else {
                continue;
            };
            if is_known(name) {
                known.push(Entry {
                    name: name.to_owned(),
                    place: entry.wayfinder(),
                    packed: entry.compression_method(),
                    has_password: entry.flags().is_encrypted(),
                });
            }
        }
        if seen != zip.entries_hint() {
            return Err(broken("its directory is cut off"));
        }
        known.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(Self { zip, known })
    }

    /// The names of what may hold conversations, sorted. A name can be there twice.
    pub(super) fn names(&self) -> Vec<String> {
        self.known.iter().map(|entry| entry.name.clone()).collect()
    }

    /// The one at a place among these names, and how many bytes it says that it has. Other
    /// bytes than it says are an error as it is read.
    ///
    /// # Errors
    /// If it cannot be read, as where a password is wanted.
    pub(super) fn entry(&self, place: usize) -> io::Result<(Take<Box<dyn Read + Send + '_>>, u64)> {
        let entry = &self.known[place];
        if entry.has_password {
            return Err(unsupported("it wants a password"));
        }
        let found = self.zip.get_entry(entry.place).map_err(fault)?;
        let bytes = found.reader();
        let unpacked: Box<dyn Read + Send + '_> = match entry.packed {
            CompressionMethod::STORE => Box::new(Unpacked(found.verifying_reader(bytes))),
            CompressionMethod::DEFLATE => {
                let unpacked = DeflateDecoder::new(BufReader::new(bytes));
                Box::new(Unpacked(found.verifying_reader(unpacked)))
            }
            _ => return Err(unsupported("it is packed in a way that is not known")),
        };
        let length = entry.place.uncompressed_size_hint();
        Ok((unpacked.take(LONGEST_ENTRY), length))
    }
}

/// Says in plain words what is wrong with what is unpacked.
struct Unpacked<R>(R);

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0
            .read(buffer)
            .map_err(|error| match error.downcast::<rawzip::Error>() {
                Ok(error) => fault(error),
                Err(error) => match error.kind() {
                    io::ErrorKind::InvalidInput
                    | io::ErrorKind::InvalidData
                    | io::ErrorKind::UnexpectedEof => broken(DAMAGED),
                    _ => error,
                },
            })
    }
}

/// What went wrong, as reading says it.
fn fault(error: rawzip::Error) -> io::Error {
    match error.into_kind() {
        ErrorKind::IO(error) => error,
        ErrorKind::MissingEndOfCentralDirectory => {
            broken("its directory is missing: it is cut off")
        }
        ErrorKind::Eof => broken("it is cut off"),
        _ => broken(DAMAGED),
    }
}

fn broken(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

fn unsupported(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, what)
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
