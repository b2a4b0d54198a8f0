//! Completion of commands and their arguments.

use rustyline::Context;
use rustyline::completion::{Completer, Pair};

use super::line_helper::LineHelper;
use super::path_completion;
use crate::chat::{ask, session, users};
use crate::command::spec::Argument;
use crate::command::{self, SPECS};
use crate::domain::{Result, UserName};
use crate::render::visible_line;

/// How many users are offered at most: what fits a screen.
const OFFERED_USERS: usize = 60;

/// How many sessions are offered at most.
const OFFERED_SESSIONS: usize = 20;

impl Completer for LineHelper {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        pos: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        let typed = &line[..pos];
        if !self.is_command(line) {
            return Ok((pos, Vec::new()));
        }
        let Some((name, rest)) = typed.split_once(char::is_whitespace) else {
            return Ok((0, names(typed)));
        };
        let Some(spec) = command::find(name).map(|entry| entry.spec) else {
            return Ok((pos, Vec::new()));
        };
        if !spec.implied_by(name).is_empty() {
            return Ok((pos, Vec::new()));
        }
        let argument = rest.trim_start();
        let (from, offers) = self.arguments(spec.argument, argument);
        let pairs = offers.into_iter().map(|word| Pair {
            display: visible_line(&word),
            replacement: word,
        });
        Ok((pos - argument.len() + from, pairs.collect()))
    }
}

/// The commands and aliases that begin with what is typed.
pub(super) fn names(typed: &str) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for spec in SPECS {
        let aliases = spec.aliases.iter().map(|alias| (alias.name, ""));
        for (name, arguments) in std::iter::once((spec.name, spec.arguments)).chain(aliases) {
            // `/` alone offers names only; who uses an alias knows how it begins.
            if name.starts_with(typed) && (name == spec.name || typed.len() > 1) {
                let space = if arguments.is_empty() { "" } else { " " };
                pairs.push(Pair {
                    display: name.to_owned(),
                    replacement: format!("{name}{space}"),
                });
            }
        }
    }
    pairs
}

impl LineHelper {
    /// What can complete the arguments typed so far: where the word to replace
    /// begins, and the words for it.
    fn arguments(&self, argument: Argument, typed: &str) -> (usize, Vec<String>) {
        // Nothing is offered while the store cannot be read; the next line will say why.
        let mut chat = self.chat.borrow_mut();
        let (from, words) = match argument {
            Argument::User => (
                0,
                users::matching(&mut chat, typed, OFFERED_USERS).map(|users| named(&users)),
            ),
            Argument::Session => (0, session::matching(&mut chat, typed, OFFERED_SESSIONS)),
            Argument::Model => (0, Ok(ask::matching_models(&chat, typed))),
            Argument::Persona { flag } => match after(typed, flag) {
                Some(from) => (from, Ok(session::matching_personas(&chat, &typed[from..]))),
                None => (0, Ok(beginning(&[flag], typed))),
            },
            Argument::Audience { flag } => match after(typed, flag) {
                Some(from) => {
                    let from = from + last_of_list(&typed[from..]);
                    (from, Ok(session::matching_personas(&chat, &typed[from..])))
                }
                None if typed.starts_with('-') => (0, Ok(beginning(&[flag], typed))),
                None => {
                    let from = last_of_list(typed);
                    let users = users::matching(&mut chat, &typed[from..], OFFERED_USERS);
                    let quoted = |users: Vec<UserName>| users.iter().map(in_list).collect();
                    let mut words: Result<Vec<String>> = users.map(quoted);
                    if let (true, Ok(words)) = (typed.is_empty(), &mut words) {
                        words.push(flag.to_owned());
                    }
                    (from, words)
                }
            },
            Argument::Command => {
                let words: Vec<_> = SPECS.iter().map(|spec| spec.word()).collect();
                (0, Ok(beginning(&words, typed)))
            }
            Argument::Words(words) => {
                let from = typed.rfind(char::is_whitespace).map_or(0, |at| at + 1);
                (from, Ok(beginning(words, &typed[from..])))
            }
            Argument::Word(words) => (0, Ok(beginning(words, typed))),
            Argument::Path => (0, Ok(path_completion::paths(typed, &self.files))),
            Argument::Any => (0, Ok(Vec::new())),
        };
        (from, words.unwrap_or_default())
    }
}

fn named(users: &[UserName]) -> Vec<String> {
    users.iter().map(ToString::to_string).collect()
}

/// A name as it stands in a list of names.
fn in_list(user: &UserName) -> String {
    let quoted = user.quoted();
    if user.as_str().contains(',') && !quoted.starts_with('"') {
        return format!("\"{quoted}\"");
    }
    quoted.into_owned()
}

/// Those of these words that begin with what is typed.
fn beginning(words: &[&str], typed: &str) -> Vec<String> {
    let words = words.iter().filter(|word| word.starts_with(typed));
    words.map(ToString::to_string).collect()
}

/// Where the word after a flag begins, if it is being typed.
fn after(typed: &str, flag: &str) -> Option<usize> {
    let rest = typed.strip_prefix(flag)?;
    let word = rest.trim_start();
    let is_next = word.len() < rest.len() && !word.contains(char::is_whitespace);
    is_next.then_some(typed.len() - word.len())
}

/// Where the last name of a list begins.
fn last_of_list(typed: &str) -> usize {
    typed.rfind(',').map_or(0, |at| at + 1)
}
