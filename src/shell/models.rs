//! The models that can answer, from the configuration file, the arguments and the environment.

use std::collections::BTreeMap;
use std::env;
use std::path::PathBuf;

use serde_json::{Map, Value};

use super::cli::Arguments;
use super::config_error::ConfigError;
use super::environment::{absolute_path, variable};
use super::settings::{NamedModel, Settings};
use crate::responder::{Endpoint, Key, Models, Named, ProxyChoice};

/// The window of a model, in tokens, if nobody says otherwise.
const DEFAULT_WINDOW: usize = 8192;

/// Reads the configuration file, unless the arguments say not to.
///
/// # Errors
/// For a mistake in it, one sentence with file, line and the nearest key.
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

/// Makes the table of models.
///
/// # Errors
/// An argument or a setting that makes no sense.
pub(super) fn models(arguments: &Arguments, settings: &Settings) -> Result<Models, ConfigError> {
    let window = match variable("SAYLOG_WINDOW") {
        Some(text) if arguments.window.is_none() => Some(text.parse().map_err(|_| {
            ConfigError::Usage(format!("SAYLOG_WINDOW: `{text}` is no number of tokens"))
        })?),
        _ => arguments.window,
    };
    let other = NamedModel {
        base_url: arguments
            .base_url
            .clone()
            .or_else(|| variable("SAYLOG_BASE_URL")),
        key_variable: arguments
            .key_variable
            .clone()
            .or_else(|| variable("SAYLOG_KEY_VARIABLE")),
        proxy: arguments.proxy.clone().or_else(|| variable("SAYLOG_PROXY")),
        window,
        system: arguments
            .system
            .clone()
            .or_else(|| variable("SAYLOG_SYSTEM")),
        parameters: parameters(&arguments.parameters)?,
        ..NamedModel::default()
    };
    let mut named = BTreeMap::new();
    for (name, model) in &settings.models {
        // Arguments are about this run, so they come first; but a model that has
        // an address of its own in the configuration keeps it.
        let model = NamedModel {
            base_url: model.base_url.clone().or_else(|| other.base_url.clone()),
            model: Some(model.model.clone().unwrap_or_else(|| name.clone())),
            key_variable: other
                .key_variable
                .clone()
                .or_else(|| model.key_variable.clone()),
            proxy: other.proxy.clone().or_else(|| model.proxy.clone()),
            window: other.window.or(model.window),
            system: other.system.clone().or_else(|| model.system.clone()),
            parameters: merged(&model.parameters, &other.parameters),
        };
        let described = described(&model).ok_or_else(|| {
            ConfigError::Environment(format!(
                "the model `{name}` of the configuration has no base_url"
            ))
        })?;
        named.insert(name.clone(), described);
    }
    let environment = env::vars_os().collect();
    Ok(Models::new(
        named,
        described(&other),
        other.window.unwrap_or(DEFAULT_WINDOW),
        other.system,
        environment,
    ))
}

fn described(model: &NamedModel) -> Option<Named> {
    let base_url = model.base_url.as_deref()?;
    let mut endpoint = Endpoint::new(model.model.as_deref().unwrap_or_default(), base_url);
    endpoint.window = model.window.unwrap_or(DEFAULT_WINDOW);
    endpoint.proxy = match model.proxy.as_deref() {
        None => ProxyChoice::Environment,
        Some("none") => ProxyChoice::Direct,
        Some(url) => ProxyChoice::Proxy(url.to_owned()),
    };
    endpoint.parameters = model
        .parameters
        .iter()
        .filter_map(|(name, value)| Some((name.clone(), serde_json::to_value(value).ok()?)))
        .collect::<Map<String, Value>>();
    endpoint.key = model
        .key_variable
        .as_deref()
        .and_then(variable)
        .and_then(|key| Key::new(&key));
    endpoint.key_variable.clone_from(&model.key_variable);
    Some(Named {
        endpoint,
        system: model.system.clone(),
    })
}

/// Parses `temperature=0.2` and the like: numbers and booleans as such, all else as text.
fn parameters(pairs: &[String]) -> Result<toml::Table, ConfigError> {
    pairs
        .iter()
        .map(|pair| {
            let (name, value) = pair.split_once('=').ok_or_else(|| {
                ConfigError::Usage(format!(
                    "--parameter: `{pair}` is not of the form NAME=VALUE"
                ))
            })?;
            let plain = value
                .parse::<i64>()
                .map(toml::Value::from)
                .or_else(|_| value.parse::<f64>().map(toml::Value::from))
                .or_else(|_| value.parse::<bool>().map(toml::Value::from));
            let value = plain.unwrap_or_else(|_| toml::Value::from(value));
            Ok((name.to_owned(), value))
        })
        .collect()
}

fn merged(below: &toml::Table, above: &toml::Table) -> toml::Table {
    let mut table = below.clone();
    table.extend(above.clone());
    table
}
