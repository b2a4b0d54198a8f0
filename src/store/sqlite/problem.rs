//! Sentences for what SQLite reports: none of its own words reach a person.

use std::fmt;
use std::path::Path;

use rusqlite::{Error, ErrorCode, ffi};

use super::super::damage::{RECOVER, Why};
use super::super::file_limit;
use crate::domain::{MessageId, Problem, ProblemKind};

/// What happened, in a few words of our own.
pub(in crate::store) fn problem(error: &Error) -> Problem {
    let problem = Problem::new(kind(error), reason(error));
    if is_damage(error) {
        problem.with_hint(RECOVER)
    } else {
        problem
    }
}

/// The file is damaged where opening it can see that.
pub(super) fn damaged_file(path: &Path) -> Problem {
    let what = format!(
        "the store `{}` is damaged; it was left as it is",
        path.display()
    );
    Problem::new(ProblemKind::Damaged, what).with_hint(RECOVER)
}

/// What is wrong with a row.
#[derive(Debug)]
struct BadRow {
    what: String,
    /// The page that it lies on is damaged. Else another program has written it.
    is_damaged: bool,
}

impl fmt::Display for BadRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for BadRow {}

/// A row that no saylog has written; `what` says what is wrong with it.
pub(super) fn bad_row(what: impl Into<String>) -> Error {
    carrying(what.into(), false)
}

/// The same failure, which names the message that could not be read.
pub(super) fn of_message(id: MessageId, error: Error) -> Error {
    if is_damage(&error) {
        carrying(format!("message #{id} is on a damaged page"), true)
    } else if is_bad_row(&error) {
        let what = reason(&error);
        carrying(
            format!("message #{id} is not as it was written: {what}"),
            false,
        )
    } else {
        error
    }
}

/// The library's own way to carry a sentence of ours.
fn carrying(what: String, is_damaged: bool) -> Error {
    Error::ToSqlConversionFailure(Box::new(BadRow { what, is_damaged }))
}

/// Whether the file is damaged where it was read.
pub(in crate::store) fn is_damage(error: &Error) -> bool {
    match error {
        Error::ToSqlConversionFailure(carried) => carried
            .downcast_ref::<BadRow>()
            .is_some_and(|row| row.is_damaged),
        error => error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt),
    }
}

/// Whether the row that was read is at fault, and none of those around it.
pub(super) fn is_bad_row(error: &Error) -> bool {
    error.sqlite_error_code().is_none() && !is_damage(error)
}

/// Why a row cannot be read, if the error is about nothing but that.
pub(super) fn why(error: &Error) -> Option<Why> {
    if is_damage(error) {
        Some(Why::Damaged)
    } else {
        is_bad_row(error).then_some(Why::Spoiled)
    }
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
    let reason = match error {
        _ if is_file_limit(error) => "the file may not grow any more (a limit on its size)",
        Error::SqliteFailure(failure, _) => failure_reason(*failure),
        Error::SqlInputError { error, .. } => failure_reason(*error),
        Error::ToSqlConversionFailure(carried) => match carried.downcast_ref::<BadRow>() {
            Some(row) => return row.what.clone(),
            None => "a value cannot be stored",
        },
        Error::QueryReturnedNoRows => "something that it points to is missing",
        Error::Utf8Error(..) => "a text is not UTF-8",
        Error::FromSqlConversionFailure(..)
        | Error::IntegralValueOutOfRange(..)
        | Error::InvalidColumnType(..) => "a value is not of the kind that belongs there",
        _ => "the store answered in a way that was not foreseen",
    };
    reason.into()
}

fn failure_reason(failure: ffi::Error) -> &'static str {
    match failure.code {
        ErrorCode::DiskFull => "the disk is full",
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
            "another process kept the store to itself"
        }
        ErrorCode::ReadOnly => "the file or its folder cannot be written",
        ErrorCode::DatabaseCorrupt => "the file is damaged",
        ErrorCode::NotADatabase => "the file is not a database",
        ErrorCode::CannotOpen => "the file or its companions `-wal` and `-shm` cannot be opened",
        ErrorCode::PermissionDenied => "permission denied",
        ErrorCode::OutOfMemory => "there is not enough memory",
        ErrorCode::SystemIoFailure => disk_reason(failure.extended_code),
        ErrorCode::FileLockingProtocolFailed => "the file cannot be locked",
        ErrorCode::OperationAborted | ErrorCode::OperationInterrupted => "it was interrupted",
        ErrorCode::TooBig => "the text is longer than the store takes",
        ErrorCode::NoLargeFileSupport => "the file is longer than the system takes",
        ErrorCode::SchemaChanged => "another program has changed the tables meanwhile",
        ErrorCode::ConstraintViolation => "it contradicts what another program has written",
        ErrorCode::TypeMismatch => "a value is not of the kind that belongs there",
        // A statement that does not fit the tables.
        ErrorCode::Unknown => "the tables are not those of a saylog store",
        _ => "the store answered in a way that was not foreseen",
    }
}

fn disk_reason(code: i32) -> &'static str {
    match code {
        ffi::SQLITE_IOERR_FSYNC | ffi::SQLITE_IOERR_DIR_FSYNC => {
            "the disk did not confirm the write"
        }
        code if is_write(code) => "the disk could not be written",
        ffi::SQLITE_IOERR_READ | ffi::SQLITE_IOERR_SHORT_READ => "the disk could not be read",
        ffi::SQLITE_IOERR_NOMEM => "there is not enough memory",
        ffi::SQLITE_IOERR_CORRUPTFS => "the file system is damaged",
        ffi::SQLITE_IOERR_LOCK
        | ffi::SQLITE_IOERR_UNLOCK
        | ffi::SQLITE_IOERR_RDLOCK
        | ffi::SQLITE_IOERR_CHECKRESERVEDLOCK
        | ffi::SQLITE_IOERR_SHMLOCK => "the file cannot be locked",
        ffi::SQLITE_IOERR_SHMOPEN | ffi::SQLITE_IOERR_SHMMAP => {
            "the companion `-shm` of the file cannot be used"
        }
        _ => "the disk failed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::types::{FromSqlError, Type};

    /// What no sentence may have: words of SQLite's and of the library's.
    const FOREIGN: [&str; 12] = [
        "sqlite",
        "SQL",
        "rusqlite",
        "code",
        "column",
        "Column",
        "index",
        "row",
        "query",
        "Query",
        "statement",
        "SECRET",
    ];

    #[track_caller]
    fn is_ours(error: &Error) {
        let told = [
            problem(error),
            problem(&of_message(MessageId(7), sibling(error))),
        ];
        for problem in told {
            for word in FOREIGN {
                assert!(!problem.what.contains(word), "{error:?}: {}", problem.what);
            }
            let first = problem.what.chars().next();
            assert!(first.is_some_and(char::is_lowercase), "{}", problem.what);
            assert!(!problem.what.ends_with('.'), "{}", problem.what);
        }
    }

    /// An error of the same kind: errors cannot be copied.
    fn sibling(error: &Error) -> Error {
        match error {
            Error::SqliteFailure(failure, _) => Error::SqliteFailure(*failure, None),
            _ => Error::InvalidColumnType(3, "SECRET".into(), Type::Null),
        }
    }

    #[test]
    fn every_failure_of_the_database_has_a_sentence_of_our_own() {
        // Every primary result code is less than 102, every extended one has
        // the number of its kind above that.
        for code in (0..102).flat_map(|primary| (0..48).map(move |more| more << 8 | primary)) {
            let failure = ffi::Error::new(code);
            for text in [None, Some("SECRET: no such column: index".to_owned())] {
                is_ours(&Error::SqliteFailure(failure, text));
            }
        }
    }

    #[test]
    fn every_failure_of_the_library_has_a_sentence_of_our_own() {
        let utf8 = || String::from_utf8(vec![0xff]).unwrap_err().utf8_error();
        let secret = || "SECRET".to_owned();
        for error in [
            Error::SqliteSingleThreadedMode,
            Error::FromSqlConversionFailure(3, Type::Text, Box::new(FromSqlError::InvalidType)),
            Error::IntegralValueOutOfRange(3, 7),
            Error::Utf8Error(3, utf8()),
            Error::NulError(std::ffi::CString::new("a\0b").unwrap_err()),
            Error::InvalidParameterName(secret()),
            Error::InvalidPath("SECRET".into()),
            Error::ExecuteReturnedResults,
            Error::QueryReturnedNoRows,
            Error::QueryReturnedMoreThanOneRow,
            Error::InvalidColumnIndex(3),
            Error::InvalidColumnName(secret()),
            Error::InvalidColumnType(3, secret(), Type::Null),
            Error::StatementChangedRows(3),
            Error::ToSqlConversionFailure("SECRET".into()),
            Error::InvalidQuery,
            Error::MultipleStatement,
            Error::InvalidParameterCount(3, 4),
            Error::SqlInputError {
                error: ffi::Error::new(1),
                msg: secret(),
                sql: secret(),
                offset: 3,
            },
            bad_row("its role is 7"),
        ] {
            is_ours(&error);
        }
    }

    #[test]
    fn a_message_on_a_damaged_page_is_told_from_one_that_was_spoiled() {
        let corrupt = || Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_CORRUPT), None);
        let damaged = of_message(MessageId(7), corrupt());
        assert!(is_damage(&corrupt()) && is_damage(&damaged) && !is_bad_row(&damaged));
        assert_eq!(problem(&damaged).what, "message #7 is on a damaged page");
        assert_eq!(problem(&damaged).hint.as_deref(), Some(RECOVER));
        let spoiled = of_message(MessageId(7), bad_row("its role is 9"));
        assert!(is_bad_row(&spoiled) && !is_damage(&spoiled));
        let what = "message #7 is not as it was written: its role is 9";
        assert_eq!(problem(&spoiled).what, what);
    }
}
