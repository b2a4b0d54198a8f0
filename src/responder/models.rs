//! Finds the responder for the name of a model.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::time::Duration;

use super::http::{Endpoint, Http, Pool};
use super::mock::{self, NAMES};
use super::process::Process;
use super::{Listener, Responder};
use crate::domain::{Error, Problem, ProblemKind, Result};

/// How the name of a model begins that is an external program.
const COMMAND: &str = "cmd:";

/// A model that the configuration describes.
#[derive(Clone)]
pub(crate) struct Named {
    /// Its endpoint.
    pub endpoint: Endpoint,
    /// Its system prompt.
    pub system: Option<String>,
}

/// All models that can be asked: the mocks, those of the configuration, external
/// programs, and whatever else the default endpoint offers.
pub(crate) struct Models {
    named: BTreeMap<String, Named>,
    /// The endpoint that is asked for all other names.
    endpoint: Option<Named>,
    window: usize,
    /// The system prompt of mocks and external programs.
    system: Option<String>,
    environment: Vec<(OsString, OsString)>,
    /// The connections to all endpoints.
    pool: Pool,
}

/// A model, ready to answer.
pub(crate) struct Opened {
    pub responder: Box<dyn Responder>,
    /// Its system prompt.
    pub system: Option<String>,
}

impl Models {
    /// `window` is how much context an external program is sent, in tokens; `system`
    /// is its system prompt; of `environment` it gets the allowed variables.
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
            pool: Pool::new(&environment),
            environment,
        }
    }

    /// The model of that name.
    ///
    /// # Errors
    /// [`Error::Responder`] if nothing answers to it, or it cannot be asked.
    pub(crate) fn open(&self, name: &str) -> Result<Opened> {
        self.try_open(name).map_err(Error::Responder)
    }

    fn try_open(&self, name: &str) -> std::result::Result<Opened, Problem> {
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
                return Err(Problem {
                    kind: ProblemKind::Other,
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
            responder: Box::new(Http::new(endpoint, self.pool.clone())),
            system,
        })
    }

    /// Waits so long at most before a request is sent for the second time. To be set
    /// before a model is asked.
    pub(crate) fn set_first_wait(&self, wait: Duration) {
        self.pool.set_first_wait(wait);
    }

    pub(crate) fn is_program(name: &str) -> bool {
        name.starts_with(COMMAND)
    }

    /// How many tokens of context a model is sent unless it has a window of its own.
    pub(crate) fn window(&self) -> usize {
        self.window
    }

    /// The names that are known without asking an endpoint.
    pub(crate) fn names(&self) -> Vec<String> {
        let mocks = NAMES.iter().map(ToString::to_string);
        mocks.chain(self.named.keys().cloned()).collect()
    }

    /// The names that the default endpoint offers; empty without one.
    ///
    /// # Errors
    /// It cannot be asked, or the listener breaks.
    pub(crate) fn offered(&self, listener: &mut Listener<'_>) -> Result<Vec<String>> {
        match &self.endpoint {
            Some(named) => Http::new(named.endpoint.clone(), self.pool.clone()).models(listener),
            None => Ok(Vec::new()),
        }
    }

    fn unknown(&self, name: &str) -> Problem {
        let shown: String = name.chars().take(60).collect();
        Problem {
            kind: ProblemKind::Other,
            what: format!("unknown model `{shown}`"),
            hint: Some(format!(
                "one of {}, `cmd:PROGRAM`, or any name at an endpoint given with --base-url",
                self.names().join(", ")
            )),
        }
    }
}
