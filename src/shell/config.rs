//! The configuration of one run: arguments, environment and configuration file together.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::cli::{Arguments, InputFormat, McpScope, When};
use super::clipboard::Clipboard;
use super::config_error::ConfigError;
use super::environment::{absolute_path, variable};
use super::expansion::from_home;
use super::file_reader::FileReader;
use super::granting;
use super::outside::Outside;
use super::pager::Pager;
use super::question::Question;
use super::resumed::Resumed;
use super::set::{GivenFlags, SettingsDesk, Start, State};
use super::settings::Settings;
use super::way_back::WayBack;
use super::{models, note, personas, secrets};
use crate::chat::{FirstModel, Personas, Places, STANDS_IN};
use crate::domain::{Granted, Scope, UserName, sentence};
use crate::render::TerminalOptions;
use crate::responder::Models;
use crate::store::Address;

/// The model that answers if nobody names one.
const DEFAULT_MODEL: &str = "mock";

/// Where lines come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    /// The lines of `-c`; what was piped belongs to the last that is said.
    Lines(Vec<OsString>),
    /// The words of the command line, which are said.
    Question(Question),
    File(PathBuf),
    /// Requests of an agent, on standard input.
    Requests,
    /// None: a store is copied to another.
    Copy(Address, Address),
    /// A role of the server is given rights, and no line is read.
    Grant(Granted),
    /// Standard input, whatever it is.
    Stdin,
    /// A person at a terminal, with a line editor.
    Editor,
    /// A person at a terminal that can only show text.
    DumbTerminal,
}

impl Input {
    /// Whether lines come from standard input, whatever that is.
    fn reads_stdin(&self) -> bool {
        matches!(self, Self::Stdin | Self::Editor | Self::DumbTerminal)
    }
}

pub(crate) struct Config {
    pub(crate) input: Input,
    /// What the lines of a file or of standard input are.
    pub(crate) format: InputFormat,
    pub(crate) store: Address,
    /// A store that has turned out to be damaged goes on taking what is said.
    pub(crate) despite_damage: bool,
    /// What lines may reach outside of the chat.
    pub(crate) outside: Outside,
    /// Who speaks first.
    pub(crate) user: UserName,
    pub(crate) models: Rc<Models>,
    /// Whose messages agents may read, if that is all this run does.
    pub(crate) serves: Option<Scope>,
    /// The name of the model that answers first.
    pub(crate) model: String,
    /// Nobody has chosen a model or described one.
    pub(crate) is_unchosen: bool,
    /// Who has chosen the model that answers first; nobody has been told yet if nobody has.
    pub(crate) first_model: FirstModel,
    /// How to come back to a session, if something is kept.
    pub(crate) way_back: Option<WayBack>,
    /// How replies are shown on a terminal.
    pub(crate) terminal: TerminalOptions,
    /// What shows a listing that is longer than the window, where somebody reads it.
    pub(crate) pager: Option<Pager>,
    /// Tokens and seconds are shown after a reply.
    pub(crate) verbose: bool,
    /// How many models `/each` asks at the same time.
    pub(crate) parallel: usize,
    pub(crate) personas: Rc<Personas>,
    /// Where this process keeps and found what it needs.
    pub(crate) places: Places,
    /// The session that the first user returns to at the start.
    pub(crate) resume: Option<Resumed>,
    /// A message without a session begins one; otherwise it is an error.
    pub(crate) starts_unasked: bool,
    /// If there is no session yet to return to, one is begun.
    pub(crate) may_be_first: bool,
    /// Events are written as JSON.
    pub(crate) json: bool,
    /// Standard output is a terminal.
    pub(crate) is_watched: bool,
    pub(crate) color: bool,
    /// A transcript stops at its first error.
    pub(crate) stop_on_error: bool,
    /// What is wrong in the configuration file and stops nobody, in sentences.
    pub(crate) warnings: Vec<String>,
}

impl Config {
    /// Reads the configuration file and the environment; arguments come first.
    ///
    /// # Errors
    /// The first thing that is wrong, in one sentence.
    pub(crate) fn new(mut arguments: Arguments) -> Result<Self, ConfigError> {
        let is_json_input = is_json_input(&arguments)?;
        let copy = copy(&arguments.copy)?;
        let serves = serves(&arguments)?;
        let flags = GivenFlags::new(&arguments);
        let settings = models::settings(&arguments)?;
        let mut warnings: Vec<String> = secrets::warning(&settings).into_iter().collect();
        let models = models::models(&arguments, &settings, &mut warnings)?;
        let choice = first_choice(&arguments, &settings);
        let is_unchosen = choice == FirstModel::Unchosen && has_mocks_only(&models);
        let way_back = WayBack::new(&arguments);
        let first_model = model(arguments.model.take(), &settings, &models, &mut warnings)?;
        warnings.extend(empty_key(&models, &first_model));
        let stdin_is_terminal = io::stdin().is_terminal();
        let is_watched = io::stdout().is_terminal();
        let is_dumb = note::is_dumb();
        arguments.say_flags_as_lines();
        let question = Question::new(&arguments)?;
        let state = State::new(&arguments, &settings, is_watched, is_dumb)?;
        let granted = granting::granted(&arguments)?;
        let store = match &copy {
            Some((_, to)) => to.clone(),
            None => store(&arguments, &settings)?,
        };
        let input = if let Some((from, to)) = copy {
            Input::Copy(from, to)
        } else if serves.is_some() {
            Input::Requests
        } else if let Some(granted) = granted {
            Input::Grant(granted)
        } else if !arguments.commands.is_empty() {
            Input::Lines(arguments.commands)
        } else if let Some(question) = question {
            Input::Question(question)
        } else if let Some(file) = arguments.file.filter(|file| file != Path::new("-")) {
            Input::File(file)
        } else if is_json_input || !stdin_is_terminal || !is_watched {
            Input::Stdin
        } else if is_dumb {
            Input::DumbTerminal
        } else {
            Input::Editor
        };
        let is_prompt = matches!(input, Input::Editor | Input::DumbTerminal);
        let choice = at_prompt(choice, is_prompt, &mut warnings);
        let typed = stdin_is_terminal && !is_json_input && input.reads_stdin();
        // A transcript that is piped or read goes through by itself.
        let is_read = is_watched && stdin_is_terminal && !is_dumb;
        let is_read = is_read && matches!(input, Input::Editor | Input::Lines(_));
        let has_pager = is_read && !arguments.json && !arguments.no_pager;
        if matches!(input, Input::Grant(_)) {
            granting::check_store(&store)?;
        }
        let places = places(&store, arguments.no_config);
        let user = user(arguments.user, settings.user.clone())?;
        let personas = Rc::new(personas::personas(&settings, &models, &mut warnings));
        let models = Rc::new(models);
        let files = files(&store);
        let (verbose, parallel, terminal) = (state.verbose, state.parallel, state.terminal);
        let start = Start {
            flags,
            is_at_prompt: is_prompt,
            is_watched,
            file: settings,
            path: files.configuration.clone(),
            user: user.to_string(),
            model: first_model.clone(),
            store: places.store.clone(),
            models: Rc::clone(&models),
        };
        Ok(Self {
            resume: resumed(arguments.resume, arguments.resumes_word, &input),
            input,
            format: arguments.input,
            outside: Outside {
                files,
                clipboard: Clipboard::new(is_watched, is_dumb),
                settings: SettingsDesk::new(state, start),
            },
            way_back: way_back.filter(|_| store.is_kept()),
            store,
            serves,
            despite_damage: arguments.despite_damage,
            user,
            model: first_model,
            is_unchosen,
            first_model: choice,
            terminal,
            pager: has_pager.then(Pager::of_environment).flatten(),
            verbose,
            parallel,
            places,
            personas,
            models,
            starts_unasked: arguments.start || typed,
            may_be_first: arguments.start,
            json: arguments.json || is_json_input,
            is_watched,
            color: has_colors(arguments.color, is_watched && !is_dumb),
            stop_on_error: arguments.stop_on_error,
            warnings,
        })
    }

    /// What the store is known by, if what is said outlives this run; then so does a
    /// line that was not sent.
    pub(crate) fn kept_store(&self) -> Option<PathBuf> {
        match file_of(&self.store) {
            Some(file) => Some(file.to_owned()),
            None => self.store.is_kept().then(|| self.store.to_string().into()),
        }
    }
}

/// The session to return to; `is_word` if it stands behind its flag as a word of its own.
fn resumed(which: Option<String>, is_word: bool, input: &Input) -> Option<Resumed> {
    // A question would do what nothing else on the command line says.
    let is_free = matches!(input, Input::Stdin | Input::Editor | Input::DumbTerminal);
    which.map(|which| Resumed::new(which, is_word && is_free))
}

fn file_of(store: &Address) -> Option<&Path> {
    match store {
        Address::DefaultFile(path) | Address::File(path) => Some(path),
        Address::Memory | Address::MemoryNumberingAtCommit | Address::Server(_) => None,
    }
}

/// That the key of the model that answers first is empty, if it is.
fn empty_key(models: &Models, model: &str) -> Option<String> {
    let variable = models.empty_key_variable(model)?;
    Some(format!(
        "the variable {variable} holds no key: `{model}` is asked without one"
    ))
}

/// Whether the lines are JSON.
fn is_json_input(arguments: &Arguments) -> Result<bool, ConfigError> {
    let is_json_input = arguments.input == InputFormat::Json;
    if is_json_input && !arguments.commands.is_empty() {
        return Err(ConfigError::Usage(
            "--input json reads standard input or -f FILE; it cannot be used with -c".into(),
        ));
    }
    Ok(is_json_input)
}

/// Whose messages agents may read, if that is all this run does.
fn serves(arguments: &Arguments) -> Result<Option<Scope>, ConfigError> {
    match arguments.mcp {
        Some(McpScope::User) if arguments.user.is_none() => Err(ConfigError::Usage(
            "--mcp needs --user NAME, whose messages are read; --mcp=global reads everybody's"
                .into(),
        )),
        Some(McpScope::User) => Ok(Some(Scope::User)),
        Some(McpScope::Global) => Ok(Some(Scope::Global)),
        None => Ok(None),
    }
}

/// What `/file` may not read, and where the home folder is.
fn files(store: &Address) -> FileReader {
    FileReader {
        // What belongs to a store lies beside the file that a link names.
        store: file_of(store).map(|path| path.canonicalize().unwrap_or_else(|_| path.to_owned())),
        configuration: models::config_file(),
        home: absolute_path("HOME"),
    }
}

/// Whether answers have colours; `can_show` says whether the terminal has any.
fn has_colors(when: When, can_show: bool) -> bool {
    let is_wanted = || env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    match when {
        When::Always => true,
        When::Never => false,
        When::Auto => can_show && is_wanted(),
    }
}

/// Where this run keeps and found what it needs.
fn places(store: &Address, no_config: bool) -> Places {
    let configuration = models::config_file().filter(|file| !no_config && file.exists());
    Places {
        store: store.to_string(),
        configuration: configuration.map(|file| file.display().to_string()),
    }
}

/// Whether nobody has described a model.
fn has_mocks_only(models: &Models) -> bool {
    models.names().iter().all(|name| Models::is_reserved(name))
}

/// Tells before the first line of a prompt what else is told with the first reply.
fn at_prompt(choice: FirstModel, is_prompt: bool, warnings: &mut Vec<String>) -> FirstModel {
    if is_prompt && choice == FirstModel::Unnamed {
        warnings.push(STANDS_IN.into());
        return FirstModel::Unchosen;
    }
    choice
}

/// Who has chosen the model that answers first, and whether an endpoint is named without one.
fn first_choice(arguments: &Arguments, settings: &Settings) -> FirstModel {
    let model = arguments.model.as_ref().or(settings.model.as_ref());
    if model.is_some() || variable("SAYLOG_MODEL").is_some() {
        return FirstModel::Chosen;
    }
    let base_url = arguments.base_url.as_ref().or(settings.base_url.as_ref());
    if base_url.is_some() || variable("SAYLOG_BASE_URL").is_some() {
        FirstModel::Unnamed
    } else {
        FirstModel::Unchosen
    }
}

/// The name of the model that answers first. One that is named for this run can
/// be asked; one that the file names is an error only where it is asked.
fn model(
    argument: Option<String>,
    settings: &Settings,
    models: &Models,
    warnings: &mut Vec<String>,
) -> Result<String, ConfigError> {
    if let Some(name) = argument.or_else(|| variable("SAYLOG_MODEL")) {
        return match models.open(&name) {
            Ok(_) => Ok(name),
            Err(error) => Err(ConfigError::Usage(sentence(&error, error.hint()))),
        };
    }
    let Some(name) = &settings.model else {
        return Ok(DEFAULT_MODEL.to_owned());
    };
    // What is wrong with a model of the file has been told before.
    if let Err(error) = models.open(name)
        && !models.is_broken(name)
    {
        let why = sentence(&error, error.hint());
        let file_error = settings.places.wrong(&["model"], &why);
        warnings.push(format!("the configured model cannot be used: {file_error}"));
    }
    Ok(name.clone())
}

fn user(argument: Option<String>, setting: Option<String>) -> Result<UserName, ConfigError> {
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
        ConfigError::Usage(format!(
            "{source}: {why}; a name is 1 to 128 bytes of visible text"
        ))
    })
}

/// The name of the account, as the environment or else the system knows it.
fn login_name() -> Result<String, ConfigError> {
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
            ConfigError::Environment(
                "the login name is not known; name a user with --user or SAYLOG_USER".into(),
            )
        })
}

fn store(arguments: &Arguments, settings: &Settings) -> Result<Address, ConfigError> {
    if arguments.ephemeral {
        return Ok(Address::Memory);
    }
    let (address, setting) = (arguments.store.clone(), settings.store.as_deref());
    let environment = || env::var_os("SAYLOG_STORE").filter(|value| !value.is_empty());
    let (is_argument, setting) = (address.is_some(), setting.map(OsString::from));
    let Some((address, is_setting)) = (address.or_else(environment).map(|found| (found, false)))
        .or(setting.map(|found| (found, true)))
    else {
        return default_store();
    };
    let address = whole_address(&address, "--store")?;
    match &address {
        Address::Server(server) if is_argument && server.has_password() => {
            Err(password_in_argument(
                "--store",
                "SAYLOG_STORE, PGPASSWORD, PGPASSFILE, ~/.pgpass, a service file or the \
                 configuration may hold it",
            ))
        }
        Address::Server(server)
            if is_setting && settings.is_read_by_others && server.has_password() =>
        {
            Err(ConfigError::Usage(
                "the configuration holds the password of a store, and others can read it; \
                 `chmod 600` mends that"
                    .into(),
            ))
        }
        _ => Ok(address),
    }
}

/// An address as a person writes it, from their home folder if it says so.
fn whole_address(typed: &OsStr, flag: &str) -> Result<Address, ConfigError> {
    let address = Address::parse(typed).and_then(|address| match address {
        Address::File(path) => from_home(&path).map(Address::File),
        other => Ok(other),
    });
    address.map_err(|why| ConfigError::Usage(format!("{flag}: {why}")))
}

/// Whoever lists the processes of this machine sees their arguments.
fn password_in_argument(flag: &str, instead: &str) -> ConfigError {
    ConfigError::Usage(format!(
        "{flag}: a password does not belong in an argument, which everybody on this machine can \
         see; {instead}"
    ))
}

/// What is copied to where, if that is all this run does.
fn copy(typed: &[OsString]) -> Result<Option<(Address, Address)>, ConfigError> {
    let (from, to) = match typed {
        [] => return Ok(None),
        [from, to] => (from, to),
        _ => {
            let why = "--copy: one store is copied at a time";
            return Err(ConfigError::Usage(why.into()));
        }
    };
    let end = |typed: &OsStr| {
        let address = whole_address(typed, "--copy")?;
        match &address {
            Address::Server(server) if server.has_password() => Err(password_in_argument(
                "--copy",
                "PGPASSFILE, ~/.pgpass or a service file may hold it, for each server its own",
            )),
            _ if !address.is_kept() => Err(ConfigError::Usage(
                "--copy: a store in memory is gone with the process; name a file or a server"
                    .into(),
            )),
            _ => Ok(address),
        }
    };
    Ok(Some((end(from)?, end(to)?)))
}

/// `saylog/saylog.db` in `$XDG_DATA_HOME`, else in `~/.local/share`.
fn default_store() -> Result<Address, ConfigError> {
    // A home that is not there is a mistake, not something to be made.
    let home = || absolute_path("HOME").filter(|home| home.is_dir());
    absolute_path("XDG_DATA_HOME")
        .or_else(|| home().map(|home| home.join(".local/share")))
        .map(|data| Address::DefaultFile(data.join("saylog/saylog.db")))
        .ok_or_else(|| {
            ConfigError::Environment(
                "there is no place for the log: neither HOME nor XDG_DATA_HOME names a folder; \
                 name a file with --store, or keep nothing with --ephemeral"
                    .into(),
            )
        })
}
