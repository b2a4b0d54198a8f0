//! What a shell asks while arguments are typed.

use std::env;
use std::ffi::OsString;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use clap::{Arg, ArgAction, Command, CommandFactory, ValueEnum, ValueHint};

use super::super::cli::{Arguments, CompletingShell};
use super::super::config::Config;
use super::super::expansion::is_key_variable;
use super::bash_line::{BashLine, Quotes, quoted};
use super::candidate::{Candidate, Candidates, is_plain};
use super::typed::{Place, Typed};
use crate::chat::{Chat, session, users};
use crate::command::SPECS;

/// The option by which scripts ask. It is no option of people's, and in no help.
const COMPLETE: &str = "--complete";

/// How long a person waits for candidates at most; later there are none.
const PATIENCE: Duration = Duration::from_millis(150);

/// What is in the names of variables that hold keys.
const KEYS: [&str; 2] = ["KEY", "TOKEN"];

/// How many users and sessions are offered at most.
const OFFERED: usize = 200;

/// What is typed in a shell up to the cursor.
#[derive(Clone, Debug)]
pub(crate) struct CompletionRequest {
    shell: CompletingShell,
    /// The arguments before the one at the cursor.
    before: Vec<String>,
    /// The argument at the cursor, up to there.
    current: String,
    /// How many bytes of it stay as they are, and what the rest is between: of bash,
    /// which replaces what its readline takes for a word.
    kept: (usize, Quotes),
}

impl CompletionRequest {
    /// What was asked, if the arguments ask that: of bash they are the line and the end
    /// of it that is to be replaced, of others the words of the line.
    pub(crate) fn read(typed: &[OsString]) -> Option<Self> {
        let [_, complete, shell, words @ ..] = typed else {
            return None;
        };
        if complete != COMPLETE {
            return None;
        }
        let shell = CompletingShell::from_str(shell.to_str()?, false).ok()?;
        let mut words: Vec<String> = words
            .iter()
            .map(|word| word.to_string_lossy().into_owned())
            .collect();
        let last = words.pop().unwrap_or_default();
        if shell == CompletingShell::Bash {
            return Self::of_bash(&words.pop()?, &last);
        }
        let current = match shell {
            // It tells the last word as it is typed.
            CompletingShell::Fish => BashLine::read(&last).current,
            CompletingShell::Zsh | CompletingShell::Bash => last,
        };
        Some(Self {
            shell,
            before: words,
            current,
            kept: (0, Quotes::None),
        })
    }

    fn of_bash(line: &str, replaced: &str) -> Option<Self> {
        let whole = BashLine::read(line);
        let kept = BashLine::read(line.strip_suffix(replaced)?);
        // What is replaced lies in the last word.
        if kept.before != whole.before || !whole.current.starts_with(&kept.current) {
            return None;
        }
        Some(Self {
            shell: CompletingShell::Bash,
            before: whole.before,
            current: whole.current,
            kept: (kept.current.len(), kept.quotes),
        })
    }

    /// What can stand at the cursor, a line each, below one that says what it is: `words`,
    /// or `files`, which the shell knows itself. `open` opens the log of the options
    /// before the cursor for reading, if it is at hand.
    pub(crate) fn answer(
        &self,
        open: impl FnOnce(&Config) -> Option<Chat> + Send + 'static,
    ) -> String {
        let mut command = Arguments::command();
        command.build();
        let arguments = self.before.get(1..).unwrap_or_default();
        let typed = Typed::read(&command, arguments, &self.current);
        let (argument, begin) = match typed.place {
            Place::Value(argument, begin) => (argument, begin),
            Place::MaybeValue(argument) if !self.current.starts_with('-') => (argument, 0),
            Place::MaybeValue(_) | Place::Word => {
                return if self.current.starts_with('-') && !typed.has_only_words {
                    self.told(&Candidates::Words(options(&command, &typed)))
                } else {
                    self.told(&Candidates::Files)
                };
            }
        };
        let value = &self.current[begin..];
        let mut found = values(argument, value, &typed, open);
        if let Candidates::Words(words) = &mut found {
            // Behind a blank it would be taken for another option.
            words.retain(|it| begin > 0 || !it.word.starts_with('-'));
            for candidate in words {
                candidate.word.insert_str(0, &self.current[..begin]);
            }
        }
        self.told(&found)
    }

    /// The answer as the script reads it.
    fn told(&self, candidates: &Candidates) -> String {
        let Candidates::Words(words) = candidates else {
            return "files\n".to_owned();
        };
        let mut told = "words\n".to_owned();
        for candidate in words {
            if !candidate.is_plain() || !candidate.word.starts_with(&self.current) {
                continue;
            }
            let (kept, quotes) = self.kept;
            let line = match self.shell {
                CompletingShell::Bash => quoted(&candidate.word[kept..], quotes),
                CompletingShell::Zsh | CompletingShell::Fish => Some(candidate.line()),
            };
            if let Some(line) = line {
                told += &line;
                told.push('\n');
            }
        }
        told
    }
}

/// The options that are not typed yet, or may be again.
fn options(command: &Command, typed: &Typed<'_>) -> Vec<Candidate> {
    let mut found = Vec::new();
    let is_again = |argument: &Arg| matches!(argument.get_action(), ArgAction::Append);
    for argument in command.get_opts().chain(command.get_arguments()) {
        let Some(long) = argument.get_long() else {
            continue;
        };
        let word = format!("--{long}");
        let is_known = found.iter().any(|it: &Candidate| it.word == word);
        if is_known || typed.has(argument.get_id().as_str()) && !is_again(argument) {
            continue;
        }
        let about = argument.get_help().map(ToString::to_string);
        found.push(Candidate::new(word, about.unwrap_or_default()));
    }
    found
}

/// What the value of an option can be.
fn values(
    argument: &Arg,
    value: &str,
    typed: &Typed<'_>,
    open: impl FnOnce(&Config) -> Option<Chat> + Send + 'static,
) -> Candidates {
    let known = argument.get_possible_values();
    if !known.is_empty() {
        let words = known.iter().map(|it| {
            let about = it.get_help().map(ToString::to_string);
            Candidate::new(it.get_name(), about.unwrap_or_default())
        });
        return Candidates::Words(words.collect());
    }
    let wanted = value.to_owned();
    let found = match argument.get_id().as_str() {
        "user" | "as_user" => looked_up(typed, move |config| {
            Some(users_like(&mut open(&config)?, &wanted))
        }),
        "resume" => looked_up(typed, move |config| {
            Some(sessions_like(&mut open(&config)?, &wanted))
        }),
        "model" => looked_up(typed, |config| {
            let names = config.models.names().into_iter();
            Some(names.map(|name| Candidate::new(name, "")).collect())
        }),
        // The names alone, never what they hold.
        "key_variable" => {
            let names = env::vars_os().filter_map(|(name, _)| name.into_string().ok());
            let names = names.filter(|name| {
                is_key_variable(name) && KEYS.iter().any(|part| name.contains(part))
            });
            names.map(|name| Candidate::new(name, "")).collect()
        }
        "commands" => {
            let words = SPECS
                .iter()
                .map(|spec| Candidate::new(spec.name, spec.summary));
            words.collect()
        }
        _ => match argument.get_value_hint() {
            ValueHint::FilePath | ValueHint::AnyPath => return Candidates::Files,
            _ => Vec::new(),
        },
    };
    Candidates::Words(found)
}

/// What is looked up with the configuration of the run that is being typed; nothing if
/// there is something wrong with it, or it takes too long.
fn looked_up(
    typed: &Typed<'_>,
    look: impl FnOnce(Config) -> Option<Vec<Candidate>> + Send + 'static,
) -> Vec<Candidate> {
    let mut arguments = vec![OsString::from("saylog")];
    for id in ["user", "store"] {
        if let Some(value) = typed.value(id) {
            arguments.push(format!("--{id}={value}").into());
        }
    }
    for (id, flag) in [("ephemeral", "--ephemeral"), ("no_config", "--no-config")] {
        if typed.has(id) {
            arguments.push(flag.into());
        }
    }
    // With a line to run nothing is asked of standard input.
    arguments.extend(["-c", "/info"].map(OsString::from));
    in_time(move || {
        let arguments = Arguments::read(&arguments).ok()?;
        look(Config::new(arguments).ok()?)
    })
    .unwrap_or_default()
}

/// What comes of some work, unless a person would have to wait for it.
fn in_time<T: Send + 'static>(work: impl FnOnce() -> Option<T> + Send + 'static) -> Option<T> {
    let (sender, receiver) = mpsc::channel();
    // If it takes too long it is left to itself, and ends with the process.
    thread::spawn(move || sender.send(work()));
    receiver.recv_timeout(PATIENCE).ok().flatten()
}

fn users_like(chat: &mut Chat, typed: &str) -> Vec<Candidate> {
    let found = users::matching(chat, typed, OFFERED).unwrap_or_default();
    let words = found.iter().map(|user| Candidate::new(user.as_str(), ""));
    words.collect()
}

/// The sessions of the user whose run is being typed, by what names them and no other:
/// their titles, or their ids where a title cannot be typed as it is.
fn sessions_like(chat: &mut Chat, typed: &str) -> Vec<Candidate> {
    let found = session::offers(chat, typed, OFFERED).unwrap_or_default();
    let is_typed = |word: &str| is_plain(word) && word.starts_with(typed) && !word.starts_with('-');
    let has_word = found.iter().any(|found| is_typed(&found.word));
    let mut words = Vec::new();
    for found in found {
        let about = found.name.filter(|name| *name != found.word);
        let about = about.unwrap_or_default();
        if is_typed(&found.word) {
            words.push(Candidate::new(found.word, about));
        } else if !has_word || typed.is_empty() {
            // Who types the beginning of a title does not look for ids.
            words.push(Candidate::new(found.session.to_string(), about));
        }
    }
    words.push(Candidate::new("latest", "the latest session"));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_waits_for_work_that_does_not_end() {
        let (_open, never) = mpsc::channel::<()>();
        assert_eq!(in_time(move || never.recv().ok()), None);
        assert_eq!(in_time(|| Some(1)), Some(1));
    }
}
