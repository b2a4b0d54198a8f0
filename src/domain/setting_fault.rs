//! Why a setting cannot be kept in the configuration file.

use std::{fmt, io};

use super::{ProblemKind, io_reason};

/// What is wrong with saving a setting. Nothing was written.
#[derive(Debug)]
pub(crate) enum SettingFault {
    /// Nobody types at a prompt.
    NeedsTerminal,
    /// The run was told to leave the configuration alone.
    Ignored,
    /// Nothing says where it is.
    Nowhere,
    /// It does not describe this model.
    Undescribed { model: String, file: String },
    /// It cannot be read, or is wrong: one sentence.
    Unreadable(String),
    /// It was changed while it was written.
    Overtaken(String),
    /// What would stand in it would be wrong: its name, and why.
    Wrong(String, String),
    /// It cannot be written.
    Unwritable(String, io::Error),
}

impl SettingFault {
    /// A stable word for scripts.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::NeedsTerminal => "needs_terminal",
            _ => "configuration",
        }
    }

    /// What has to change before the same can succeed.
    pub(super) fn kind(&self) -> &'static str {
        let kind = match self {
            Self::Overtaken(_) => ProblemKind::Busy,
            Self::Unwritable(_, error) => match error.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ProblemKind::Full,
                io::ErrorKind::ReadOnlyFilesystem => ProblemKind::ReadOnly,
                _ => ProblemKind::Refused,
            },
            _ => ProblemKind::Refused,
        };
        kind.word()
    }

    /// The next thing to try.
    pub(super) fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NeedsTerminal => "without `--save` it holds for this run".into(),
            Self::Ignored => "start without it, or change it without `--save`".into(),
            Self::Nowhere => "set XDG_CONFIG_HOME or HOME at the start".into(),
            Self::Undescribed { model, .. } if model.starts_with("mock") => {
                "a mock has no table; without `--save` it holds for this run".into()
            }
            Self::Undescribed { .. } => {
                "`[models.NAME]` with a `base_url` or a `command` describes one; \
                 `saylog --config-template` shows how"
                    .into()
            }
            Self::Overtaken(_) => "say it again".into(),
            Self::Unwritable(..) => "`ls -l` shows who may write it".into(),
            Self::Unreadable(_) | Self::Wrong(..) => return None,
        })
    }
}

impl fmt::Display for SettingFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NeedsTerminal => f.write_str("`/set --save` needs a person at a prompt"),
            Self::Ignored => f.write_str("nothing is saved in a run with `--no-config`"),
            Self::Nowhere => f.write_str("there is no place for a configuration file"),
            Self::Undescribed { model, file } => {
                write!(
                    f,
                    "the model `{model}` is not described in {file}, and nothing was saved"
                )
            }
            Self::Unreadable(why) => write!(f, "nothing was saved: {why}"),
            Self::Overtaken(file) => {
                write!(f, "{file} was changed just now, and nothing was saved")
            }
            Self::Wrong(file, why) => write!(f, "nothing was saved in {file}: {why}"),
            Self::Unwritable(file, error) => {
                write!(f, "{file} cannot be written: {}", io_reason(error))
            }
        }
    }
}
