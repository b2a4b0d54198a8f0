//! The commands: one file each, and the one table that names them all.
//!
//! A command is a struct that implements [`action::Action`]. A new one is a
//! file of its own, its `mod` line and its line in the table below; parsing,
//! `/help`, completion and hints follow from that.

pub(crate) mod action;
mod archive;
mod argument;
mod clear;
mod code;
mod compact;
mod context;
mod continue_reply;
mod copy;
pub(crate) mod deleting;
mod each;
mod edit;
mod export;
mod file;
mod follow;
mod fork;
pub(crate) mod help;
mod history;
mod import;
mod info;
pub(crate) mod line;
mod log;
mod model;
mod models;
mod moves;
mod name_list;
pub(crate) mod named_file;
mod newest;
mod personas;
mod quit;
mod quote;
mod redo;
mod rename;
mod resume;
mod retry;
mod search;
mod sessions;
mod set;
mod show;
pub(crate) mod spec;
mod start;
mod stats;
mod system;
pub(crate) mod topics;
mod undo;
mod user;
mod users;
pub(crate) mod wanted_export;
pub(crate) mod wanted_follow;
pub(crate) mod wanted_import;
pub(crate) mod wanted_setting;

use crate::chat::Chat;
use crate::domain::{Result, Sink};
use action::{Action, Next};
use argument::Arguments;
use spec::Spec;

/// A command in the table.
pub(crate) struct Entry {
    pub(crate) spec: &'static Spec,
    /// Parses its arguments, without the white space around them.
    parse: fn(&str) -> Result<Command>,
}

/// The command that has this name or alias.
pub(crate) fn find(name: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.spec.is_called(name))
}

/// Makes the enum of all commands, the table of their descriptions and parsers,
/// and the calls to each.
macro_rules! commands {
    ($($file:ident::$name:ident,)*) => {
        /// A command with its arguments, parsed.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub(crate) enum Command {
            $($name($file::$name),)*
        }

        /// Every command, in the order in which the help shows them.
        pub(crate) static SPECS: &[&Spec] = &[$(&$file::$name::SPEC,)*];

        static ENTRIES: &[Entry] = &[$(Entry {
            spec: &$file::$name::SPEC,
            parse: |text| {
                let arguments = Arguments::new(text, &$file::$name::SPEC, SPECS);
                $file::$name::parse(arguments).map(Command::$name)
            },
        },)*];

        impl Command {
            /// The command as typed, if it can only run where a person has a line editor.
            pub(crate) fn needs_editor(&self) -> Option<&'static str> {
                match self {
                    $(Self::$name(command) => command.needs_editor(),)*
                }
            }

            /// The same command from a person who can be asked what they mean.
            #[must_use]
            pub(crate) fn asking(self) -> Self {
                match self {
                    $(Self::$name(command) => Self::$name(command.asking()),)*
                }
            }

            /// Does what the command says and tells the sink what happened.
            pub(crate) fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
                match self {
                    $(Self::$name(command) => command.run(chat, sink),)*
                }
            }
        }
    };
}

commands! {
    user::User,
    users::Users,
    start::Start,
    sessions::Sessions,
    resume::Resume,
    rename::Rename,
    archive::Archive,
    fork::Fork,
    clear::Clear,
    undo::Undo,
    redo::Redo,
    retry::Retry,
    continue_reply::Continue,
    edit::Edit,
    file::File,
    moves::Moves,
    history::History,
    log::Log,
    search::Search,
    stats::Stats,
    follow::Follow,
    export::Export,
    import::Import,
    context::Context,
    compact::Compact,
    show::Show,
    copy::Copy,
    code::Code,
    quote::Quote,
    system::System,
    personas::Personas,
    each::Each,
    model::Model,
    models::Models,
    set::Set,
    info::Info,
    help::Help,
    quit::Quit,
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_name_is_used_twice_and_all_begin_with_a_slash() {
        let mut seen = HashSet::new();
        for name in SPECS.iter().flat_map(|spec| spec.names()) {
            assert!(name.starts_with('/') && name.len() > 1, "{name}");
            assert!(seen.insert(name), "{name}");
        }
    }

    #[test]
    fn every_alias_implies_something_its_command_understands() {
        for entry in ENTRIES {
            for alias in entry.spec.aliases {
                assert!((entry.parse)(alias.implies).is_ok(), "{}", alias.name);
            }
        }
    }
}
