//! The configuration file: `saylog/config.toml` in the XDG configuration directory.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::cli::Keys;
use crate::domain::io_reason;
use crate::render::Reasoning;

/// The keys of a configuration file. Each has a flag or an environment variable
/// that overrides it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Settings {
    pub(super) user: Option<String>,
    pub(super) store: Option<PathBuf>,
    pub(super) model: Option<String>,
    /// The keys of the line editor.
    pub(super) keys: Option<Keys>,
    /// Whether replies are rendered as Markdown on a terminal.
    pub(super) markdown: Option<bool>,
    /// How much is shown on a terminal of what a model thinks.
    pub(super) reasoning: Option<Reasoning>,
    /// Whether tokens and seconds are shown after a reply.
    pub(super) verbose: Option<bool>,
    /// Whether the prompt shows how much of its window the context takes.
    pub(super) share: Option<bool>,
    /// Models by the names that `/model` takes.
    pub(super) models: BTreeMap<String, NamedModel>,
    /// Personas by the names that `/start --as` takes.
    pub(super) personas: BTreeMap<String, NamedPersona>,
    /// Settings of single users, by name.
    pub(super) users: BTreeMap<String, KnownUser>,
}

/// A system prompt and a model under one name.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct NamedPersona {
    pub(super) system: Option<String>,
    pub(super) model: Option<String>,
}

/// The settings of one user.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct KnownUser {
    /// The persona that their sessions are started as.
    pub(super) persona: Option<String>,
}

/// A model under a name of the person's choice.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct NamedModel {
    /// The endpoint, up to and with its version: `http://localhost:11434/v1`.
    pub(super) base_url: Option<String>,
    /// What the endpoint calls the model, if not by its own name here.
    pub(super) model: Option<String>,
    /// The environment variable that holds the key. Never the key.
    pub(super) key_variable: Option<String>,
    /// The proxy to it, or `none`; if not set, `HTTPS_PROXY` and the like count.
    pub(super) proxy: Option<String>,
    /// Its window, in tokens.
    pub(super) window: Option<usize>,
    /// The system prompt.
    pub(super) system: Option<String>,
    /// Further parameters, sent as they are: `temperature`, `top_p`, …
    pub(super) parameters: toml::Table,
}

impl Settings {
    /// Reads the file; a file that does not exist sets nothing.
    ///
    /// # Errors
    /// One sentence with file, line and, for an unknown key, the nearest one.
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => {
                return Err(format!("{}: {}", path.display(), io_reason(&error)));
            }
        };
        toml::from_str(&text).map_err(|error| {
            let line = error.span().map_or(1, |span| {
                1 + text
                    .bytes()
                    .take(span.start)
                    .filter(|&byte| byte == b'\n')
                    .count()
            });
            let what = error.message();
            let hint = nearest_key(what)
                .map_or_else(String::new, |key| format!("; did you mean `{key}`?"));
            let what = what.lines().next().unwrap_or_default();
            let what = what.split(", expected").next().unwrap_or_default();
            format!("{}:{line}: {what}{hint}", path.display())
        })
    }
}

/// The nearest of the keys that an "unknown field" error expected.
fn nearest_key(message: &str) -> Option<&str> {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let typed = quoted
        .next()
        .filter(|_| message.starts_with("unknown field"))?;
    quoted
        .map(|key| (strsim::damerau_levenshtein(typed, key), key))
        .filter(|&(distance, _)| distance <= 3)
        .min()
        .map(|(_, key)| key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Settings, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        fs::write(&path, text).unwrap();
        let shown = format!("{}/", folder.path().display());
        Settings::read(&path).map_err(|error| error.replace(&shown, ""))
    }

    #[test]
    fn a_file_says_what_it_says() {
        let settings = read(
            "model = \"fast\"\n\n[models.fast]\nbase_url = \"http://localhost:1/v1\"\nwindow = 100\n\
             [models.fast.parameters]\ntemperature = 0.5\n",
        )
        .unwrap();
        assert_eq!(settings.model.as_deref(), Some("fast"));
        assert_eq!(settings.models["fast"].window, Some(100));
        assert_eq!(
            settings.models["fast"].parameters["temperature"].as_float(),
            Some(0.5)
        );
    }

    #[test]
    fn a_mistake_is_told_with_its_line_and_the_nearest_key() {
        assert_eq!(
            read("user = \"a\"\nmodle = \"x\"\n").unwrap_err(),
            "config.toml:2: unknown field `modle`; did you mean `model`?"
        );
        assert!(
            read("user = 3\n")
                .unwrap_err()
                .starts_with("config.toml:1: invalid type")
        );
        assert!(
            read("user = \n")
                .unwrap_err()
                .starts_with("config.toml:1: ")
        );
    }

    #[test]
    fn no_file_says_nothing() {
        assert!(
            Settings::read(Path::new("/nowhere/config.toml"))
                .unwrap()
                .models
                .is_empty()
        );
    }
}
