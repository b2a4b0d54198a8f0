//! Archives as exports come by mail: what is of interest in them is read where it lies,
//! and nothing is unpacked.

use std::fs::File;
use std::io::{self, BufReader, Read};
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

/// How long a name may be: as long as systems take a path.
const LONGEST_NAME: usize = 4096;

/// How many entries of interest are remembered at the most.
const MOST_ENTRIES: usize = 20_000;

/// How much is checked at a time.
const CHUNK_BYTES: usize = 64 * 1024;

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
    /// Reads the directory of one.
    ///
    /// # Errors
    /// If it cannot be read, or is no whole archive.
    pub(super) fn new(file: File) -> io::Result<Self> {
        let mut buffer = vec![0; MAX_CENTRAL_DIRECTORY_RECORD_SIZE];
        let mut beside = buffer.clone();
        let zip = ZipArchive::from_file(file, &mut buffer).map_err(fault)?;
        let mut known = Vec::new();
        let mut entries = zip.entries(&mut buffer);
        let mut seen = 0;
        while let Some(entry) = entries.next_entry().map_err(fault)? {
            seen += 1;
            let name = entry.file_path().as_bytes();
            // An entry has its name before its bytes, too: a directory that says another
            // would hide it.
            let found = zip.get_entry(entry.wayfinder()).map_err(fault)?;
            let header = found.local_header(&mut beside).map_err(fault)?;
            if header.file_path().as_bytes() != name {
                return Err(broken(DAMAGED));
            }
            // Old programs write names in other encodings.
            let name = String::from_utf8_lossy(name);
            if !is_known(&name) {
                continue;
            }
            if name.len() > LONGEST_NAME || known.len() == MOST_ENTRIES {
                return Err(broken("its directory is too long"));
            }
            known.push(Entry {
                name: name.into_owned(),
                place: entry.wayfinder(),
                packed: entry.compression_method(),
                has_password: entry.flags().is_encrypted(),
            });
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

    /// Reads the one at a place among these names to its end, which tells whether its bytes
    /// are those that were packed. False if it was not gone on with.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn check(&self, place: usize, goes_on: &dyn Fn() -> bool) -> io::Result<bool> {
        let (mut entry, _) = self.entry(place)?;
        let mut chunk = vec![0; CHUNK_BYTES];
        while goes_on() {
            if entry.read(&mut chunk)? == 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The one at a place among these names, and how many bytes it says that it has.
    ///
    /// # Errors
    /// If it cannot be read, as where a password is wanted.
    pub(super) fn entry(&self, place: usize) -> io::Result<(Box<dyn Read + Send + '_>, u64)> {
        let entry = &self.known[place];
        if entry.has_password {
            return Err(unsupported("it wants a password"));
        }
        let found = self.zip.get_entry(entry.place).map_err(fault)?;
        let bytes = found.reader();
        let unpacked: Box<dyn Read + Send + '_> = match entry.packed {
            CompressionMethod::STORE => Box::new(Unpacked::new(found.verifying_reader(bytes))),
            CompressionMethod::DEFLATE => {
                let unpacked = DeflateDecoder::new(BufReader::new(bytes));
                Box::new(Unpacked::new(found.verifying_reader(unpacked)))
            }
            _ => return Err(unsupported("it is packed in a way that is not known")),
        };
        Ok((unpacked, entry.place.uncompressed_size_hint()))
    }
}

/// What is unpacked, up to so many bytes; what is wrong with it is said in plain words.
struct Unpacked<R> {
    source: R,
    left: u64,
}

impl<R> Unpacked<R> {
    fn new(source: R) -> Self {
        let left = LONGEST_ENTRY;
        Self { source, left }
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer).map_err(in_words)?;
        let left = self.left.checked_sub(read as u64);
        self.left = left.ok_or_else(|| broken("it holds more than 8 GiB"))?;
        Ok(read)
    }
}

/// What went wrong with what is unpacked.
fn in_words(error: io::Error) -> io::Error {
    match error.downcast::<rawzip::Error>() {
        Ok(error) => fault(error),
        Err(error) => of_format(error),
    }
}

/// What went wrong with an archive.
fn fault(error: rawzip::Error) -> io::Error {
    match error.into_kind() {
        ErrorKind::IO(error) => of_format(error),
        ErrorKind::MissingEndOfCentralDirectory => {
            broken("its directory is missing: it is cut off")
        }
        ErrorKind::Eof => broken("it is cut off"),
        _ => broken(DAMAGED),
    }
}

/// Whether it was the system that failed, or the archive that leads nowhere.
fn of_format(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
            broken(DAMAGED)
        }
        _ => error,
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
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let name = name.to_ascii_lowercase();
    let is_list = name.starts_with("conversations") && has_end(&name, "json");
    is_list || has_end(&name, "jsonl")
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
            ("a\\Conversations.JSON", true),
            ("user.json", false),
            ("conversations.json/picture.png", false),
            ("chat.html", false),
        ] {
            assert_eq!(is_known(name), known, "{name}");
        }
    }
}
