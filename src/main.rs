//! saylog: a chat prompt with two memories.
//!
//! A *session* is what the model remembers, private to one user. The *log* is
//! what was said: every message of every user, for good. This is the
//! composition root: it reads the arguments, builds the parts, and runs.
//!
//! ```text
//! main       builds the parts
//! rim        arguments, terminal, signals, streams
//! command    what a line means
//! chat       who is speaking, in which session; a turn
//! store │ responder │ render │ transcript
//! domain     values
//! ```

mod chat;
mod command;
mod domain;
mod render;
mod responder;
mod rim;
mod sources;
mod store;
mod transcript;

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::Parser;

use chat::Chat;
use domain::{Error, Event, Fault, Sink};
use render::{Json, Plain, Renderer, Terminal};
use rim::cli::Arguments;
use rim::config::{Config, Input, Mistake, Place};
use rim::{Console, Desk, Ending, Play, Prompt, Script, Signals, Wishes};
use store::{Sqlite, Store};

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(answer) => return explain(&answer),
    };
    let config = match Config::new(arguments) {
        Ok(config) => config,
        Err(mistake) => return refuse(&mistake),
    };
    match run(&config) {
        Ok(ending) => ending.leave(),
        Err(error) => {
            // Before there is a desk, errors still have one place and one form.
            let mut desk = Desk::new(renderer(&config, None), Signals::default());
            complain(&error);
            if config.json {
                desk.tell(&Event::Error(&error));
                let _ = desk.drain();
            }
            ExitCode::FAILURE
        }
    }
}

fn run(config: &Config) -> Result<Ending, Error> {
    colored::control::set_override(config.color);
    match &config.input {
        Input::Editor => prompt(config),
        Input::Lines(lines) => play(config, Some("-c"), |play| play.lines(lines)),
        Input::Stdin => play(config, Some("<stdin>"), |play| {
            play.script(Script::Stdin(io::stdin()))
        }),
        Input::DumbTerminal => play(config, None, |play| {
            play.prompting().script(Script::Stdin(io::stdin()))
        }),
        Input::File(path) => {
            let file = open_script(path)?;
            let name = path.to_string_lossy();
            play(config, Some(&name), |play| play.script(Script::File(file)))
        }
    }
}

fn prompt(config: &Config) -> Result<Ending, Error> {
    let console = Console::open().map_err(Error::Input)?;
    let signals = Signals::for_prompt(console.restorer()).map_err(Error::Input)?;
    let chat = chat(config, &signals)?;
    let desk = Desk::new(renderer(config, None), signals);
    let wishes = Wishes {
        keys: config.keys,
        share: config.share,
        resume: config.resume.clone(),
    };
    let prompt = Prompt::new(chat, desk, &console, wishes).map_err(Error::Input)?;
    Ok(prompt.run())
}

fn play(
    config: &Config,
    source: Option<&str>,
    run: impl FnOnce(Play<'_>) -> Ending,
) -> Result<Ending, Error> {
    let signals = Signals::for_transcript().map_err(Error::Input)?;
    let mut chat = chat(config, &signals)?;
    let mut desk = Desk::new(renderer(config, source), signals);
    let play = Play::new(&mut chat, &mut desk, config.stop_on_error);
    Ok(run(play.resuming(config.resume.clone())))
}

fn open_script(path: &Path) -> Result<File, Error> {
    File::open(path)
        .and_then(|file| {
            if file.metadata()?.is_dir() {
                return Err(io::ErrorKind::IsADirectory.into());
            }
            Ok(file)
        })
        .map_err(|error| Error::Script(path.to_string_lossy().into_owned(), error))
}

fn chat(config: &Config, signals: &Signals) -> Result<Chat, Error> {
    let store = store(&config.place, signals)?;
    let user = config.user.clone();
    Chat::new(
        store,
        Rc::clone(&config.models),
        config.model.clone(),
        sources::sources(),
        user,
        config.starts_unasked,
    )
    .map(|chat| {
        chat.verbose(config.verbose)
            .with_personas(Rc::clone(&config.personas))
    })
}

fn store(place: &Place, signals: &Signals) -> Result<Box<dyn Store>, Fault> {
    let signals = signals.clone();
    let told = AtomicBool::new(false);
    let give_up = Box::new(move |waited: Duration| {
        if waited > sources::patience() && !told.swap(true, Ordering::Relaxed) {
            say("another process keeps the store to itself; waiting for it");
        }
        signals.caught().is_some()
    });
    let store = match place {
        Place::Memory => Sqlite::ephemeral()?,
        Place::File(path) => Sqlite::open(path, give_up)?,
        Place::Default(path) => Sqlite::open_making_folder(path, give_up)?,
    };
    store.caution().into_iter().for_each(say);
    Ok(Box::new(store))
}

fn renderer(config: &Config, source: Option<&str>) -> Box<dyn Renderer> {
    if config.json {
        Box::new(Json::default())
    } else if config.is_watched {
        Box::new(Terminal::new(source, config.markdown))
    } else {
        Box::new(Plain::new(source.unwrap_or("saylog"), config.color))
    }
}

/// Help, the version, or what is wrong with the arguments.
fn explain(answer: &clap::Error) -> ExitCode {
    match answer.print() {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            say(&Error::Output(error).to_string());
            ExitCode::FAILURE
        }
        _ if answer.use_stderr() => ExitCode::from(2),
        _ => ExitCode::SUCCESS,
    }
}

fn refuse(mistake: &Mistake) -> ExitCode {
    let (text, code) = match mistake {
        Mistake::Usage(text) => (text, 2),
        Mistake::Environment(text) => (text, 1),
    };
    say(text);
    ExitCode::from(code)
}

fn complain(error: &Error) {
    let hint = error
        .hint()
        .map_or_else(String::new, |hint| format!("; {hint}"));
    say(&format!("{error}{hint}"));
}

/// One line on standard error. Nobody can be told if that fails.
fn say(text: &str) {
    let line = format!("saylog: {}\n", render::visible_line(text));
    let _ = io::stderr().write_all(line.as_bytes());
}
