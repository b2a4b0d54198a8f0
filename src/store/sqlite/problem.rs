//! Sentences for what SQLite reports.

use rusqlite::{Error, ErrorCode, ffi};

use super::super::file_limit;
use crate::domain::{Problem, ProblemKind};

/// What happened, in a few words of our own.
pub(super) fn problem(error: &Error) -> Problem {
    Problem::new(kind(error), reason(error))
}

/// A row that no saylog has written; `what` says what is wrong with it.
pub(super) fn bad_row(what: impl Into<String>) -> Error {
    // The library's own way to carry a sentence of ours.
    Error::ToSqlConversionFailure(what.into().into())
}

fn kind(error: &Error) -> ProblemKind {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => ProblemKind::Busy,
        Some(ErrorCode::DiskFull) => ProblemKind::Full,
        Some(ErrorCode::SystemIoFailure) if is_file_limit(error) => ProblemKind::Full,
        Some(ErrorCode::ReadOnly) => ProblemKind::ReadOnly,
        // SQLite says nothing itself where a row is not what it should be.
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) | None => ProblemKind::Damaged,
        Some(_) => ProblemKind::Other,
    }
}

/// Whether a write went beyond what the system lets files grow to.
fn is_file_limit(error: &Error) -> bool {
    matches!(error, Error::SqliteFailure(failure, _) if is_write(failure.extended_code))
        && file_limit::is_reached()
}

fn is_write(code: i32) -> bool {
    matches!(
        code,
        ffi::SQLITE_IOERR_WRITE | ffi::SQLITE_IOERR_SHMSIZE | ffi::SQLITE_IOERR_TRUNCATE
    )
}

fn reason(error: &Error) -> String {
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
        ErrorCode::SystemIoFailure if is_file_limit(error) => {
            "the file may not grow any more (a limit on its size)".into()
        }
        ErrorCode::SystemIoFailure => match failure.extended_code {
            ffi::SQLITE_IOERR_FSYNC | ffi::SQLITE_IOERR_DIR_FSYNC => {
                "the disk did not confirm the write".into()
            }
            code if is_write(code) => "the disk could not be written".into(),
            ffi::SQLITE_IOERR_READ | ffi::SQLITE_IOERR_SHORT_READ => {
                "the disk could not be read".into()
            }
            code => format!("the disk failed (SQLite code {code})"),
        },
        _ => text.clone().unwrap_or_else(|| failure.to_string()),
    }
}
