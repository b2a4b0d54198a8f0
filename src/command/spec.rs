//! What is known about a command without running it.

/// The flag behind which a form stands.
pub(crate) const FORMAT_FLAG: &str = "--format";

/// A command as the parser, `/help`, completion, hints and docs/language.md see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spec {
    /// Its name, with the slash.
    pub(crate) name: &'static str,
    /// Its arguments as the help shows them; empty if there are none.
    pub(crate) arguments: &'static str,
    /// What it does, in one line.
    pub(crate) summary: &'static str,
    pub(crate) aliases: &'static [Alias],
    /// What its argument is, for completion.
    pub(crate) argument: Argument,
}

/// Another name for a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Alias {
    /// The other name, with its slash.
    pub(crate) name: &'static str,
    /// The arguments that the alias implies. An alias that implies some takes no further ones.
    pub(crate) implies: &'static str,
}

/// What kind of argument a command takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Argument {
    /// None, or free text.
    Any,
    /// The name of a user.
    User,
    /// A session of the current user.
    Session,
    /// A session of the current user, or behind this flag one that is archived.
    SessionOrArchived {
        /// The flag, with its dashes.
        flag: &'static str,
    },
    /// The name of a model.
    Model,
    /// The name of a command.
    Command,
    /// The path of a file, then free text.
    Path,
    /// The paths of files, among them some of these flags.
    Paths {
        /// Flags with their dashes.
        flags: &'static [&'static str],
    },
    /// The number of a block of code, then the path of a file.
    Code,
    /// The name of a setting, then its value.
    Setting,
    /// One of these words, or something else that cannot be completed.
    Word(&'static [&'static str]),
    /// A query of the log, behind some of these words or none.
    Query {
        /// Flags with their dashes, and others.
        words: &'static [&'static str],
    },
    /// A query of the log, behind one of these words or none.
    Grouped {
        /// A word of which one of the next has to follow, and others.
        words: &'static [&'static str],
        /// What may follow the first of them.
        keys: &'static [&'static str],
    },
    /// Any number of these words.
    Words(&'static [&'static str]),
    /// The name of a persona after this flag, then free text.
    Persona {
        /// The flag, with its dashes.
        flag: &'static str,
    },
    /// A list of users, or of personas after this flag, then free text.
    Audience {
        /// The flag, with its dashes.
        flag: &'static str,
    },
}

impl Spec {
    /// The name and the arguments, as typed.
    pub(crate) fn usage(&self) -> String {
        format!("{} {}", self.name, self.arguments)
            .trim_end()
            .to_owned()
    }

    /// The name without the slash.
    pub(crate) fn word(&self) -> &'static str {
        self.name.trim_start_matches('/')
    }

    /// The name, then every alias.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.name).chain(self.aliases.iter().map(|alias| alias.name))
    }

    /// Whether this is the name or an alias.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        self.names().any(|own| own == name)
    }

    /// The arguments that this name implies; empty unless it is an alias that does.
    pub(crate) fn implied_by(&self, name: &str) -> &'static str {
        let mut aliases = self.aliases.iter();
        let alias = aliases.find(|alias| alias.name == name);
        alias.map_or("", |alias| alias.implies)
    }
}
