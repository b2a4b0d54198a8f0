//! The options before the cursor, and what is being typed.

use clap::{Arg, Command};

/// What is being typed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place<'a> {
    /// An option, or one of the words.
    Word,
    /// The value of an option; in front of it the word has so many bytes more.
    Value(&'a Arg, usize),
    /// What stands behind `--resume` or `-r`: which session, or anything else.
    MaybeValue(&'a Arg),
}

/// The arguments before the cursor, as far as they are understood.
#[derive(Debug)]
pub(super) struct Typed<'a> {
    command: &'a Command,
    /// The options by their ids, with their values.
    given: Vec<(&'a Arg, Option<String>)>,
    pub(super) place: Place<'a>,
    /// All that follows are words, since a `--` was typed.
    pub(super) has_only_words: bool,
}

impl<'a> Typed<'a> {
    /// Reads the arguments before the cursor, without the program's name, and the one
    /// at the cursor.
    pub(super) fn read(command: &'a Command, before: &[String], current: &str) -> Self {
        let mut typed = Self {
            command,
            given: Vec::new(),
            place: Place::Word,
            has_only_words: false,
        };
        let mut words = before.iter();
        while let Some(word) = words.next() {
            typed.place = Place::Word;
            if word == "--" {
                typed.has_only_words = true;
                return typed;
            }
            let Some((argument, value)) = typed.option(word) else {
                continue;
            };
            if value.is_some() || !argument.get_action().takes_values() {
                typed.given.push((argument, value));
            } else if argument.is_require_equals_set() {
                typed.given.push((argument, None));
                typed.place = Place::MaybeValue(argument);
            } else {
                let most = argument
                    .get_num_args()
                    .map_or(1, |range| range.max_values());
                let mut value = None;
                for _ in 0..most {
                    value = words.next().cloned();
                    if value.is_none() {
                        typed.place = Place::Value(argument, 0);
                        break;
                    }
                }
                typed.given.push((argument, value));
            }
        }
        if matches!(typed.place, Place::Word | Place::MaybeValue(_))
            && let Some((argument, Some(value))) = typed.option(current)
        {
            typed.place = Place::Value(argument, current.len() - value.len());
        }
        typed
    }

    /// The option that a word is, and the value in it, if there is one.
    fn option(&self, word: &str) -> Option<(&'a Arg, Option<String>)> {
        let mut arguments = self.command.get_arguments();
        if let Some(long) = word.strip_prefix("--") {
            let (name, value) = match long.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (long, None),
            };
            let argument = arguments.find(|it| it.get_long() == Some(name))?;
            return Some((argument, value));
        }
        let mut letters = word.strip_prefix('-')?.chars();
        // Of `-ru bob` the last letter has the value.
        while let Some(letter) = letters.next() {
            let argument = self
                .command
                .get_arguments()
                .find(|it| it.get_short() == Some(letter))?;
            let rest = letters.as_str();
            if rest.is_empty() {
                return Some((argument, None));
            }
            if argument.is_require_equals_set() {
                if let Some(value) = rest.strip_prefix('=') {
                    return Some((argument, Some(value.to_owned())));
                }
            } else if argument.get_action().takes_values() {
                return Some((argument, Some(rest.to_owned())));
            }
        }
        None
    }

    /// Whether this option was typed.
    pub(super) fn has(&self, id: &str) -> bool {
        self.given
            .iter()
            .any(|(argument, _)| argument.get_id() == id)
    }

    /// The last value that was typed for an option.
    pub(super) fn value(&self, id: &str) -> Option<&str> {
        let mut given = self.given.iter().rev();
        let (_, value) = given.find(|(argument, _)| argument.get_id() == id)?;
        value.as_deref()
    }
}
