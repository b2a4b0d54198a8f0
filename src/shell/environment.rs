//! Environment variables.

use std::env;
use std::path::PathBuf;

/// The value of a variable that is set and not empty.
pub(super) fn variable(name: &str) -> Option<String> {
    let value = env::var_os(name).filter(|value| !value.is_empty())?;
    Some(value.to_string_lossy().into_owned())
}

/// The path in a variable, if it is absolute. The XDG Base Directory
/// Specification 0.8 ignores relative ones.
pub(super) fn absolute_path(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env::var_os(name)?);
    path.is_absolute().then_some(path)
}
