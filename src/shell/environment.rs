//! Environment variables.

use std::env;
use std::path::PathBuf;

/// Variables of saylog's own that hold paths or words of a shell, which need not be UTF-8.
const OF_SYSTEM: [&str; 2] = ["SAYLOG_STORE", "SAYLOG_PAGER"];

/// The value of a variable that is set and not empty, if it is UTF-8: half of it would be
/// something else than was meant, and the same as half of another one.
pub(super) fn variable(name: &str) -> Option<String> {
    let value = env::var_os(name)?.into_string().ok()?;
    Some(value).filter(|value| !value.is_empty())
}

/// A variable of saylog's own that is not UTF-8, if there is one.
pub(super) fn unreadable_variable() -> Option<String> {
    let mut own = env::vars_os().filter_map(|(name, value)| {
        let name = name.into_string().ok()?;
        let is_own = name.starts_with("SAYLOG_") && !OF_SYSTEM.contains(&name.as_str());
        (is_own && value.to_str().is_none()).then_some(name)
    });
    own.next()
}

/// The path in a variable, if it is absolute. The XDG Base Directory
/// Specification 0.8 ignores relative ones.
pub(super) fn absolute_path(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env::var_os(name)?);
    path.is_absolute().then_some(path)
}
