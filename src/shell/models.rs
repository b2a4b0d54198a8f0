//! The models that can answer, from the configuration file, the arguments and the environment.

use std::collections::BTreeMap;
use std::env;
use std::path::PathBuf;

use super::cli::Arguments;
use super::config_error::ConfigError;
use super::description::Description;
use super::environment::{absolute_path, unreadable_variable};
use super::file_endpoint::FileEndpoint;
use super::flags::Flags;
use super::settings::{FileError, Settings};
use crate::domain::{Problem, ProblemKind};
use crate::responder::{Answerer, Compact, DEFAULT_WINDOW, Defaults, Models, Named};

/// Reads the configuration file, unless the arguments say not to.
///
/// # Errors
/// For what is wrong with it as a whole, one sentence.
pub(super) fn settings(arguments: &Arguments) -> Result<Settings, ConfigError> {
    if arguments.no_config {
        return Ok(Settings::default());
    }
    let Some(path) = config_file() else {
        return Ok(Settings::default());
    };
    Settings::read(&path).map_err(ConfigError::Environment)
}

/// `saylog/config.toml` in `$XDG_CONFIG_HOME`, else in `~/.config`.
pub(super) fn config_file() -> Option<PathBuf> {
    absolute_path("XDG_CONFIG_HOME")
        .or_else(|| absolute_path("HOME").map(|home| home.join(".config")))
        .map(|folder| folder.join("saylog/config.toml"))
}

/// Makes the table of models. A model of the configuration that is wrong is in
/// it, too: it says so whenever it is asked for, and a warning says so now.
///
/// # Errors
/// An argument or a variable that makes no sense.
pub(super) fn models(
    arguments: &Arguments,
    settings: &Settings,
    warnings: &mut Vec<String>,
) -> Result<Models, ConfigError> {
    if let Some(name) = unreadable_variable() {
        return Err(ConfigError::Usage(format!("{name} is not UTF-8")));
    }
    let flags = Flags::read(arguments)?;
    let file_endpoint = FileEndpoint::read(settings);
    if let Err(file_error) = &file_endpoint {
        warnings.push(format!("the endpoint cannot be used: {file_error}"));
    }
    let mut named = BTreeMap::new();
    for (name, entry) in &settings.models.0 {
        let described = entry.as_ref().map_err(Clone::clone).and_then(|model| {
            let (flags, places) = (&flags, &settings.places);
            let description = Description {
                name,
                model,
                flags,
                places,
                file_endpoint: &file_endpoint,
            };
            description.named()
        });
        let described = described.unwrap_or_else(|file_error| {
            warnings.push(format!("the model `{name}` cannot be used: {file_error}"));
            broken(name, &file_error)
        });
        // Nobody can ask for it by a name that means something else.
        if !Models::is_reserved(name) {
            named.insert(name.clone(), described);
        }
    }
    let endpoint = match (flags.endpoint(), &file_endpoint) {
        (Some(endpoint), _) => Ok(Some(endpoint)),
        (None, Ok(Some(file_endpoint))) => Ok(Some(file_endpoint.endpoint(&flags))),
        (None, Ok(None)) => Ok(None),
        (None, Err(file_error)) => Err(Problem {
            kind: ProblemKind::Other,
            what: format!("the endpoint cannot be used: {}", file_error.what()),
            hint: file_error.hint().map(str::to_owned),
        }),
    };
    let defaults = Defaults {
        endpoint,
        window: flags.window.map_or(DEFAULT_WINDOW, |it| it.0),
        system: flags.system.clone(),
        compact: flags.compact.unwrap_or_default(),
    };
    let environment = env::vars_os().collect();
    Ok(Models::new(named, defaults, environment))
}

/// A model that says what is wrong with it.
fn broken(name: &str, file_error: &FileError) -> Named {
    Named {
        answerer: Answerer::Nothing(Problem {
            kind: ProblemKind::Other,
            what: format!("the model `{name}` cannot be used: {}", file_error.what()),
            hint: file_error.hint().map(str::to_owned),
        }),
        system: None,
        compact: Compact::Off,
        price: None,
    }
}
