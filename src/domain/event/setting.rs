//! Settings: what they are, and where they come from.

/// A setting as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Setting {
    /// Its name, as `/set` takes it.
    pub key: String,
    /// Its value as `/set` takes it, if it has one. What is secret is not in it.
    pub value: Option<String>,
    pub source: SettingSource,
    /// The flag, the variable or the file that it comes from.
    pub origin: Option<String>,
    /// The model that it is of, if it is of one.
    pub model: Option<String>,
    /// Whether it may be changed while the program runs.
    pub is_free: bool,
}

/// Where the value of a setting comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SettingSource {
    /// Nobody has said anything.
    Default,
    /// The endpoint, by what it has refused.
    Learned,
    Configuration,
    Environment,
    Flag,
    /// `/set` in this run.
    Set,
}

/// What became of a setting that somebody wanted to be different.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SettingChange {
    /// As it is now.
    pub setting: Setting,
    /// Whether it was something else before.
    pub is_changed: bool,
    /// Nothing comes of it here: it counts where a person looks on.
    pub is_silent: bool,
    /// The file that keeps it, if that was wanted.
    pub saved: Option<SavedSetting>,
}

/// A setting that a file keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SavedSetting {
    pub file: String,
    /// It was there already.
    pub was_there: bool,
}

impl SettingSource {
    /// The word that people and scripts read.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Learned => "learned",
            Self::Configuration => "configuration",
            Self::Environment => "environment",
            Self::Flag => "flag",
            Self::Set => "/set",
        }
    }
}
