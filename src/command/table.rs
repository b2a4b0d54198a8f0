//! The one table of commands. Parsing, `/help`, completion, hints and the
//! README read it.

use super::{
    Command, clear, context, each, edit, fork, help, history, model, models, moves, personas, quit,
    quote, redo, rename, resume, retry, sessions, show, start, system, undo, user, users,
};
use crate::domain::Result;

/// Everything there is to know about a command.
#[derive(Debug)]
pub struct Spec {
    /// Its name, with the slash.
    pub name: &'static str,
    /// Its arguments as the help shows them; empty if there are none.
    pub arguments: &'static str,
    /// What it does, in one line.
    pub summary: &'static str,
    /// Other names, with their slashes.
    pub aliases: &'static [Alias],
    /// What its argument is, for completion.
    pub argument: Argument,
    /// Understands its arguments, without the white space around them.
    pub parse: fn(&str) -> Result<Command>,
}

/// Another name for a command.
#[derive(Debug)]
pub struct Alias {
    /// The other name, with its slash.
    pub name: &'static str,
    /// The arguments it stands for besides the ones typed; empty if there are none.
    pub means: &'static str,
}

/// What kind of word a command takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument {
    /// None, or free text.
    Any,
    /// The name of a user.
    User,
    /// A session of the current user.
    Session,
    /// The name of a model.
    Model,
    /// A scope.
    Scope,
    /// The name of a command.
    Command,
    /// A persona behind `--as`, then free text.
    Persona,
    /// Users or personas, then free text.
    Each,
    /// The words of `/sessions`.
    Sessions,
    /// Free text, or the word that clears it.
    System,
    /// Free text, or the word that asks for an editor.
    Edit,
}

/// Every command, in the order in which the help shows them.
pub static ALL: [&Spec; 24] = [
    &user::SPEC,
    &users::SPEC,
    &start::SPEC,
    &sessions::SPEC,
    &resume::SPEC,
    &rename::SPEC,
    &fork::SPEC,
    &clear::SPEC,
    &undo::SPEC,
    &redo::SPEC,
    &retry::SPEC,
    &edit::SPEC,
    &moves::SPEC,
    &history::SPEC,
    &context::SPEC,
    &show::SPEC,
    &quote::SPEC,
    &system::SPEC,
    &personas::SPEC,
    &each::SPEC,
    &model::SPEC,
    &models::SPEC,
    &help::SPEC,
    &quit::SPEC,
];

impl Spec {
    /// The name and the arguments.
    pub fn usage(&self) -> String {
        format!("{} {}", self.name, self.arguments)
            .trim_end()
            .to_owned()
    }
}

/// The command of that name or alias, and the arguments that an alias stands for.
pub fn find(name: &str) -> Option<(&'static Spec, &'static str)> {
    ALL.iter().find_map(|spec| {
        if spec.name == name {
            return Some((*spec, ""));
        }
        let alias = spec.aliases.iter().find(|alias| alias.name == name)?;
        Some((*spec, alias.means))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_name_is_used_twice_and_all_begin_with_a_slash() {
        let mut seen = HashSet::new();
        for spec in ALL {
            for name in std::iter::once(spec.name).chain(spec.aliases.iter().map(|a| a.name)) {
                assert!(name.starts_with('/') && name.len() > 1, "{name}");
                assert!(seen.insert(name), "{name}");
            }
        }
    }

    #[test]
    fn every_alias_means_something_its_command_understands() {
        for spec in ALL {
            for alias in spec.aliases {
                assert!((spec.parse)(alias.means).is_ok(), "{}", alias.name);
            }
        }
    }
}
