//! saylog: a chat prompt with two memories.
//!
//! A *session* is what the model remembers, private to one user. The *log* is
//! what was said: every message of every user, for good. This file is the
//! composition root: it reads the arguments, builds the parts, and runs.
//!
//! ```text
//! main       builds the parts
//! shell      arguments, terminal, signals, streams
//! command    what a line means
//! chat       who is speaking, in which session; what a line does to that
//! store │ responder │ render │ transcript
//! query      what is asked of the log, which the store answers
//! secrets    what in a text looks like a key
//! domain     values
//! ```
//!
//! Imports point down only; the four in the middle are strangers to each other.
//!
//! # Words
//!
//! * A **user** is who is speaking; a **message** has one of the roles system,
//!   user and AI; a **turn** is a question and its reply.
//! * The **log** holds all messages in one order and only grows. A **session**
//!   is a pointer into it: its **head** is the last message of its **context**,
//!   and every message names its **parent**, the one before it there, and the
//!   **previous** one of its session, whatever became of the context.
//! * A **move** sets a head to another message: a clear, an undo, a fork.
//! * A **group** is what was written since the last **commit**.
//! * A **backend** holds rows; the **rules** say which; the `Log` applies them.
//! * A **responder** answers; a **sink** is given **events**; a **renderer**
//!   puts them into words, colours or JSON.
//!
//! # The life of a line
//!
//! `shell::player` reads bytes; `transcript` makes lines of them, and messages
//! of blocks, and reads a line of JSON, which also says by whom and in which
//! session; `shell::command_line` takes lines and questions from the arguments,
//! with what was piped beside them. `command::line` parses: a command, or
//! something to be said. What is said goes to `chat::ask`: the question is appended to the log; if the
//! responder makes people wait, everything is committed and written out first;
//! the context is read from the question's parent back, as far as the model's
//! window reaches; the reply is gathered, kept safe every second, and appended.
//! Each step emits events. The output renders them at once and keeps the bytes
//! until everything that they speak of is committed: when more input would have
//! to be waited for, or the group has become large.
//!
//! # The life of a listing
//!
//! `/history` is a scope and a function that emits one page of rows;
//! `chat::listing` commits, then asks for page after page until there is no
//! more, and writes each out while the store is not in use. Where the listing
//! goes on is a value: the id after which it does. So a slow reader holds nobody
//! up, and a long log needs no memory.
//!
//! # The life of a move
//!
//! `/undo` asks the log where the session stands, which begins a group: until
//! the commit nobody else moves it. It walks the links back over a turn and asks
//! for a move to what stands before it. The rules make two things of that: a row
//! that says from where, to where and what could be redone, and the session's
//! new end. The receipt names what left the context and the move that brings it
//! back. No message was touched.

mod chat;
mod command;
mod domain;
mod format;
mod query;
mod render;
mod responder;
mod secrets;
mod shell;
mod sources;
mod store;
mod transcript;

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use std::rc::Rc;

use chat::{Chat, Settings};
use domain::{Error, Event, Granted, Problem, Scope, Sink, sentence};
use render::{Json, Plain, Renderer, Terminal};
use shell::cli::{Arguments, InputFormat};
use shell::config::{Config, Input};
use shell::config_error::ConfigError;
use shell::{
    CompletionRequest, Draft, DraftFolder, ExitReason, Greeting, McpServer, Output, Patient, Piped,
    Prompt, PromptOptions, Question, Script, Signals, Streams, TerminalGuard, TranscriptPlayer,
    Typist, say, wrapped_usage,
};
use store::{Address, Log, Waits};

fn main() -> ExitCode {
    shell::end_at_panics();
    // If that fails, such a limit ends the program, as it would have done anyway.
    let _ = store::heed_file_limit();
    let typed: Vec<_> = std::env::args_os().collect();
    if let Some(request) = CompletionRequest::read(&typed) {
        return print(&request.answer(chat_at_hand));
    }
    let arguments = match Arguments::read(&typed) {
        Ok(arguments) => arguments,
        Err(answer) => return explain(&answer),
    };
    if arguments.config_template {
        return print(shell::TEMPLATE);
    }
    if let Some(shell) = arguments.completions {
        return print(shell::completion_script(shell));
    }
    if arguments.man {
        return print(&shell::manual());
    }
    let config = match Config::new(arguments) {
        Ok(config) => config,
        Err(error) => return refuse(&error),
    };
    config.warnings.iter().for_each(|warning| say(warning));
    match run(&config) {
        Ok(reason) => reason.exit_code(),
        Err(error) => {
            complain(&error);
            if config.json {
                let mut output = output(&config, None, Signals::default());
                output.emit(&Event::Error(&error));
                let _ = output.flush();
            }
            ExitCode::FAILURE
        }
    }
}

fn run(config: &Config) -> Result<ExitReason, Error> {
    colored::control::set_override(config.color);
    match &config.input {
        Input::Requests => {
            let chat = chat(config, &Signals::default())?;
            Ok(McpServer::new(chat).serve(io::stdin().lock(), Patient(io::stdout())))
        }
        Input::Copy(from, to) => copy(config, from, to),
        Input::Grant(granted) => grant(config, granted),
        Input::Editor => prompt(config),
        Input::Lines(lines) => play(config, Some("-c"), |player| player.lines(lines, &piped())),
        Input::Question(question) if question.reads_stdin() && io::stdin().is_terminal() => {
            play_typed_question(config, question)
        }
        Input::Question(question) => {
            play(config, None, |player| player.question(question, &piped()))
        }
        Input::Stdin => play_script(config, Some("<stdin>"), Script::Stdin(io::stdin())),
        Input::DumbTerminal => play_script(config, None, Script::Stdin(io::stdin())),
        Input::File(path) => {
            let file = open_script(path)?;
            let name = path.to_string_lossy();
            play_script(config, Some(&name), Script::File(file))
        }
    }
}

fn copy(config: &Config, from: &Address, to: &Address) -> Result<ExitReason, Error> {
    let signals = Signals::for_transcript().map_err(Error::Input)?;
    let mut output = output(config, None, signals.clone());
    let waits = || waits(&signals);
    shell::copy_store((from, to), &waits, sources::quiet(), &mut output)
}

/// Gives a role of the server rights, and tells which.
fn grant(config: &Config, granted: &Granted) -> Result<ExitReason, Error> {
    let signals = Signals::for_transcript().map_err(Error::Input)?;
    store::grant(&config.store, waits(&signals), granted)?;
    let mut output = output(config, None, signals);
    output.emit(&Event::Granted(granted));
    output.flush()?;
    Ok(ExitReason::Success)
}

fn prompt(config: &Config) -> Result<ExitReason, Error> {
    let terminal = TerminalGuard::new().map_err(Error::Input)?;
    let folder = config
        .kept_store()
        .and_then(|store| DraftFolder::find(&store));
    let draft = Draft::new(folder);
    let unsent = draft.clone();
    let signals = Signals::for_prompt(move || unsent.keep(), terminal.restorer());
    let signals = signals.map_err(Error::Input)?;
    let chat = match (chat(config, &signals), signals.caught()) {
        (Err(_), Some(signal)) => return Ok(ExitReason::Signal(signal)),
        (chat, _) => chat?,
    };
    let output = output(config, None, signals);
    let options = PromptOptions {
        outside: config.outside.clone(),
        greeting: greeting(config),
        way_back: config.way_back.clone(),
        resume: config.resume.clone(),
        can_ask: !config.json,
        may_be_first: config.may_be_first,
        draft,
    };
    let prompt = Prompt::new(chat, output, &terminal, options).map_err(Error::Input)?;
    Ok(prompt.run())
}

/// What is said at the start of a prompt. Only there an Ollama is looked for, if
/// nobody has chosen a model yet.
fn greeting(config: &Config) -> Greeting {
    let ollama = sources::ollama().filter(|_| config.is_unchosen);
    Greeting::new(config.kept_store().is_none(), ollama)
}

fn play(
    config: &Config,
    source: Option<&str>,
    run: impl FnOnce(TranscriptPlayer<'_>) -> ExitReason,
) -> Result<ExitReason, Error> {
    let signals = Signals::for_transcript().map_err(Error::Input)?;
    play_until(config, source, signals, run)
}

/// Plays a file or standard input, also if a person types it at a terminal without
/// a line editor of ours. Without a name for the source they are shown a prompt.
fn play_script(config: &Config, source: Option<&str>, script: Script) -> Result<ExitReason, Error> {
    let (script, signals) = match script.typist().map_err(Error::Input)? {
        Some(typist) => {
            let signals = Signals::for_typist(typist.restorer());
            (Script::Typist(Box::new(typist)), signals)
        }
        None => (script, Signals::for_transcript()),
    };
    play_until(config, source, signals.map_err(Error::Input)?, |player| {
        let player = match source {
            Some(_) => player,
            None => player.prompting(),
        };
        player.script(script)
    })
}

/// Says what a person types at a terminal, up to Ctrl-D, as one message.
fn play_typed_question(config: &Config, question: &Question) -> Result<ExitReason, Error> {
    let Some(typist) = Typist::new(io::stdin()).map_err(Error::Input)? else {
        return play(config, None, |player| player.question(question, &piped()));
    };
    let signals = Signals::for_typist(typist.restorer()).map_err(Error::Input)?;
    play_until(config, None, signals, |player| {
        player.question(question, &Piped::typed(typist))
    })
}

fn play_until(
    config: &Config,
    source: Option<&str>,
    signals: Signals,
    run: impl FnOnce(TranscriptPlayer<'_>) -> ExitReason,
) -> Result<ExitReason, Error> {
    let mut chat = match (chat(config, &signals), signals.caught()) {
        (Err(_), Some(signal)) => return Ok(ExitReason::Signal(signal)),
        (chat, _) => chat?,
    };
    let mut output = output(config, source, signals);
    let outside = config.outside.clone();
    let player = TranscriptPlayer::new(&mut chat, &mut output, outside, config.stop_on_error);
    let player = player.resuming(config.resume.clone(), config.may_be_first);
    Ok(run(player.of_format(config.format)))
}

fn piped() -> Piped {
    Piped::new(io::stdin(), sources::patience_for_input())
}

fn open_script(path: &Path) -> Result<File, Error> {
    File::open(path)
        .and_then(|file| {
            if file.metadata()?.is_dir() {
                return Err(io::ErrorKind::IsADirectory.into());
            }
            if file.is_terminal() {
                // What is typed there is best shown there.
                let both = File::options().read(true).write(true).open(path);
                return Ok(both.unwrap_or(file));
            }
            Ok(file)
        })
        .map_err(|error| Error::Script(path.to_string_lossy().into_owned(), error))
}

fn chat(config: &Config, signals: &Signals) -> Result<Chat, Error> {
    let mut log = match config.serves {
        Some(scope) => log_to_read(config, scope, signals)?,
        None => log(&config.store, signals)?,
    };
    if config.despite_damage {
        log.go_on_despite_damage();
    }
    Ok(chat_over(log, config))
}

/// A chat whose log is only read and whose store is a file that is there: what a person
/// at a shell is offered while they type.
fn chat_at_hand(config: &Config) -> Option<Chat> {
    if !matches!(config.store, Address::File(_) | Address::DefaultFile(_)) {
        return None;
    }
    let log = store::open_to_read(&config.store, waits(&Signals::default())).ok()?;
    Some(chat_over(log, config))
}

fn chat_over(log: Log, config: &Config) -> Chat {
    let settings = Settings {
        sources: sources::sources(),
        bound_to: config.serves,
        starts_unasked: config.starts_unasked,
        zone: config.terminal.zone,
        verbose: config.verbose,
        parallel: config.parallel,
        first_model: config.first_model,
        personas: Rc::clone(&config.personas),
        places: config.places.clone(),
    };
    let (models, model) = (Rc::clone(&config.models), config.model.clone());
    if let Some(wait) = sources::first_wait() {
        models.set_first_wait(wait);
    }
    Chat::new(log, models, model, config.user.clone(), settings)
}

/// The log for an agent, who reads as the user that was named unless they may read everybody.
fn log_to_read(config: &Config, scope: Scope, signals: &Signals) -> Result<Log, Problem> {
    let mut log = store::open_to_read(&config.store, waits(signals))?;
    if scope != Scope::Global {
        log.admit(&config.user)?;
    }
    Ok(log)
}

fn log(address: &Address, signals: &Signals) -> Result<Log, Problem> {
    let mut log = store::open(address, waits(signals))?;
    if let Some(lease) = sources::lease() {
        log.set_lease(lease);
    }
    log.facts().warnings.iter().for_each(|warning| say(warning));
    Ok(log)
}

/// How long a store is waited for: as long as the person does.
fn waits(signals: &Signals) -> Waits {
    let signals = signals.clone();
    let server = sources::patience_for_server();
    Waits {
        is_over: Box::new(move || signals.caught().is_some()),
        tell: Box::new(say),
        patience: sources::patience_for_store(),
        silence: server,
        give_up: server * 2,
        variable: sources::server_variable,
    }
}

fn output(config: &Config, source: Option<&str>, signals: Signals) -> Output {
    let output = Output::new(renderer(config, source), Streams::standard(), signals);
    match &config.pager {
        Some(pager) => output.paging(pager.clone(), &config.terminal),
        None => output,
    }
}

fn renderer(config: &Config, source: Option<&str>) -> Box<dyn Renderer> {
    if config.format == InputFormat::Json {
        Box::new(Json::with_refs())
    } else if config.json {
        Box::new(Json::default())
    } else if config.is_watched {
        Box::new(Terminal::new(source, config.terminal, sources::clock()))
    } else {
        Box::new(Plain::new(source.unwrap_or("saylog"), config.color))
    }
}

/// Help, the version, or what is wrong with the arguments: broken at words for a
/// terminal.
fn explain(answer: &clap::Error) -> ExitCode {
    let text = answer.render().to_string();
    // Somebody else's words may be in it, which must not drive a terminal.
    let seen = render::visible(&text);
    let columns = if answer.use_stderr() {
        shell::columns_of(io::stderr())
    } else {
        shell::columns_of(io::stdout())
    };
    let printed = match columns {
        _ if seen != text => io::stderr().write_all(seen.as_bytes()),
        None => answer.print(),
        Some(columns) => {
            let is_bare = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
            let styled = answer.render().ansi().to_string();
            let help = wrapped_usage(if is_bare { &text } else { &styled }, columns);
            if answer.use_stderr() {
                io::stderr().write_all(help.as_bytes())
            } else {
                io::stdout().write_all(help.as_bytes())
            }
        }
    };
    match printed {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            say(&Error::Output(error).to_string());
            ExitCode::FAILURE
        }
        _ if answer.use_stderr() => ExitCode::from(2),
        _ => ExitCode::SUCCESS,
    }
}

/// A text on standard output, which nobody needs to read to its end.
fn print(text: &str) -> ExitCode {
    match Patient(io::stdout()).write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            say(&Error::Output(error).to_string());
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}

fn refuse(error: &ConfigError) -> ExitCode {
    let (text, code) = match error {
        ConfigError::Usage(text) => (text, 2),
        ConfigError::Environment(text) => (text, 1),
    };
    say(text);
    ExitCode::from(code)
}

fn complain(error: &Error) {
    say(&sentence(error, error.hint()));
}
