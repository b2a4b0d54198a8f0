//! What the arguments and the environment come to.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use clap::ValueEnum;

use super::cli::{Arguments, Keys, When};
use super::{models, personas};
use crate::chat::Personas;
use crate::domain::UserName;
use crate::responder::Models;

/// Where lines come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// These lines, from `-c`.
    Lines(Vec<OsString>),
    /// A file.
    File(PathBuf),
    /// Standard input, whatever it is.
    Stdin,
    /// A person at a terminal, with a line editor.
    Editor,
    /// A person at a terminal that can do nothing but show text.
    DumbTerminal,
}

/// Where the log is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The default file; its folder is made if need be.
    Default(PathBuf),
    /// This file.
    File(PathBuf),
    /// Memory.
    Memory,
}

/// Everything that one run needs to know.
pub struct Config {
    /// Where lines come from.
    pub input: Input,
    /// Where the log is kept.
    pub place: Place,
    /// Who speaks first.
    pub user: UserName,
    /// Everything that can answer.
    pub models: Rc<Models>,
    /// The name of what answers.
    pub model: String,
    /// Replies are laid out as Markdown where a person looks.
    pub markdown: bool,
    /// Tokens and seconds are told after a reply.
    pub verbose: bool,
    /// The prompt shows how much of its window the context takes.
    pub share: bool,
    /// Who a session can be started as.
    pub personas: Rc<Personas>,
    /// The session that the first user returns to.
    pub resume: Option<String>,
    /// A message without a session begins one.
    pub starts_unasked: bool,
    /// Events are written as JSON.
    pub json: bool,
    /// A person looks at standard output.
    pub is_watched: bool,
    /// Colours are used.
    pub color: bool,
    /// A transcript stops at its first error.
    pub stop_on_error: bool,
    /// The keys of the line editor.
    pub keys: Keys,
}

/// Why there is no configuration: a wrong argument (exit code 2) or a wrong environment (1).
#[derive(Debug, PartialEq, Eq)]
pub enum Mistake {
    /// An argument is wrong.
    Usage(String),
    /// Something about the surroundings is missing.
    Environment(String),
}

impl Config {
    /// Puts arguments and environment together.
    pub fn new(arguments: Arguments) -> Result<Self, Mistake> {
        let settings = models::settings(&arguments)?;
        let models = models::models(&arguments, &settings)?;
        let stdin_is_terminal = io::stdin().is_terminal();
        let is_watched = io::stdout().is_terminal();
        let is_dumb = matches!(
            env::var("TERM").as_deref(),
            Err(_) | Ok("" | "dumb" | "cons25" | "emacs")
        );
        let input = if !arguments.commands.is_empty() {
            Input::Lines(arguments.commands)
        } else if let Some(file) = arguments.file.filter(|file| file != Path::new("-")) {
            Input::File(file)
        } else if !stdin_is_terminal || !is_watched {
            Input::Stdin
        } else if is_dumb {
            Input::DumbTerminal
        } else {
            Input::Editor
        };
        let typed = stdin_is_terminal && !matches!(input, Input::Lines(_) | Input::File(_));
        let color = match arguments.color {
            When::Always => true,
            When::Never => false,
            When::Auto => {
                is_watched
                    && !is_dumb
                    && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            }
        };
        Ok(Self {
            input,
            place: place(arguments.store, arguments.ephemeral, settings.store)?,
            user: user(arguments.user, settings.user)?,
            model: model(
                arguments
                    .model
                    .or_else(|| variable("SAYLOG_MODEL"))
                    .or(settings.model),
                &models,
            )?,
            markdown: !arguments.no_markdown && settings.markdown.unwrap_or(true),
            verbose: arguments.verbose || settings.verbose.unwrap_or(false),
            share: arguments.share || settings.share.unwrap_or(false),
            personas: Rc::new(personas::personas(
                &settings.personas,
                &settings.users,
                &models,
            )?),
            models: Rc::new(models),
            resume: arguments.resume,
            starts_unasked: arguments.start || typed,
            json: arguments.json,
            is_watched,
            color,
            stop_on_error: arguments.stop_on_error,
            keys: keys(arguments.keys, settings.keys)?,
        })
    }
}

fn keys(argument: Option<Keys>, setting: Option<Keys>) -> Result<Keys, Mistake> {
    let from_environment = || {
        let name = variable("SAYLOG_KEYS")?;
        let keys = Keys::from_str(&name, true);
        Some(keys.map_err(|_| {
            Mistake::Usage(format!(
                "SAYLOG_KEYS: unknown keys `{name}`; one of emacs, vi"
            ))
        }))
    };
    argument
        .map(Ok)
        .or_else(from_environment)
        .unwrap_or(Ok(setting.unwrap_or(Keys::Emacs)))
}

/// The name of a model that can be asked.
fn model(name: Option<String>, models: &Models) -> Result<String, Mistake> {
    let name = name.unwrap_or_else(|| "mock".to_owned());
    match models.open(&name) {
        Ok(_) => Ok(name),
        Err(trouble) => {
            let hint = trouble
                .hint
                .map_or_else(String::new, |hint| format!("; {hint}"));
            Err(Mistake::Usage(format!("{}{hint}", trouble.what)))
        }
    }
}

fn user(argument: Option<String>, setting: Option<String>) -> Result<UserName, Mistake> {
    let (name, source) = if let Some(name) = argument {
        (name, "--user")
    } else if let Some(name) = variable("SAYLOG_USER") {
        (name, "SAYLOG_USER")
    } else if let Some(name) = setting {
        (name, "the configured user")
    } else {
        (login_name()?, "the login name")
    };
    UserName::new(&name).map_err(|why| {
        Mistake::Usage(format!(
            "{source}: {why}; a name is 1 to 128 bytes of visible text"
        ))
    })
}

/// The name of the account, as the environment or else the system knows it.
fn login_name() -> Result<String, Mistake> {
    let from_system = || {
        let own = rustix::process::getuid().as_raw().to_string();
        let accounts = fs::read_to_string("/etc/passwd").ok()?;
        accounts.lines().find_map(|line| {
            let mut fields = line.split(':');
            let name = fields.next()?;
            (fields.nth(1)? == own).then(|| name.to_owned())
        })
    };
    variable("LOGNAME")
        .or_else(|| variable("USER"))
        .or_else(from_system)
        .ok_or_else(|| {
            Mistake::Environment(
                "the login name is not known; name a user with --user or SAYLOG_USER".into(),
            )
        })
}

/// An environment variable that is set to something.
pub fn variable(name: &str) -> Option<String> {
    let value = env::var_os(name).filter(|value| !value.is_empty())?;
    Some(value.to_string_lossy().into_owned())
}

fn place(
    url: Option<OsString>,
    ephemeral: bool,
    setting: Option<PathBuf>,
) -> Result<Place, Mistake> {
    if ephemeral {
        return Ok(Place::Memory);
    }
    let environment = || env::var_os("SAYLOG_STORE").filter(|value| !value.is_empty());
    let setting = setting.map(PathBuf::into_os_string);
    let Some(url) = url.or_else(environment).or(setting) else {
        return default_place();
    };
    if url.is_empty() {
        return Err(Mistake::Usage(
            "--store: the name of the file is empty".into(),
        ));
    }
    if url == ":memory:" {
        return Ok(Place::Memory);
    }
    match url.to_str().and_then(|url| url.split_once(':')) {
        Some(("sqlite", file)) => {
            let file = file.strip_prefix("//").unwrap_or(file);
            Ok(Place::File(file.into()))
        }
        Some((scheme @ ("postgres" | "postgresql"), _)) => Err(Mistake::Usage(format!(
            "--store: `{scheme}:` stores are not supported yet; name an SQLite file"
        ))),
        _ => Ok(Place::File(url.into())),
    }
}

/// `saylog/saylog.db` in `$XDG_DATA_HOME`, which counts only if it is absolute,
/// else in `~/.local/share` (XDG Base Directory Specification 0.8).
fn default_place() -> Result<Place, Mistake> {
    let absolute = |name: &OsStr| {
        env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    // A home that is not there is a mistake, not something to be made.
    let home = || absolute("HOME".as_ref()).filter(|home| home.is_dir());
    absolute("XDG_DATA_HOME".as_ref())
        .or_else(|| home().map(|home| home.join(".local/share")))
        .map(|data| Place::Default(data.join("saylog/saylog.db")))
        .ok_or_else(|| {
            Mistake::Environment(
                "there is no place for the log: neither HOME nor XDG_DATA_HOME names a folder; \
                 name a file with --store, or keep nothing with --ephemeral"
                    .into(),
            )
        })
}
