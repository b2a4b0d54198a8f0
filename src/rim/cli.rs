//! The arguments.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Parser, ValueEnum};

/// A chat prompt with two memories: sessions that the model remembers, and a
/// log that keeps everything.
#[derive(Debug, Parser)]
#[command(
    version,
    about = "A chat prompt with two memories: sessions, and a log of everything.",
    after_help = "Lines come from -c, from -f, from standard input if it is no terminal, or from a prompt.\n\
                  /help among them lists the commands; anything else is said to the model."
)]
pub struct Arguments {
    /// Play the lines of FILE; - is standard input
    #[arg(short = 'f', long = "file", value_name = "FILE")]
    pub file: Option<PathBuf>,

    /// Run LINE, then exit; may be repeated. A LINE of several lines is a message
    #[arg(
        short = 'c',
        long = "command",
        value_name = "LINE",
        conflicts_with = "file",
        allow_hyphen_values = true
    )]
    pub commands: Vec<OsString>,

    /// Who speaks first (default: $SAYLOG_USER, else the login name)
    #[arg(short, long, value_name = "NAME")]
    pub user: Option<String>,

    /// Start a session when a message needs one, in transcripts too
    #[arg(long)]
    pub start: bool,

    /// The SQLite file that holds the log (default: $SAYLOG_STORE, else saylog/saylog.db in the XDG data directory)
    #[arg(long, value_name = "FILE", conflicts_with = "ephemeral")]
    pub store: Option<OsString>,

    /// Keep nothing: the store is in memory
    #[arg(long)]
    pub ephemeral: bool,

    /// Who answers: mock or mock:echo (default: $SAYLOG_MODEL, else mock)
    #[arg(short, long, value_name = "NAME")]
    pub model: Option<String>,

    /// Write one JSON object a line
    #[arg(long)]
    pub json: bool,

    /// When to use colours; `NO_COLOR` is obeyed
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = When::Auto)]
    pub color: When,

    /// Stop a transcript at its first error
    #[arg(long)]
    pub stop_on_error: bool,

    /// Which keys edit a line at the prompt (default: $SAYLOG_KEYS, else emacs)
    #[arg(long, value_name = "KEYS", value_enum)]
    pub keys: Option<Keys>,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// If a person is looking
    Auto,
    /// Even into a pipe
    Always,
    /// Not at all
    Never,
}

/// The keys of the line editor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Keys {
    /// Ctrl-A, Ctrl-E, Alt-F, …
    Emacs,
    /// Escape, then hjkl
    Vi,
}
