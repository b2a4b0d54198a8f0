//! Which settings flags have given at the start, and which variables may.

use super::super::cli::Arguments;
use super::super::environment::variable;

/// The settings that have a variable, `SAYLOG_` and their names.
const WITH_VARIABLE: [&str; 16] = [
    "user",
    "store",
    "model",
    "keys",
    "reasoning",
    "prompt",
    "base_url",
    "api",
    "key_variable",
    "key_header",
    "ca_file",
    "proxy",
    "retries",
    "window",
    "compact",
    "system",
];

/// The flags that were given, by the names of the settings.
#[derive(Clone, Debug, Default)]
pub(crate) struct GivenFlags {
    flags: Vec<(String, &'static str)>,
    /// The configuration is to be left alone.
    pub(super) no_config: bool,
}

impl GivenFlags {
    pub(in crate::shell) fn new(arguments: &Arguments) -> Self {
        let mut given = Self {
            no_config: arguments.no_config,
            ..Self::default()
        };
        let it = arguments;
        for (is_given, key, flag) in [
            (it.user.is_some(), "user", "--user"),
            (it.store.is_some(), "store", "--store"),
            (it.ephemeral, "store", "--ephemeral"),
            (it.model.is_some(), "model", "--model"),
            (it.keys.is_some(), "keys", "--keys"),
            (it.no_markdown, "markdown", "--no-markdown"),
            (it.reasoning.is_some(), "reasoning", "--reasoning"),
            (it.verbose, "verbose", "--verbose"),
            (it.prompt.is_some(), "prompt", "--prompt"),
            (it.share, "share", "--share"),
            (it.base_url.is_some(), "base_url", "--base-url"),
            (it.api.is_some(), "api", "--api"),
            (it.key_variable.is_some(), "key_variable", "--key-variable"),
            (it.key_header.is_some(), "key_header", "--key-header"),
            (it.ca_file.is_some(), "ca_file", "--ca-file"),
            (it.proxy.is_some(), "proxy", "--proxy"),
            (it.retries.is_some(), "retries", "--retries"),
            (it.window.is_some(), "window", "--window"),
            (it.compact.is_some(), "compact", "--compact"),
            (it.system.is_some(), "system", "--system"),
        ] {
            if is_given {
                given.flags.push((key.to_owned(), flag));
            }
        }
        let name = |pair: &String| pair.split('=').next().unwrap_or_default().to_owned();
        for pair in &it.timeouts {
            given.flags.push((name(pair), "--timeout"));
        }
        for pair in &it.parameters {
            let key = format!("{}{}", super::key::PARAMETERS, name(pair));
            given.flags.push((key, "--parameter"));
        }
        given
    }

    /// The flag that has given a setting.
    pub(super) fn flag(&self, key: &str) -> Option<&'static str> {
        let found = self.flags.iter().find(|(given, _)| given == key);
        found.map(|(_, flag)| *flag)
    }
}

/// The variable that gives a setting, if it is set.
pub(super) fn set_variable(key: &str) -> Option<String> {
    let name = format!("SAYLOG_{}", key.to_uppercase());
    let has_variable = WITH_VARIABLE.contains(&key);
    (has_variable && variable(&name).is_some()).then_some(name)
}
