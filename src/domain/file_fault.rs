//! Why a file cannot be said.

use std::{fmt, io};

use super::{MESSAGE_LIMIT, TextError, io_reason};

/// What is wrong with a file that was to become a message. `Display` goes on
/// where the file's name stops.
#[derive(Debug)]
pub(crate) enum FileFault {
    /// There is no such file.
    Missing,
    /// The path begins with `~/` and nobody knows where that is.
    Homeless,
    /// Whoever runs the program may not read it.
    Forbidden,
    Folder,
    NamedPipe,
    Socket,
    Device,
    Empty,
    /// It holds what was said, of this run or another one, or belongs to such a file.
    Store,
    /// The program's own configuration.
    Configuration,
    /// The position of the first wrong byte, from 1.
    InvalidUtf8(usize),
    /// The position of the first NUL byte, from 1.
    NulByte(usize),
    /// The message would be longer than [`MESSAGE_LIMIT`].
    TooLong,
    /// From this place on it cannot be read: why; and what became of what stands before it.
    Broken(String, String, Rest),
    /// So many of its records cannot be read; and what became of the others.
    Incomplete(u64, Rest),
    /// Anything else that the system says.
    Unreadable(io::Error),
}

/// What became of what could be read of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rest {
    /// Nothing could be read.
    Nothing,
    InTheLog,
    /// It was only looked at.
    NotWritten,
}

impl From<TextError> for FileFault {
    fn from(error: TextError) -> Self {
        match error {
            TextError::InvalidUtf8(at) => Self::InvalidUtf8(at),
            TextError::NulByte(at) => Self::NulByte(at),
            TextError::TooLong => Self::TooLong,
        }
    }
}

impl FileFault {
    /// A stable word for scripts.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Missing | Self::Homeless => "file_missing",
            Self::Forbidden => "file_forbidden",
            Self::Folder => "file_folder",
            Self::NamedPipe => "file_pipe",
            Self::Socket => "file_socket",
            Self::Device => "file_device",
            Self::Empty => "file_empty",
            Self::Store => "file_store",
            Self::Configuration => "file_configuration",
            Self::InvalidUtf8(_) => "invalid_utf8",
            Self::NulByte(_) => "nul_byte",
            Self::TooLong => "too_long",
            Self::Broken(..) | Self::Incomplete(..) => "file_broken",
            Self::Unreadable(_) => "file_unreadable",
        }
    }

    /// The next thing to try, where it is known.
    pub(super) fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Missing => {
                "a path begins in the folder where saylog was started; quotes go around one with blanks"
                    .into()
            }
            Self::Homeless => "name the whole path".into(),
            Self::Forbidden => "`ls -l` shows who may".into(),
            Self::Folder => "name a file in it".into(),
            Self::NamedPipe | Self::Socket | Self::Device => {
                "only a regular file can be read; put what comes out of it into one".into()
            }
            Self::Empty => "there is nothing in it to say".into(),
            Self::Store => "`/quote` says earlier messages again".into(),
            Self::Configuration => "copy what may be said of it into another file".into(),
            Self::InvalidUtf8(_) => "convert it to UTF-8".into(),
            Self::NulByte(_) => "only text can be said".into(),
            Self::TooLong => {
                let mebibytes = MESSAGE_LIMIT / 1024 / 1024;
                format!("a message has at most {mebibytes} MiB")
            }
            Self::Broken(_, _, rest) | Self::Incomplete(_, rest) => match rest {
                Rest::Nothing => return None,
                Rest::InTheLog => {
                    "what could be read is in the log; the same import goes on from there".into()
                }
                Rest::NotWritten => "nothing was written".into(),
            },
            Self::Unreadable(_) => return None,
        })
    }
}

impl fmt::Display for FileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("does not exist"),
            Self::Homeless => f.write_str("is nowhere, because HOME names no folder"),
            Self::Forbidden => f.write_str("may not be read by you"),
            Self::Folder => f.write_str("is a folder"),
            Self::NamedPipe => f.write_str("is a named pipe"),
            Self::Socket => f.write_str("is a socket"),
            Self::Device => f.write_str("is a device"),
            Self::Empty => f.write_str("is empty"),
            Self::Store => f.write_str("belongs to a store of saylog and was not sent"),
            Self::Configuration => f.write_str("is the configuration of saylog and was not sent"),
            Self::InvalidUtf8(at) => write!(f, "is not UTF-8 (byte {at}) and was not sent"),
            Self::NulByte(at) => write!(f, "has a NUL byte (byte {at}) and was not sent"),
            Self::TooLong => f.write_str("is too long and was not sent"),
            Self::Broken(place, why, _) => write!(f, "cannot be read from {place} on: {why}"),
            Self::Incomplete(1, _) => f.write_str("has a record that cannot be read"),
            Self::Incomplete(count, _) => write!(f, "has {count} records that cannot be read"),
            Self::Unreadable(error) => write!(f, "cannot be read: {}", io_reason(error)),
        }
    }
}
