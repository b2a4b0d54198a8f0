//! What arguments and the environment say of models. They are about this run:
//! they come before what the configuration file says.

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::cli::Arguments;
use super::config_error::ConfigError;
use super::environment::variable;
use super::expansion::{from_home, is_key_variable};
use super::header;
use super::parameters::{self, Parameters};
use super::timeouts::Timeouts;
use super::window_tokens::WindowTokens;
use crate::responder::{Api, Compact, Endpoint, Key, ProxyChoice};

/// The same settings that a model of the configuration has.
#[derive(Default)]
pub(super) struct Flags {
    pub(super) base_url: Option<String>,
    /// What belongs to that address: a model that has an address of its own in the
    /// configuration has its own form, key and header there, too. The key of one
    /// company is no other's business.
    api: Option<Api>,
    key_variable: Option<String>,
    key_header: Option<String>,
    allow_key_over_http: bool,
    ca_file: Option<PathBuf>,
    proxy: Option<String>,
    /// The flag or the variable that names the proxy.
    proxy_origin: &'static str,
    retries: Option<u32>,
    timeouts: Timeouts,
    pub(super) window: Option<WindowTokens>,
    pub(super) system: Option<String>,
    /// When contexts are summarized.
    pub(super) compact: Option<Compact>,
    parameters: Parameters,
}

impl Flags {
    /// Reads them.
    ///
    /// # Errors
    /// The first that makes no sense.
    pub(super) fn read(arguments: &Arguments) -> Result<Self, ConfigError> {
        let usage = |option: &str, why: String| ConfigError::Usage(format!("{option}: {why}"));
        let given = |argument: &Option<String>, name| argument.clone().or_else(|| variable(name));
        let key_variable = given(&arguments.key_variable, "SAYLOG_KEY_VARIABLE");
        if key_variable
            .as_deref()
            .is_some_and(|name| !is_key_variable(name))
        {
            return Err(usage("--key-variable", NO_VARIABLE.into()));
        }
        let key_header = given(&arguments.key_header, "SAYLOG_KEY_HEADER");
        if let Some(name) = &key_header {
            header::check_name(name).map_err(|why| usage("--key-header", why))?;
        }
        let ca_file = given(&arguments.ca_file, "SAYLOG_CA_FILE");
        let ca_file = ca_file.map(|path| from_home(Path::new(&path))).transpose();
        Ok(Self {
            base_url: given(&arguments.base_url, "SAYLOG_BASE_URL"),
            api: arguments
                .api
                .map_or_else(|| choice("SAYLOG_API", "api"), |api| Ok(Some(api)))?,
            key_variable,
            key_header,
            allow_key_over_http: arguments.allow_key_over_http,
            ca_file: ca_file.map_err(|why| usage("--ca-file", why))?,
            proxy: given(&arguments.proxy, "SAYLOG_PROXY"),
            proxy_origin: arguments
                .proxy
                .as_ref()
                .map_or("SAYLOG_PROXY", |_| "--proxy"),
            retries: number(arguments.retries, "SAYLOG_RETRIES", "number of tries")?,
            timeouts: Timeouts::parse(&arguments.timeouts)
                .map_err(|why| usage("--timeout", why))?,
            window: number(
                arguments.window,
                "SAYLOG_WINDOW",
                "number of tokens from 1 on",
            )?,
            system: given(&arguments.system, "SAYLOG_SYSTEM"),
            compact: arguments
                .compact
                .map_or_else(|| choice("SAYLOG_COMPACT", "word"), |when| Ok(Some(when)))?,
            parameters: parameters::parse(&arguments.parameters)
                .map_err(|why| usage("--parameter", why))?,
        })
    }

    /// The endpoint that is asked for names that nobody describes.
    pub(super) fn endpoint(&self) -> Option<Endpoint> {
        let mut endpoint = Endpoint::new("", self.base_url.as_deref()?);
        self.apply_to_address(&mut endpoint);
        self.apply(&mut endpoint);
        Some(endpoint)
    }

    /// Sets what belongs to the address of these arguments.
    pub(super) fn apply_to_address(&self, endpoint: &mut Endpoint) {
        endpoint.api = self.api.unwrap_or(endpoint.api);
        if let Some(name) = &self.key_variable {
            set_key(endpoint, name);
        }
        let own = endpoint.key_header.take();
        endpoint.key_header = self.key_header.clone().or(own);
        endpoint.allow_key_over_http |= self.allow_key_over_http;
    }

    /// Sets everything else.
    pub(super) fn apply(&self, endpoint: &mut Endpoint) {
        let own = endpoint.ca_file.take();
        endpoint.ca_file = self.ca_file.clone().or(own);
        if let Some(proxy) = &self.proxy {
            endpoint.proxy = proxy_choice(proxy);
            self.proxy_origin.clone_into(&mut endpoint.proxy_origin);
        }
        endpoint.retries = self.retries.unwrap_or(endpoint.retries);
        self.timeouts.apply(&mut endpoint.limits);
        if let Some(WindowTokens(window)) = self.window {
            endpoint.window = window;
            endpoint.is_window_configured = true;
        }
        endpoint.parameters.extend(self.parameters.clone());
    }
}

/// What is wrong with a key where its variable should be named. The key is not repeated.
pub(super) const NO_VARIABLE: &str =
    "takes the name of an environment variable, and never the key itself";

/// Takes the key from a variable, if it is set.
pub(super) fn set_key(endpoint: &mut Endpoint, name: &str) {
    endpoint.key = variable(name).and_then(|key| Key::new(&key));
    endpoint.key_variable = Some(name.to_owned());
}

/// The proxy as people write it.
pub(super) fn proxy_choice(proxy: &str) -> ProxyChoice {
    match proxy {
        "none" => ProxyChoice::Direct,
        url => ProxyChoice::Proxy(url.to_owned()),
    }
}

/// A number, from an argument or else from a variable.
fn number<T: std::str::FromStr>(
    argument: Option<T>,
    name: &str,
    what: &str,
) -> Result<Option<T>, ConfigError> {
    let Some(text) = variable(name).filter(|_| argument.is_none()) else {
        return Ok(argument);
    };
    let wrong = |_| ConfigError::Usage(format!("{name}: `{text}` is no {what}"));
    text.parse().map(Some).map_err(wrong)
}

/// One of some words, out of a variable.
///
/// # Errors
/// It is another word.
pub(super) fn choice<T: ValueEnum>(name: &str, noun: &str) -> Result<Option<T>, ConfigError> {
    let Some(typed) = variable(name) else {
        return Ok(None);
    };
    word(&typed).map(Some).ok_or_else(|| {
        let names = words::<T>().join(", ");
        ConfigError::Usage(format!("{name}: unknown {noun} `{typed}`; one of {names}"))
    })
}

/// The one of some words that was typed, if it is one of them.
pub(super) fn word<T: ValueEnum>(typed: &str) -> Option<T> {
    T::from_str(typed, true).ok()
}

/// All of these words.
pub(super) fn words<T: ValueEnum>() -> Vec<String> {
    let known = T::value_variants().iter().filter_map(T::to_possible_value);
    known.map(|value| value.get_name().to_owned()).collect()
}
