//! Sentences for what SQLite reports.

use rusqlite::{Error, ErrorCode, ffi};

use crate::domain::Fault;

/// A fault without a hint.
pub fn fault(what: impl Into<String>) -> Fault {
    Fault {
        what: what.into(),
        hint: None,
    }
}

/// A fault and what to do about it.
pub fn hinted(what: impl Into<String>, hint: impl Into<String>) -> Fault {
    Fault {
        what: what.into(),
        hint: Some(hint.into()),
    }
}

/// What happened, in a few words of our own.
pub fn reason(error: &Error) -> String {
    let (failure, text) = match error {
        Error::SqliteFailure(failure, text) => (failure, text),
        Error::QueryReturnedNoRows => return "something that it points to is missing".into(),
        other => return other.to_string(),
    };
    match failure.code {
        ErrorCode::DiskFull => "the disk is full".into(),
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
            "another process kept the store to itself".into()
        }
        ErrorCode::ReadOnly => "the file or its folder cannot be written".into(),
        ErrorCode::DatabaseCorrupt => "the file is damaged".into(),
        ErrorCode::NotADatabase => "the file is not a database".into(),
        ErrorCode::CannotOpen => {
            "the file or its companions `-wal` and `-shm` cannot be opened".into()
        }
        ErrorCode::PermissionDenied => "permission denied".into(),
        ErrorCode::OutOfMemory => "there is not enough memory".into(),
        ErrorCode::SystemIoFailure => match failure.extended_code {
            ffi::SQLITE_IOERR_FSYNC | ffi::SQLITE_IOERR_DIR_FSYNC => {
                "the disk did not confirm the write".into()
            }
            ffi::SQLITE_IOERR_WRITE | ffi::SQLITE_IOERR_SHMSIZE | ffi::SQLITE_IOERR_TRUNCATE => {
                "the disk could not be written".into()
            }
            ffi::SQLITE_IOERR_READ | ffi::SQLITE_IOERR_SHORT_READ => {
                "the disk could not be read".into()
            }
            code => format!("the disk failed (SQLite code {code})"),
        },
        _ => text.clone().unwrap_or_else(|| failure.to_string()),
    }
}

/// A failed look at the log.
pub fn reading(error: &Error) -> Fault {
    fault(format!("the store cannot be read: {}", reason(error)))
}
