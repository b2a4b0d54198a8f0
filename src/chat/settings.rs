//! What the configuration decides about a chat.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::time::Duration;

use crate::domain::{Error, Result, Scope, SessionId, Timestamp, UserName, Zone};

/// What holds for a chat as long as the process lives.
pub(crate) struct Settings {
    /// Where time and session ids come from.
    pub sources: Sources,
    /// The scope that cannot be left, if there is one: of `user` everything that is asked
    /// is about the first user's messages, of `global` it is about everybody's unless it
    /// says otherwise.
    pub bound_to: Option<Scope>,
    /// A message without a session starts one, instead of being an error.
    pub starts_unasked: bool,
    /// In which zone dates of filters are.
    pub zone: Zone,
    /// Each reply is followed by its tokens and seconds.
    pub verbose: bool,
    /// How many models are asked at the same time.
    pub parallel: usize,
    /// Who has chosen the model that answers first.
    pub first_model: FirstModel,
    /// The personas that a session can be started as.
    pub personas: Rc<Personas>,
    /// Where this process keeps and found what it needs.
    pub places: Places,
}

/// Who has chosen the model that answers first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FirstModel {
    /// The person.
    Chosen,
    /// Nobody: a mock answers.
    Unchosen,
    /// Nobody, though an endpoint was named: they are to be told.
    Unnamed,
}

/// Where a process keeps and found what it needs, for people.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    /// The address of the store.
    pub store: String,
    /// The file with the configuration, if one was read.
    pub configuration: Option<String>,
}

/// Where time and session ids come from.
#[derive(Clone, Copy)]
pub(crate) struct Sources {
    /// The time now.
    pub clock: fn() -> Timestamp,
    /// Whether that is the system's clock, which can be compared with that of files.
    pub is_system_clock: bool,
    /// A fresh session id, drawn at random.
    pub draw: fn() -> SessionId,
    /// An import or export may take so long before it is told how far it is.
    pub quiet: Duration,
}

/// A system prompt and a model with a name of their own.
#[derive(Clone, Debug, Default)]
pub(crate) struct Persona {
    /// Its system prompt.
    pub system: Option<String>,
    /// The name of the model.
    pub model: Option<String>,
}

/// Every persona that is configured, and whose sessions are started as which.
#[derive(Debug, Default)]
pub(crate) struct Personas {
    /// By the names that `/start --as` takes.
    pub named: BTreeMap<String, Persona>,
    /// Those that are configured wrongly, and how.
    pub broken: BTreeMap<String, String>,
    /// The persona that a user's sessions are started as if none is named.
    pub defaults: HashMap<UserName, String>,
    /// The users for whom that is configured wrongly, and how.
    pub broken_defaults: HashMap<UserName, String>,
}

impl Settings {
    /// The time now.
    pub(super) fn now(&self) -> Timestamp {
        (self.sources.clock)()
    }

    /// A fresh session id.
    pub(super) fn draw_id(&self) -> SessionId {
        (self.sources.draw)()
    }
}

impl Personas {
    /// The persona of that name.
    ///
    /// # Errors
    /// [`Error::BadArgument`] of the command that was given the name.
    pub(super) fn find(&self, name: &str, command: &str) -> Result<&Persona> {
        if let Some(why) = self.broken.get(name) {
            return Err(Error::BadArgument {
                command: command.into(),
                why: format!("cannot use the persona `{name}`: {why}"),
                hint: "`/personas` lists those that can be used".into(),
            });
        }
        self.named.get(name).ok_or_else(|| {
            let names: Vec<&str> = self.named.keys().map(String::as_str).collect();
            Error::BadArgument {
                command: command.into(),
                why: format!("does not know the persona `{name}`"),
                hint: if names.is_empty() {
                    "`[personas.NAME]` in config.toml describes one".into()
                } else {
                    format!("one of {}", names.join(", "))
                },
            }
        })
    }

    /// The persona that a user's sessions are started as if none is named.
    ///
    /// # Errors
    /// [`Error::BadArgument`] if that is configured wrongly: nobody should speak to
    /// another persona than the configuration means.
    pub(super) fn default_of(&self, user: &UserName) -> Result<Option<&str>> {
        match self.broken_defaults.get(user) {
            None => Ok(self.defaults.get(user).map(String::as_str)),
            Some(why) => Err(Error::BadArgument {
                command: "/start".into(),
                why: format!("does not know the persona of `{user}`: {why}"),
                hint: "`/start --as NAME` names one".into(),
            }),
        }
    }

    /// All the names.
    pub(super) fn names(&self) -> Vec<String> {
        self.named.keys().cloned().collect()
    }
}
