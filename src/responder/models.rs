//! Which responder answers to which name.

use std::collections::BTreeMap;
use std::ffi::OsString;

use super::http::{Endpoint, Http};
use super::mock::{self, NAMES};
use super::process::Process;
use super::{Listener, Responder};
use crate::domain::{Error, Result, Trouble};

/// What a model's name is made of if it is an external program.
const COMMAND: &str = "cmd:";

/// A model that the configuration describes.
#[derive(Clone)]
pub(crate) struct Named {
    /// Where it answers; none for the endpoint of all other names.
    pub endpoint: Endpoint,
    /// What it is told before the conversation.
    pub system: Option<String>,
}

/// Every model that can be asked: the mocks, those the configuration names,
/// external programs, and whatever else an endpoint may offer.
pub(crate) struct Models {
    named: BTreeMap<String, Named>,
    /// Where a name is looked for that is none of these.
    endpoint: Option<Named>,
    window: usize,
    /// What mocks and external programs are told before the conversation.
    system: Option<String>,
    environment: Vec<(OsString, OsString)>,
}

/// A model, ready to answer.
pub(crate) struct Opened {
    /// What answers.
    pub responder: Box<dyn Responder>,
    /// What it is told before the conversation.
    pub system: Option<String>,
}

impl Models {
    /// All models. `window` is what an external program is told, in tokens;
    /// `system` is said to it first; of `environment` it gets what is allowed.
    pub(crate) fn new(
        named: BTreeMap<String, Named>,
        endpoint: Option<Named>,
        window: usize,
        system: Option<String>,
        environment: Vec<(OsString, OsString)>,
    ) -> Self {
        Self {
            named,
            endpoint,
            window,
            system,
            environment,
        }
    }

    /// The model of that name.
    ///
    /// # Errors
    /// If nothing answers to it, or it cannot be asked.
    pub(crate) fn open(&self, name: &str) -> std::result::Result<Opened, Trouble> {
        let plain = |responder| Opened {
            responder,
            system: self.system.clone(),
        };
        if let Some(mock) = mock::named(name) {
            return Ok(plain(mock));
        }
        if let Some(command) = name.strip_prefix(COMMAND) {
            let words: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
            if words.is_empty() {
                return Err(Trouble {
                    what: "the model names no program".into(),
                    hint: Some("write `cmd:PROGRAM ARGS…`".into()),
                });
            }
            let environment = self.environment.iter().cloned();
            let process = Process::new(words, self.window, environment);
            return Ok(plain(Box::new(process)));
        }
        let (endpoint, system) = match (self.named.get(name), &self.endpoint) {
            (Some(named), _) => (named.endpoint.clone(), named.system.clone()),
            (None, Some(other)) => {
                let endpoint = Endpoint {
                    model: name.to_owned(),
                    ..other.endpoint.clone()
                };
                (endpoint, other.system.clone())
            }
            (None, None) => return Err(self.unknown(name)),
        };
        endpoint.check()?;
        Ok(Opened {
            responder: Box::new(Http::new(endpoint)),
            system,
        })
    }

    /// Whether a name is that of an external program.
    pub(crate) fn is_program(name: &str) -> bool {
        name.starts_with(COMMAND)
    }

    /// How many tokens a model is told that does not say otherwise.
    pub(crate) fn window(&self) -> usize {
        self.window
    }

    /// The names that are known without asking anybody.
    pub(crate) fn names(&self) -> Vec<String> {
        let mocks = NAMES.iter().map(ToString::to_string);
        mocks.chain(self.named.keys().cloned()).collect()
    }

    /// What the endpoint offers besides; empty without one.
    ///
    /// # Errors
    /// If it cannot be asked, or the listener stops it.
    pub(crate) fn offered(&self, listener: &mut Listener<'_>) -> Result<Vec<String>> {
        match &self.endpoint {
            Some(named) => Http::new(named.endpoint.clone()).models(listener),
            None => Ok(Vec::new()),
        }
    }

    fn unknown(&self, name: &str) -> Trouble {
        let shown: String = name.chars().take(60).collect();
        Trouble {
            what: format!("unknown model `{shown}`"),
            hint: Some(format!(
                "one of {}, `cmd:PROGRAM`, or any name at an endpoint given with --base-url",
                self.names().join(", ")
            )),
        }
    }
}

impl From<Trouble> for Error {
    fn from(trouble: Trouble) -> Self {
        Self::Responder(trouble)
    }
}
