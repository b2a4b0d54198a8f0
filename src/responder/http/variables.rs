//! The variables of the environment that say how endpoints are reached.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

/// The variables that name proxies and certificates. Only the shell looks at the
/// environment itself.
#[derive(Debug, Default)]
pub(crate) struct Variables(BTreeMap<String, OsString>);

impl Variables {
    /// Those among all variables.
    pub(super) fn of(environment: &[(OsString, OsString)]) -> Self {
        let known = environment.iter().filter_map(|(name, value)| {
            let name = name.to_str()?;
            let lower = name.to_ascii_lowercase();
            let counts = lower.ends_with("_proxy") || name.starts_with("SSL_CERT_");
            (counts && !value.is_empty()).then(|| (name.to_owned(), value.clone()))
        });
        Self(known.collect())
    }

    /// The value of a variable that is set to something.
    pub(super) fn get(&self, name: &str) -> Option<&OsStr> {
        self.0.get(name).map(OsString::as_os_str)
    }

    /// The same as text, without blanks around it.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let text = self.get(name)?.to_str()?.trim();
        (!text.is_empty()).then_some(text)
    }
}
