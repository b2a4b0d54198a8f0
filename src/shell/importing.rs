//! `/import`: opens the files, tells what has written them, and has the chat read them.

use std::fs::{self, File};
use std::io::{BufReader, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::archive::{Archive, is_archive};
use super::file_reader::FileReader;
use super::output::Output;
use crate::chat::Chat;
use crate::chat::log::{ImportSource, JoinSource, ReadSource, import, join};
use crate::command::wanted_import::WantedImport;
use crate::domain::{Error, Event, FileFault, Result, Sink};
use crate::format::{Lines, Program, Visit};

/// So much of a file tells what has written it.
const HEAD_BYTES: u64 = 64 * 1024;

/// What is said of an archive without anything that is known.
const NO_CONVERSATIONS: &str =
    "it has no conversations: nothing in it is called `conversations….json` or `….jsonl`";

/// What is said of a folder without anything that may be known.
const NO_FILES: &str = "it has no conversations: nothing in it is called `….json`, `….jsonl`, \
                        `….zip`, `….yaml`, `….yml`, `….db` or `messages.md`";

/// How much is read at once.
const BUFFER_BYTES: usize = 256 * 1024;

/// Reads what is wanted, one file after the other, and tells what came of each. A file
/// that cannot be read is told, and the others are read.
///
/// # Errors
/// The first error there was, if the others were told already; or that somebody stopped it.
pub(super) fn run(
    wanted: &WantedImport,
    chat: &mut Chat,
    output: &mut Output,
    files: &FileReader,
) -> Result<()> {
    let mut failed: Option<Error> = None;
    for typed in &wanted.paths {
        let found = match found(files, typed) {
            Ok(found) => found,
            Err(error) => {
                tell_earlier(&mut failed, error, output);
                continue;
            }
        };
        if found.has_links {
            let notice = format!("links in `{typed}` are not followed");
            output.emit(&Event::Notice(&notice));
        }
        if found.files.is_empty() {
            let nothing = FileFault::Unreadable(std::io::Error::other(NO_FILES));
            tell_earlier(&mut failed, Error::File(typed.clone(), nothing), output);
        }
        for (shown, path) in found.files {
            match read_one(wanted, (&shown, &path), chat, output, files) {
                Ok(()) => {}
                Err(error) if is_about_file(&error) => tell_earlier(&mut failed, error, output),
                Err(error) => {
                    if matches!(error, Error::Interrupted) && !chat.is_stopped() {
                        output.write_last_words();
                    }
                    return Err(error);
                }
            }
        }
    }
    failed.map_or(Ok(()), Err)
}

/// Keeps the last error for the caller, who tells it; those before are told here.
fn tell_earlier(failed: &mut Option<Error>, error: Error, output: &mut Output) {
    if let Some(earlier) = failed.replace(error) {
        output.emit(&Event::Error(&earlier));
    }
}

/// Whether another file may be read all the same.
fn is_about_file(error: &Error) -> bool {
    matches!(error, Error::File(..) | Error::BadArgument { .. })
}

/// What a path leads to.
struct Found {
    /// Itself, or what lies in it and may hold conversations, in the order of the names: each
    /// as it is shown, and where it is.
    files: Vec<(String, PathBuf)>,
    /// It is a folder with links in it, which are not followed.
    has_links: bool,
}

/// Looks for the files of a path. Links out of a folder are not followed.
fn found(files: &FileReader, typed: &str) -> Result<Found> {
    let fault = |fault| Error::File(typed.to_owned(), fault);
    let path = files.expanded(typed).map_err(fault)?;
    let metadata = fs::metadata(&path).map_err(|error| fault(of_system(error)))?;
    if !metadata.is_dir() {
        return Ok(Found {
            files: vec![(typed.to_owned(), path)],
            has_links: false,
        });
    }
    let (mut all, mut folders) = (
        Vec::new(),
        vec![(typed.trim_end_matches('/').to_owned(), path)],
    );
    let mut has_links = false;
    while let Some((shown, folder)) = folders.pop() {
        let entries = fs::read_dir(&folder);
        let unread = |error| Error::File(shown.clone(), of_system(error));
        for entry in entries.map_err(unread)? {
            let entry = entry.map_err(unread)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let shown = format!("{shown}/{name}");
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push((shown, entry.path())),
                Ok(kind) if kind.is_file() => all.push((shown, entry.path())),
                Ok(kind) => has_links |= kind.is_symlink(),
                Err(error) => return Err(Error::File(shown, of_system(error))),
            }
        }
    }
    all.sort();
    all.retain(|(shown, _)| is_of_interest(shown));
    Ok(Found {
        files: all,
        has_links,
    })
}

/// Whether a file of a folder may hold conversations, by its name.
fn is_of_interest(name: &str) -> bool {
    let path = Path::new(name);
    if path.file_name().is_some_and(|name| name == "messages.md") {
        return true;
    }
    let end = path.extension().and_then(|end| end.to_str());
    matches!(end, Some("json" | "jsonl" | "zip" | "yaml" | "yml" | "db"))
}

fn read_one(
    wanted: &WantedImport,
    (shown, path): (&str, &Path),
    chat: &mut Chat,
    output: &mut Output,
    files: &FileReader,
) -> Result<()> {
    let fault = |error| Error::File(shown.to_owned(), of_system(error));
    let opened = files.open_another(path);
    let (mut file, length) = opened.map_err(|fault| Error::File(shown.to_owned(), fault))?;
    let head = beginning(&mut file).map_err(fault)?;
    file.rewind().map_err(fault)?;
    if is_archive(&head) {
        return read_archive(wanted, shown, file, chat, output);
    }
    let known = wanted.program.or_else(|| Program::of_file(path, &head));
    let program = known.ok_or_else(|| unknown(shown))?;
    if program.reads_databases(&head) {
        let read = |visit: &mut Visit<'_>| program.read_database(path, visit);
        return read_all(
            wanted,
            program,
            shown,
            Box::new(read),
            &|| (0, 0),
            chat,
            output,
        );
    }
    let name = path.file_name().map(|name| name.to_string_lossy());
    let name = name.unwrap_or_default();
    read_text(wanted, program, shown, &name, (file, length), chat, output)
}

/// Reads what an archive has of conversations, one entry after the other.
fn read_archive(
    wanted: &WantedImport,
    shown: &str,
    file: File,
    chat: &mut Chat,
    output: &mut Output,
) -> Result<()> {
    let fault = |error| Error::File(shown.to_owned(), of_system(error));
    let archive = Archive::new(file).map_err(fault)?;
    let names = archive.names();
    if names.is_empty() {
        return Err(fault(std::io::Error::other(NO_CONVERSATIONS)));
    }
    let mut failed = None;
    for (place, name) in names.iter().enumerate() {
        let shown = format!("{shown}/{name}");
        match read_entry(wanted, &shown, (place, name), &archive, chat, output) {
            Ok(()) => {}
            Err(error) if is_about_file(&error) => tell_earlier(&mut failed, error, output),
            Err(error) => return Err(error),
        }
    }
    failed.map_or(Ok(()), Err)
}

fn read_entry(
    wanted: &WantedImport,
    shown: &str,
    (place, name): (usize, &str),
    archive: &Archive,
    chat: &mut Chat,
    output: &mut Output,
) -> Result<()> {
    let fault = |error| Error::File(shown.to_owned(), of_system(error));
    let head = {
        let (mut entry, _) = archive.entry(place).map_err(fault)?;
        beginning(&mut entry).map_err(fault)?
    };
    let known = wanted
        .program
        .or_else(|| Program::of_file(Path::new(name), &head));
    let program = known.ok_or_else(|| unknown(shown))?;
    // What is kept is kept for good: it is right to its last byte, or nothing of it is.
    if !archive
        .check(place, &|| !chat.is_stopped())
        .map_err(fault)?
    {
        return Err(Error::Interrupted);
    }
    let (entry, length) = archive.entry(place).map_err(fault)?;
    read_text(wanted, program, shown, name, (entry, length), chat, output)
}

/// Reads a text of so many bytes, which is called `name`.
fn read_text(
    wanted: &WantedImport,
    program: Program,
    shown: &str,
    name: &str,
    (source, length): (impl Read + Send, u64),
    chat: &mut Chat,
    output: &mut Output,
) -> Result<()> {
    let read = AtomicU64::new(0);
    let counted = Counted {
        source,
        read: &read,
    };
    let mut source = BufReader::with_capacity(BUFFER_BYTES, counted);
    let read_so_far = || (read.load(Ordering::Relaxed) / 1024, length / 1024);
    if program == Program::Saylog {
        let source = JoinSource {
            file: shown,
            form: program.word(),
            read: Box::new(move |take| take(&mut Lines::new(&mut source))),
            read_so_far: &read_so_far,
            is_dry: wanted.is_dry,
        };
        return join(chat, source, output);
    }
    let read = move |visit: &mut Visit<'_>| program.read(&mut source, name, visit);
    read_all(
        wanted,
        program,
        shown,
        Box::new(read),
        &read_so_far,
        chat,
        output,
    )
}

/// How a source begins.
fn beginning(source: &mut dyn Read) -> std::io::Result<Vec<u8>> {
    let mut head = Vec::new();
    source.take(HEAD_BYTES).read_to_end(&mut head)?;
    Ok(head)
}

fn read_all(
    wanted: &WantedImport,
    program: Program,
    shown: &str,
    read: ReadSource<'_>,
    read_so_far: &dyn Fn() -> (u64, u64),
    chat: &mut Chat,
    output: &mut Output,
) -> Result<()> {
    let source = ImportSource {
        file: shown,
        form: program.word(),
        read,
        read_so_far,
        is_dry: wanted.is_dry,
    };
    import(chat, source, output)
}

/// A source that counts what is read of it.
struct Counted<'a, S> {
    source: S,
    read: &'a AtomicU64,
}

impl<S: Read> Read for Counted<'_, S> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.source.read(buffer)?;
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

fn unknown(shown: &str) -> Error {
    let words = Program::ALL.map(Program::word).join(", ");
    Error::BadArgument {
        command: "/import".into(),
        why: format!("cannot tell what has written `{shown}`"),
        hint: format!("`/import --format F {shown}`: one of {words}"),
    }
}

fn of_system(error: std::io::Error) -> FileFault {
    match error.kind() {
        std::io::ErrorKind::NotFound => FileFault::Missing,
        std::io::ErrorKind::PermissionDenied => FileFault::Forbidden,
        _ => FileFault::Unreadable(error),
    }
}
