//! From a path to a connection that only reads, and needs nothing that would
//! have to be written.

use std::ffi::OsString;
use std::fs::File;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use rustix::process::{Flock, FlockOffsetType, FlockType, fcntl_getlk};

use super::super::Result;
use super::companions;
use super::file::{self, Found};
use super::obstacle::Obstacle;
use super::problem::{damaged_file, problem};
use super::schema::VERSION;
use super::settings::{configure, tables, version};
use super::stamp::Stamp;
use crate::domain::{Problem, ProblemKind};

/// A connection that only reads.
pub(super) struct Reading {
    pub(super) connection: Connection,
    /// The files as they were when it was made, if nothing keeps others from
    /// changing them while it reads.
    pub(super) stamp: Option<Stamp>,
}

/// How SQLite is made to read.
#[derive(Clone, Copy)]
enum Way {
    /// With its usual locks.
    Locking,
    /// The same, beside writers with a write-ahead log, whose shared memory is there.
    Beside,
    /// What the file holds is all there is, and no locks are taken.
    FileAlone,
    /// What waits in the write-ahead log is found in memory of this process's own,
    /// and no locks are taken: the exclusive one that goes with this cannot be
    /// had by who may not write, and would keep other readers out.
    WithLog,
}

/// Connects for reading to the store at `path`, which cannot be written.
///
/// # Errors
/// A sentence about what cannot be read, or not as it is now: never is an old
/// state shown in silence.
pub(super) fn open(path: &Path, obstacle: &Obstacle) -> Result<Reading> {
    let Found::Store(header) = file::look(path)? else {
        let gone = std::io::ErrorKind::NotFound.into();
        return Err(file::cannot_open(path, &gone));
    };
    let old = |version| version < VERSION;
    if old(header.version) {
        return Err(earlier(path, obstacle));
    }
    // Before anything is read, so that no change goes unnoticed.
    let stamp = Stamp::of(path);
    let reading = if header.is_write_ahead {
        beside_or_alone(path, stamp)?
    } else {
        Reading {
            connection: connect(path, Way::Locking).map_err(|error| failed(path, &error))?,
            stamp: None,
        }
    };
    let looked = tables(&reading.connection)
        .and_then(|tables| Ok((tables.1, version(&reading.connection)?)));
    let (tables, version) = looked.map_err(|error| failed(path, &error))?;
    file::check_version(path, version)?;
    if old(version) {
        return Err(earlier(path, obstacle));
    }
    if tables != 4 {
        return Err(damaged_file(path));
    }
    Ok(reading)
}

/// Connects to a store whose writers keep a write-ahead log beside it.
fn beside_or_alone(path: &Path, stamp: Stamp) -> Result<Reading> {
    let beside = |end| companions::beside(path, end).symlink_metadata();
    if beside("-shm").is_ok()
        && let Ok(connection) = connect(path, Way::Beside)
    {
        return Ok(Reading {
            connection,
            stamp: None,
        });
    }
    if is_in_use(path) {
        let what = format!(
            "the store `{}` cannot be read: another process is using it, and what that shares in `-shm` cannot be read",
            path.display()
        );
        let busy = Problem::new(ProblemKind::Busy, what);
        return Err(busy.with_hint("try again when it has ended"));
    }
    let may_wait = |end| match beside(end) {
        Ok(metadata) => metadata.len() > 0,
        Err(error) => error.kind() != std::io::ErrorKind::NotFound,
    };
    let way = if may_wait("-wal") || may_wait("-journal") {
        Way::WithLog
    } else {
        Way::FileAlone
    };
    let connection = connect(path, way).map_err(|error| failed(path, &error))?;
    Ok(Reading {
        connection,
        stamp: Some(stamp),
    })
}

/// Whether another process is connected to the store: it holds one of SQLite's locks.
fn is_in_use(path: &Path) -> bool {
    // This process holds none itself, so that to close the file loses nothing.
    let Ok(file) = File::open(path) else {
        return false;
    };
    let any = Flock {
        start: 0x4000_0000,
        length: 512,
        pid: None,
        typ: FlockType::WriteLock,
        offset_type: FlockOffsetType::Set,
    };
    fcntl_getlk(file, &any).is_ok_and(|lock| lock.is_some())
}

fn connect(path: &Path, way: Way) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let uri = |options| uri(path, options);
    let connection = match way {
        Way::Locking => Connection::open_with_flags(uri(""), flags)?,
        Way::Beside => Connection::open_with_flags(uri("?readonly_shm=1"), flags)?,
        Way::FileAlone => Connection::open_with_flags(uri("?immutable=1"), flags)?,
        Way::WithLog => {
            let connection = Connection::open_with_flags_and_vfs(uri(""), flags, c"unix-none")?;
            connection.execute_batch("PRAGMA locking_mode = EXCLUSIVE")?;
            connection
        }
    };
    // Closing must not move what waits in the log into the file either.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    configure(&connection)?;
    connection.execute_batch("PRAGMA query_only = ON")?;
    // The first look shows whether it works.
    tables(&connection)?;
    Ok(connection)
}

/// An absolute path as a URI, with what SQLite is to do about it.
fn uri(path: &Path, options: &str) -> PathBuf {
    let mut uri = b"file:".to_vec();
    for byte in path.as_os_str().as_bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' => uri.push(*byte),
            byte if byte.is_ascii_alphanumeric() => uri.push(*byte),
            byte => uri.extend(format!("%{byte:02x}").bytes()),
        }
    }
    uri.extend(options.bytes());
    OsString::from_vec(uri).into()
}

fn failed(path: &Path, error: &rusqlite::Error) -> Problem {
    let problem = problem(error);
    match problem.kind {
        ProblemKind::Damaged => damaged_file(path),
        _ => problem.preventing(&format!("the store `{}` cannot be read", path.display())),
    }
}

/// To be read it would have to be changed first.
fn earlier(path: &Path, obstacle: &Obstacle) -> Problem {
    let what = format!(
        "the store `{}` is of an earlier saylog and cannot be brought up to date: {}",
        path.display(),
        obstacle.reason
    );
    Problem::new(ProblemKind::ReadOnly, what)
        .with_hint("it was left as it is; a copy of it can be read")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_path_is_a_uri() {
        let uri = uri(Path::new("/a b/%41?x=1#ü.db"), "?immutable=1");
        let expected = "file:/a%20b/%2541%3fx%3d1%23%c3%bc.db?immutable=1";
        assert_eq!(uri, Path::new(expected));
    }
}
