//! What the settings are while the program runs, and what they are at the start.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal};

use super::super::cli::{Arguments, Keys};
use super::super::config_error::ConfigError;
use super::super::environment::variable;
use super::super::flags::choice;
use super::super::prompt_template::PromptTemplate;
use super::super::settings::Settings;
use super::super::window;
use crate::domain::Zone;
use crate::render::{Reasoning, TerminalOptions};

/// What may change.
#[derive(Clone)]
pub(in crate::shell) struct State {
    pub(in crate::shell) terminal: TerminalOptions,
    pub(in crate::shell) verbose: bool,
    /// The template of the prompt, if it is not the usual one.
    pub(in crate::shell) prompt: Option<PromptTemplate>,
    /// The usual prompt shows how full the window is.
    pub(in crate::shell) share: bool,
    pub(in crate::shell) keys: Keys,
    pub(in crate::shell) parallel: usize,
    /// What was changed by `/set`: the model, if it is of one, and the key.
    pub(in crate::shell) changed: BTreeSet<(Option<String>, String)>,
}

impl State {
    /// What flags, variables and the file say.
    ///
    /// # Errors
    /// The first that makes no sense.
    pub(in crate::shell) fn new(
        arguments: &Arguments,
        settings: &Settings,
        is_watched: bool,
        is_dumb: bool,
    ) -> Result<Self, ConfigError> {
        let terminal = TerminalOptions {
            markdown: !arguments.no_markdown && settings.markdown.unwrap_or(true),
            reasoning: reasoning(arguments.reasoning, settings.reasoning)?,
            is_dumb,
            window: if is_dumb {
                window::unknown
            } else {
                window::size
            },
            shows_notes: io::stderr().is_terminal(),
            hyperlinks: window::hyperlinks(is_dumb),
            zone: if arguments.utc {
                Zone::Utc
            } else {
                Zone::Local
            },
        };
        Ok(Self {
            terminal,
            // What a person has set for themselves is not to stand in a script's output.
            verbose: arguments.verbose || is_watched && settings.verbose.unwrap_or(false),
            prompt: prompt(arguments.prompt.as_deref(), settings.prompt.clone())?,
            share: arguments.share || settings.share.unwrap_or(false),
            keys: keys(arguments.keys, settings.keys)?,
            parallel: settings.parallel.unwrap_or_default().0,
            changed: BTreeSet::new(),
        })
    }

    pub(super) fn prompt(&self) -> PromptTemplate {
        let usual = || PromptTemplate::usual(self.share);
        self.prompt.clone().unwrap_or_else(usual)
    }

    /// Whether `/set` has changed a setting.
    pub(super) fn is_changed(&self, model: Option<&str>, key: &str) -> bool {
        let place = (model.map(str::to_owned), key.to_owned());
        self.changed.contains(&place)
    }
}

fn keys(argument: Option<Keys>, setting: Option<Keys>) -> Result<Keys, ConfigError> {
    let given = argument.map_or_else(|| choice("SAYLOG_KEYS", "keys"), |keys| Ok(Some(keys)))?;
    Ok(given.or(setting).unwrap_or(Keys::Emacs))
}

/// The template of the prompt, if it is not the usual one.
fn prompt(
    argument: Option<&str>,
    setting: Option<PromptTemplate>,
) -> Result<Option<PromptTemplate>, ConfigError> {
    let (text, source) = match (argument, variable("SAYLOG_PROMPT")) {
        (Some(text), _) => (text.to_owned(), "--prompt"),
        (None, Some(text)) => (text, "SAYLOG_PROMPT"),
        (None, None) => return Ok(setting),
    };
    let template = text.parse().map(Some);
    template.map_err(|why: String| ConfigError::Usage(format!("{source}: {why}")))
}

fn reasoning(
    argument: Option<Reasoning>,
    setting: Option<Reasoning>,
) -> Result<Reasoning, ConfigError> {
    let given = argument.map_or_else(
        || choice("SAYLOG_REASONING", "value"),
        |reasoning| Ok(Some(reasoning)),
    )?;
    Ok(given.or(setting).unwrap_or(Reasoning::Fold))
}
