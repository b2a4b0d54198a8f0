//! Finds the responder for the name of a model.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;
use std::time::Duration;

use super::changes::{Compact, ModelChanges};
use super::described::{Described, DescribedModel};
use super::http::{Endpoint, Http, Pool};
use super::mock::{self, Mock, NAMES};
use super::process::Process;
use super::{Listener, Responder};
use crate::domain::{Error, Problem, ProblemKind, Result};

/// How the name of a model begins that is an external program.
const COMMAND: &str = "cmd:";

/// A model that the configuration describes.
#[derive(Clone)]
pub(crate) struct Named {
    pub answerer: Answerer,
    /// Its system prompt.
    pub system: Option<String>,
    pub compact: Compact,
    /// What it costs, if that is known.
    pub price: Option<Price>,
}

/// What answers for a model of the configuration.
#[derive(Clone)]
pub(crate) enum Answerer {
    Endpoint(Box<Endpoint>),
    /// A program.
    Program {
        /// Its name and its arguments.
        words: Vec<String>,
        /// How much context it is sent, in tokens.
        window: usize,
    },
    /// Nothing: the configuration of this model is wrong.
    Nothing(Problem),
}

/// What a model costs, for a million tokens, in whatever money.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Price {
    /// That it is sent.
    pub input: f64,
    /// Of its replies.
    pub output: f64,
}

/// What holds for models that the configuration does not describe.
pub(crate) struct Defaults {
    /// The endpoint that is asked for all names that are not known otherwise, or why
    /// there is none.
    pub endpoint: std::result::Result<Option<Endpoint>, Problem>,
    /// How much context an external program is sent, in tokens.
    pub window: usize,
    /// The system prompt.
    pub system: Option<String>,
    pub compact: Compact,
}

/// All models that can be asked: the mocks, those of the configuration, external
/// programs, and whatever else the default endpoint offers.
pub(crate) struct Models {
    named: BTreeMap<String, Named>,
    defaults: Defaults,
    environment: Vec<(OsString, OsString)>,
    /// What was changed since the start, by name.
    changes: RefCell<BTreeMap<String, ModelChanges>>,
    /// The connections to all endpoints.
    pool: Pool,
}

/// A model, ready to answer.
pub(crate) struct Opened {
    pub responder: Box<dyn Responder>,
    /// Its system prompt.
    pub system: Option<String>,
    /// When its contexts are put into fewer words.
    pub compact: Compact,
}

impl Models {
    /// Of `environment` external programs get the allowed variables.
    pub(crate) fn new(
        named: BTreeMap<String, Named>,
        defaults: Defaults,
        environment: Vec<(OsString, OsString)>,
    ) -> Self {
        Self {
            named,
            defaults,
            changes: RefCell::default(),
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

    /// What models cost, as far as that is configured, by the names that their replies
    /// are kept with: those that endpoints know. None where two endpoints have the same
    /// name at different prices.
    pub(crate) fn prices(&self) -> HashMap<String, Price> {
        let mut prices: HashMap<String, Option<Price>> = HashMap::new();
        for (name, it) in &self.named {
            let name = match &it.answerer {
                Answerer::Endpoint(endpoint) => &endpoint.model,
                Answerer::Program { .. } | Answerer::Nothing(_) => name,
            };
            if let Some(price) = it.price {
                let known = prices.entry(name.clone()).or_insert(Some(price));
                *known = known.filter(|known| *known == price);
            }
        }
        let known = prices.into_iter();
        known
            .filter_map(|(name, price)| Some((name, price?)))
            .collect()
    }

    /// A model that can always be asked, and its name.
    pub(crate) fn fallback(&self) -> (Opened, &'static str) {
        let opened = Opened {
            responder: Box::new(Mock),
            system: self.defaults.system.clone(),
            compact: self.defaults.compact,
        };
        (opened, mock::NAME)
    }

    fn try_open(&self, name: &str) -> std::result::Result<Opened, Problem> {
        let described = self.described(name)?;
        let responder = match described.answerer {
            Described::BuiltIn(mock) => mock,
            Described::Program(words) => self.process(name, words, described.window),
            Described::Endpoint(endpoint) => self.asked(*endpoint)?,
        };
        Ok(Opened {
            responder,
            system: described.system,
            compact: described.compact,
        })
    }

    /// What is known of the model of that name, with what was changed since the start.
    ///
    /// # Errors
    /// If nothing answers to it, or its description is wrong.
    pub(crate) fn describe(&self, name: &str) -> Result<DescribedModel> {
        self.described(name).map_err(Error::Responder)
    }

    fn described(&self, name: &str) -> std::result::Result<DescribedModel, Problem> {
        let named = self.named.get(name).filter(|_| !Self::is_reserved(name));
        let (system, mut compact) = match named {
            Some(named) => (named.system.clone(), named.compact),
            None => (self.defaults.system.clone(), self.defaults.compact),
        };
        let mut window = self.defaults.window;
        let mut answerer = match named.map(|named| &named.answerer) {
            Some(Answerer::Endpoint(endpoint)) => Described::Endpoint(endpoint.clone()),
            Some(Answerer::Program { words, window: own }) => {
                window = *own;
                Described::Program(words.clone())
            }
            Some(Answerer::Nothing(problem)) => return Err(problem.clone()),
            None => self.undescribed(name)?,
        };
        if let Described::Endpoint(endpoint) = &answerer {
            window = endpoint.window;
        }
        if let Some(changes) = self.changes.borrow().get(name) {
            compact = changes.compact.unwrap_or(compact);
            window = changes.window.unwrap_or(window);
            if let Described::Endpoint(endpoint) = &mut answerer {
                changes.apply(endpoint);
            }
        }
        Ok(DescribedModel {
            answerer,
            window,
            system,
            compact,
        })
    }

    /// What answers to a name that the configuration does not describe.
    fn undescribed(&self, name: &str) -> std::result::Result<Described, Problem> {
        if let Some(mock) = mock::named(name) {
            return Ok(Described::BuiltIn(mock));
        }
        if let Some(command) = name.strip_prefix(COMMAND) {
            return Ok(Described::Program(words(command)?));
        }
        let endpoint = self.defaults.endpoint.as_ref().map_err(Clone::clone)?;
        let endpoint = endpoint.as_ref().ok_or_else(|| self.unknown(name))?;
        Ok(Described::Endpoint(Box::new(Endpoint {
            model: name.to_owned(),
            ..endpoint.clone()
        })))
    }

    /// Changes something about the model of that name for as long as this process
    /// lives. What is open stays as it is.
    pub(crate) fn change(&self, name: &str, change: impl FnOnce(&mut ModelChanges)) {
        let mut all = self.changes.borrow_mut();
        change(all.entry(name.to_owned()).or_default());
    }

    fn process(&self, name: &str, words: Vec<String>, window: usize) -> Box<dyn Responder> {
        let environment = self.environment.iter().cloned();
        Box::new(Process::new(name, words, window, environment))
    }

    /// Whether the configuration describes a model of that name wrongly.
    pub(crate) fn is_broken(&self, name: &str) -> bool {
        let named = self.named.get(name);
        named.is_some_and(|named| matches!(named.answerer, Answerer::Nothing(_)))
    }

    /// The variable that should hold the key of a model, and holds none.
    pub(crate) fn empty_key_variable(&self, name: &str) -> Option<&str> {
        let endpoint = match self.named.get(name).map(|named| &named.answerer) {
            Some(Answerer::Endpoint(endpoint)) => endpoint,
            Some(_) => return None,
            None if Self::is_reserved(name) => return None,
            None => self.defaults.endpoint.as_ref().ok()?.as_ref()?,
        };
        let variable = endpoint.key_variable.as_deref();
        variable.filter(|_| endpoint.key.is_none())
    }

    /// Whether something of its own answers to this name, whatever the
    /// configuration says.
    pub(crate) fn is_reserved(name: &str) -> bool {
        Self::is_program(name) || mock::named(name).is_some()
    }

    /// Whether it is one of the models that ask nobody.
    pub(crate) fn is_mock(name: &str) -> bool {
        mock::named(name).is_some()
    }

    /// A model at an endpoint that can be asked.
    fn asked(&self, endpoint: Endpoint) -> std::result::Result<Box<dyn Responder>, Problem> {
        endpoint.check()?;
        Ok(Box::new(Http::new(endpoint, self.pool.clone())))
    }

    /// Waits so long at most before a request is sent for the second time. To be set
    /// before a model is asked.
    pub(crate) fn set_first_wait(&self, wait: Duration) {
        self.pool.set_first_wait(wait);
    }

    /// Whether the name is that of a program, which is in it.
    pub(crate) fn is_program(name: &str) -> bool {
        name.starts_with(COMMAND)
    }

    /// How many tokens of context a model of that name is sent unless it has a window
    /// of its own.
    pub(crate) fn window(&self, name: &str) -> usize {
        let changes = self.changes.borrow();
        let own = changes.get(name).and_then(|changes| changes.window);
        own.unwrap_or(self.defaults.window)
    }

    /// The names that are known without asking an endpoint.
    pub(crate) fn names(&self) -> Vec<String> {
        let mocks = NAMES.iter().map(ToString::to_string);
        mocks.chain(self.named.keys().cloned()).collect()
    }

    /// The names that the default endpoint offers, empty without one; with the error if
    /// it cannot be asked for all of them, or the listener breaks.
    pub(crate) fn offered(&self, listener: &mut Listener<'_>) -> (Vec<String>, Result<()>) {
        match &self.defaults.endpoint {
            Ok(Some(endpoint)) => Http::new(endpoint.clone(), self.pool.clone()).models(listener),
            Ok(None) => (Vec::new(), Ok(())),
            Err(problem) => (Vec::new(), Err(Error::Responder(problem.clone()))),
        }
    }

    fn unknown(&self, name: &str) -> Problem {
        let shown: String = name.chars().take(60).collect();
        Problem {
            kind: ProblemKind::Refused,
            what: format!("unknown model `{shown}`"),
            hint: Some(format!(
                "one of {}, `cmd:PROGRAM`, or any name at an endpoint given with --base-url",
                self.names().join(", ")
            )),
        }
    }
}

/// The words of a command, as a shell would split them. No shell sees them:
/// variables, stars and operators are text like any other.
fn words(command: &str) -> std::result::Result<Vec<String>, Problem> {
    let wrong = |what: &str, hint: &str| Problem::new(ProblemKind::Other, what).with_hint(hint);
    let words = shell_words::split(command).map_err(|_| {
        wrong(
            "a quote in the command of the model is not closed",
            "quotes and backslashes mean what they mean in a shell",
        )
    })?;
    if words.first().is_none_or(String::is_empty) {
        return Err(wrong(
            "the model names no program",
            "write `cmd:PROGRAM ARGS…`",
        ));
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_split_as_a_shell_splits_it() {
        for (command, expected) in [
            ("cat", &["cat"][..]),
            (
                "  sh   -c 'tail -n 1 | cut -c1-60' ",
                &["sh", "-c", "tail -n 1 | cut -c1-60"],
            ),
            (r#"a "b \"c\"" d\ e '' "#, &["a", "b \"c\"", "d e", ""]),
            ("a'b'\"c\"d", &["abcd"]),
            (
                "echo $HOME * `id` $(id); rm",
                &["echo", "$HOME", "*", "`id`", "$(id);", "rm"],
            ),
            ("a 你好\\", &["a", "你好\\"]),
        ] {
            assert_eq!(words(command).unwrap(), expected, "{command}");
        }
        for command in ["a 'b", "a \"b", "it's"] {
            let problem = words(command).unwrap_err();
            let what = "a quote in the command of the model is not closed";
            assert_eq!(problem.what, what, "{command}");
        }
        for command in ["", "  ", "''", "\"\" x", "# nothing"] {
            let problem = words(command).unwrap_err();
            assert_eq!(problem.what, "the model names no program", "{command}");
        }
    }
}
