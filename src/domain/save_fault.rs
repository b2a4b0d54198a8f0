//! Why a file cannot be made.

use std::{fmt, io};

use super::{ProblemKind, io_reason};

/// What is wrong with a file that was to be made. `Display` goes on where the
/// file's name stops.
#[derive(Debug)]
pub(crate) enum SaveFault {
    /// Something of that name is there.
    Exists,
    /// The same, where it could be written over if that was asked for.
    ExistsUnforced,
    /// It is a folder.
    Folder,
    /// It is a device, a pipe or a socket.
    NoFile,
    /// The folder is not there.
    NoFolder,
    /// The path begins with `~/` and nobody knows where that is.
    Homeless,
    /// Whoever runs the program may make no file there.
    Forbidden,
    /// It would belong to the open store.
    Store,
    /// It is another store.
    OtherStore,
    /// It would be the program's own configuration.
    Configuration,
    /// Anything else that the system says. What was made of the file is gone again.
    Failed(io::Error),
}

impl SaveFault {
    /// A stable word for scripts.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Exists | Self::ExistsUnforced => "file_exists",
            Self::Folder => "file_folder",
            Self::NoFile => "file_device",
            Self::NoFolder | Self::Homeless => "file_missing",
            Self::Forbidden => "file_forbidden",
            Self::Store | Self::OtherStore => "file_store",
            Self::Configuration => "file_configuration",
            Self::Failed(_) => "file_unwritable",
        }
    }

    /// What has to change before the same can succeed.
    pub(super) fn kind(&self) -> &'static str {
        let kind = match self {
            Self::Failed(error) => match error.kind() {
                io::ErrorKind::StorageFull
                | io::ErrorKind::QuotaExceeded
                | io::ErrorKind::FileTooLarge => ProblemKind::Full,
                io::ErrorKind::ReadOnlyFilesystem => ProblemKind::ReadOnly,
                _ => ProblemKind::Other,
            },
            _ => ProblemKind::Refused,
        };
        kind.word()
    }

    /// The next thing to try.
    pub(super) fn hint(&self) -> String {
        match self {
            Self::Exists => "give it another name, or remove that file first",
            Self::ExistsUnforced => "give it another name, or --force writes over it",
            Self::Folder => "name a file in it",
            Self::NoFile => "name a file; `-` is standard output",
            Self::NoFolder => {
                "a path begins in the folder where saylog was started; no folder is made"
            }
            Self::Homeless => "name the whole path",
            Self::Forbidden => "`ls -ld` shows who may write into the folder",
            Self::Store | Self::OtherStore | Self::Configuration => "name a file of your own",
            Self::Failed(_) => "name another file",
        }
        .into()
    }
}

impl From<io::Error> for SaveFault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::AlreadyExists => Self::Exists,
            io::ErrorKind::IsADirectory => Self::Folder,
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::NoFolder,
            io::ErrorKind::PermissionDenied => Self::Forbidden,
            _ => Self::Failed(error),
        }
    }
}

impl fmt::Display for SaveFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exists | Self::ExistsUnforced => {
                f.write_str("is there already, and nothing was written")
            }
            Self::Folder => f.write_str("is a folder"),
            Self::NoFile => f.write_str("is no regular file, and nothing was written"),
            Self::NoFolder => f.write_str("has no folder to stand in"),
            Self::Homeless => f.write_str("is nowhere, because HOME names no folder"),
            Self::Forbidden => f.write_str("may not be made by you"),
            Self::Store => f.write_str("belongs to the store of saylog and was not written"),
            Self::OtherStore => f.write_str("is a store of saylog and was not written"),
            Self::Configuration => {
                f.write_str("is the configuration of saylog and was not written")
            }
            Self::Failed(error) => write!(
                f,
                "was not written: {}, and nothing of it is left",
                io_reason(error)
            ),
        }
    }
}
