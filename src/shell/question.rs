//! What the words of the command line ask to be said.

use std::ffi::{OsStr, OsString};

use super::cli::{Arguments, InputFormat};
use super::config_error::ConfigError;
use crate::command;
use crate::domain::{QUOTED_CHARACTERS, is_blank, preview_of};

/// Something to be said, in a session begun for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    /// The words, joined by blanks. What is piped beside them follows in a fence.
    Words(OsString),
    /// All of standard input, as it is.
    Stdin,
}

impl Question {
    /// Whether nothing is said but standard input.
    pub(crate) fn reads_stdin(&self) -> bool {
        *self == Self::Stdin
    }

    /// The question that the arguments ask, if they ask one.
    ///
    /// # Errors
    /// If the words are nothing, a command's name, or stand beside lines.
    pub(super) fn new(arguments: &Arguments) -> Result<Option<Self>, ConfigError> {
        let Some(first) = arguments.words.first() else {
            return Ok(None);
        };
        let is_alone = arguments.words.len() == 1;
        let joined = arguments.words.join(OsStr::new(" "));
        let text = joined.to_string_lossy();
        let usage = |sentence: String| Err(ConfigError::Usage(sentence));
        let quoted = preview_of(&text, QUOTED_CHARACTERS);
        let beside = if arguments.file.is_some() {
            Some("-f")
        } else if arguments.input == InputFormat::Json {
            Some("--input json")
        } else {
            (!arguments.commands.is_empty()).then_some("-c")
        };
        if let Some(option) = beside {
            return usage(format!(
                "the question `{quoted}` cannot stand beside `{option}`; \
                 ask it alone, and quote an argument that has blanks"
            ));
        }
        if is_blank(&text) {
            return usage(
                "there is nothing to say: the question is blank; `saylog` alone is a prompt, \
                 `saylog -` says what is piped"
                    .into(),
            );
        }
        if first == "-" && !is_alone {
            return usage(
                "`-` says all of standard input and takes no words; \
                 `cat FILE | saylog 'QUESTION'` asks about it"
                    .into(),
            );
        }
        if is_alone && command::find(&format!("/{text}")).is_some() {
            return usage(format!(
                "`{text}` is the name of a command; `-c /{text}` runs it, `-c {text}` says it"
            ));
        }
        if first == "-" {
            return Ok(Some(Self::Stdin));
        }
        Ok(Some(Self::Words(joined)))
    }
}
