//! The shell around the program: arguments, environment, terminal, signals and
//! standard streams.

pub(crate) mod cli;
mod command_line;
pub(crate) mod config;
pub(crate) mod config_error;
mod edited_line;
mod environment;
mod exit_reason;
mod file_reader;
mod json_input;
mod line;
mod models;
mod output;
mod patient;
mod pending_reply;
mod personas;
mod piped;
mod player;
mod prompt;
mod prompt_text;
mod question;
mod script;
mod settings;
mod signals;
mod streams;
mod taken_terminal;
mod typist;

pub(crate) use exit_reason::ExitReason;
pub(crate) use output::Output;
pub(crate) use patient::Patient;
pub(crate) use piped::Piped;
pub(crate) use player::TranscriptPlayer;
pub(crate) use prompt::{Draft, DraftFolder, Prompt, PromptOptions, TerminalGuard};
pub(crate) use question::Question;
pub(crate) use script::Script;
pub(crate) use signals::Signals;
pub(crate) use streams::Streams;
pub(crate) use typist::Typist;
