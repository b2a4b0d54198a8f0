//! A setting that is to be shown, changed or saved.

use super::named_file::Quoted;

/// What was typed after `/set`. Only the shell knows which settings there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WantedSetting {
    /// Its name; none for all of them.
    pub(crate) key: Option<String>,
    /// The value that it is to have, as it was typed.
    pub(crate) value: Option<String>,
    /// The configuration file is to keep it.
    pub(crate) is_saved: bool,
}

/// The text between quotes, if there is nothing else; else what was typed.
pub(crate) fn unquoted(typed: &str) -> String {
    match typed.strip_prefix('"').map(Quoted::parse) {
        Some(Quoted::Closed(text, "")) => text,
        _ => typed.to_owned(),
    }
}
