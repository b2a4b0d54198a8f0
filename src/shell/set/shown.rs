//! What the settings are now, and where that comes from. Nothing secret is among it.

use std::cell::Ref;

use super::super::settings::NamedModel;
use super::given::set_variable;
use super::key::{FIXED, FixedKey, Key, ModelKey, RunKey};
use super::value::{name, seconds};
use super::{Origin, Start, State};
use crate::domain::{Error, Result, Setting, SettingSource};
use crate::responder::{Described, DescribedModel, Endpoint, Models, looks_like_a_key};

/// What is shown in place of a secret.
const HIDDEN: &str = "(hidden)";

/// The settings as they are now.
pub(super) struct Shown<'a> {
    pub(super) state: Ref<'a, State>,
    pub(super) start: &'a Start,
    /// Who answers.
    pub(super) model: String,
    /// How much context it is sent, in tokens, as far as it can be asked.
    pub(super) window: Option<usize>,
}

impl Shown<'_> {
    /// Every setting, and what prevents those of the model from being shown.
    pub(super) fn all(&self) -> (Vec<Setting>, Option<Error>) {
        let described = self.start.models.describe(&self.model);
        let is_endpoint = described
            .as_ref()
            .is_ok_and(|model| matches!(model.answerer, Described::Endpoint(_)));
        let mut settings = Vec::new();
        for key in Key::free() {
            let applies = match key {
                Key::Model(ModelKey::Retries | ModelKey::Timeout(_)) => is_endpoint,
                Key::Model(_) => described.is_ok(),
                _ => true,
            };
            if applies {
                settings.extend(self.rows(&key).unwrap_or_default());
            }
        }
        if let Ok(model) = &described {
            let names = parameters(model).into_iter();
            let rows = names.map(|name| self.rows(&Key::Parameter(name)).unwrap_or_default());
            settings.extend(rows.flatten());
        }
        for key in &FIXED {
            let rows = self.rows(&Key::Fixed(key)).unwrap_or_default();
            settings.extend(rows.into_iter().filter(|row| row.value.is_some()));
        }
        (settings, described.err())
    }

    /// A setting; several if it is a table.
    pub(super) fn rows(&self, key: &Key) -> Result<Vec<Setting>> {
        let (source, origin) = self.origin(key);
        let setting = |key_name: String, value| Setting {
            key: key_name,
            value,
            source,
            origin: origin.clone(),
            model: key.is_of_model().then(|| self.model.clone()),
            is_free: !matches!(key, Key::Fixed(_)),
        };
        let Key::Fixed(fixed) = key else {
            let value = self.value(key)?.map(|value| match key {
                Key::Parameter(name) if is_of_key(name) || has_key(&value) => HIDDEN.to_owned(),
                _ => value,
            });
            return Ok(vec![setting(key.name(), value)]);
        };
        if !matches!(fixed.name, "headers" | "query") {
            return Ok(vec![setting(key.name(), self.fixed(fixed)?)]);
        }
        let model = self.start.models.describe(&self.model)?;
        let names: Vec<String> = match &model.answerer {
            Described::Endpoint(endpoint) if fixed.name == "headers" => names(&endpoint.headers),
            Described::Endpoint(endpoint) => names(&endpoint.query),
            _ => Vec::new(),
        };
        if names.is_empty() {
            return Ok(vec![setting(key.name(), None)]);
        }
        let rows = names.into_iter().map(|name| {
            let name = format!("{}.{name}", fixed.name);
            setting(name, Some(HIDDEN.to_owned()))
        });
        Ok(rows.collect())
    }

    /// The value of a setting that may be changed, as it is typed.
    pub(super) fn value(&self, key: &Key) -> Result<Option<String>> {
        let state = &self.state;
        let key = match key {
            Key::Run(key) => {
                return Ok(Some(match key {
                    RunKey::Markdown => state.terminal.markdown.to_string(),
                    RunKey::Reasoning => name(&state.terminal.reasoning),
                    RunKey::Verbose => state.verbose.to_string(),
                    RunKey::Prompt => state.prompt().to_string(),
                    RunKey::Share => state.share.to_string(),
                    RunKey::Keys => name(&state.keys),
                    RunKey::Parallel => state.parallel.to_string(),
                }));
            }
            Key::Fixed(_) => return Ok(None),
            key => key,
        };
        let model = self.start.models.describe(&self.model)?;
        let endpoint = endpoint(&model);
        Ok(match key {
            Key::Model(ModelKey::Window) => Some(self.window.unwrap_or(model.window).to_string()),
            Key::Model(ModelKey::Compact) => Some(name(&model.compact)),
            Key::Model(ModelKey::Retries) => endpoint.map(|it| it.retries.to_string()),
            Key::Model(ModelKey::Timeout(name)) => endpoint.map(|it| seconds(&it.limits, name)),
            Key::Parameter(name) => {
                let value = endpoint.and_then(|it| it.parameters.get(name));
                value.map(ToString::to_string)
            }
            Key::Run(_) | Key::Fixed(_) => None,
        })
    }

    /// The value of a setting that was decided at the start.
    fn fixed(&self, key: &FixedKey) -> Result<Option<String>> {
        match key.name {
            "user" => return Ok(Some(self.start.user.clone())),
            "model" => return Ok(Some(self.start.model.clone())),
            "store" => return Ok(Some(self.start.store.clone())),
            _ => {}
        }
        let model = self.start.models.describe(&self.model)?;
        if key.name == "system" {
            return Ok(model.system);
        }
        let endpoint = match &model.answerer {
            Described::Endpoint(endpoint) => endpoint,
            // Its arguments may be secret.
            Described::Program(words) => {
                return Ok(words.first().filter(|_| key.name == "command").cloned());
            }
            Described::BuiltIn(_) => return Ok(None),
        };
        Ok(match key.name {
            "base_url" => Some(endpoint.public_address()),
            "api" => Some(name(&endpoint.api)),
            "key_variable" => endpoint.key_variable.clone(),
            "key_header" => endpoint.key_header.clone(),
            "ca_file" => endpoint.ca_file.as_ref().map(|it| it.display().to_string()),
            "allow_key_over_http" => Some(endpoint.allow_key_over_http.to_string()),
            "proxy" => endpoint.named_proxy(),
            _ => None,
        })
    }

    /// Where the value of a setting comes from.
    fn origin(&self, key: &Key) -> Origin {
        let name = key.name();
        let model = key.is_of_model().then_some(self.model.as_str());
        if matches!(key, Key::Model(ModelKey::Window)) && self.has_learned_window() {
            return (SettingSource::Learned, None);
        }
        if self.state.is_changed(model, &name) {
            return (SettingSource::Set, None);
        }
        if !self.is_own(&name, model) {
            if let Some(flag) = self.start.flags.flag(&name) {
                return (SettingSource::Flag, Some(flag.to_owned()));
            }
            if let Some(variable) = set_variable(&name) {
                return (SettingSource::Environment, Some(variable));
            }
        }
        if self.is_in_file(key) {
            let path = self.start.path.as_ref();
            let path = path.map(|path| path.display().to_string());
            return (SettingSource::Configuration, path);
        }
        (SettingSource::Default, None)
    }

    /// Whether the model is sent another context than anybody has said, by what its endpoint
    /// has refused.
    fn has_learned_window(&self) -> bool {
        let described = self.start.models.describe(&self.model);
        let said = described.ok().map(|model| model.window);
        self.window.is_some() && said.is_some() && self.window != said
    }

    /// Whether a model has something of its own that flags and variables give to
    /// other addresses only.
    fn is_own(&self, name: &str, model: Option<&str>) -> bool {
        const OF_ADDRESS: [&str; 5] = [
            "base_url",
            "api",
            "key_variable",
            "key_header",
            "allow_key_over_http",
        ];
        let described = model.and_then(|model| self.described(model));
        let has_own = described.is_some_and(|model| model.base_url.is_some());
        OF_ADDRESS.contains(&name) && (has_own || self.is_at_files_endpoint())
    }

    fn described(&self, model: &str) -> Option<&NamedModel> {
        self.start.file.models.0.get(model)?.as_ref().ok()
    }

    /// Whether the model is at the endpoint that the configuration has for all without
    /// one. What no table describes is not if a flag or a variable names another.
    fn is_at_files_endpoint(&self) -> bool {
        let is_elsewhere = match self.described(&self.model) {
            Some(model) => model.base_url.is_some() || model.command.is_some(),
            None => {
                Models::is_reserved(&self.model)
                    || self.start.flags.flag("base_url").is_some()
                    || set_variable("base_url").is_some()
            }
        };
        self.start.file.base_url.is_some() && !is_elsewhere
    }

    /// Whether the configuration says something about a setting.
    fn is_in_file(&self, key: &Key) -> bool {
        let file = &self.start.file;
        let of_model =
            |is_in: fn(&NamedModel) -> bool| self.described(&self.model).is_some_and(is_in);
        match key {
            Key::Run(key) => match key {
                RunKey::Markdown => file.markdown.is_some(),
                RunKey::Reasoning => file.reasoning.is_some(),
                RunKey::Verbose => file
                    .verbose
                    .is_some_and(|verbose| verbose == self.state.verbose),
                RunKey::Prompt => file.prompt.is_some(),
                RunKey::Share => file.share.is_some(),
                RunKey::Keys => file.keys.is_some(),
                RunKey::Parallel => file.parallel.is_some(),
            },
            Key::Model(key) => match key {
                ModelKey::Window => of_model(|it| it.window.is_some()),
                ModelKey::Compact => of_model(|it| it.compact.is_some()),
                ModelKey::Retries => of_model(|it| it.retries.is_some()),
                ModelKey::Timeout("connect") => of_model(|it| it.connect.is_some()),
                ModelKey::Timeout("first_byte") => of_model(|it| it.first_byte.is_some()),
                ModelKey::Timeout("idle") => of_model(|it| it.idle.is_some()),
                ModelKey::Timeout(_) => of_model(|it| it.total.is_some()),
            },
            Key::Parameter(name) => self
                .described(&self.model)
                .is_some_and(|it| it.parameters.contains_key(name) || it.without.contains(name)),
            Key::Fixed(key) => match key.name {
                "user" => file.user.is_some(),
                "store" => file.store.is_some(),
                "model" => file.model.is_some(),
                "base_url" => of_model(|it| it.base_url.is_some()) || self.is_at_files_endpoint(),
                "command" => of_model(|it| it.command.is_some()),
                "system" => of_model(|it| it.system.is_some()),
                "api" => {
                    of_model(|it| it.api.is_some())
                        || file.api.is_some() && self.is_at_files_endpoint()
                }
                "key_variable" => {
                    of_model(|it| it.key_variable.is_some())
                        || file.key_variable.is_some() && self.is_at_files_endpoint()
                }
                "key_header" => of_model(|it| it.key_header.is_some()),
                "headers" => of_model(|it| !it.headers.is_empty()),
                "query" => of_model(|it| !it.query.is_empty()),
                "ca_file" => of_model(|it| it.ca_file.is_some()),
                "allow_key_over_http" => of_model(|it| it.allow_key_over_http),
                _ => of_model(|it| it.proxy.is_some()),
            },
        }
    }
}

fn endpoint(model: &DescribedModel) -> Option<&Endpoint> {
    match &model.answerer {
        Described::Endpoint(endpoint) => Some(endpoint),
        _ => None,
    }
}

/// The names of the parameters that a model is sent, or not sent.
fn parameters(model: &DescribedModel) -> Vec<String> {
    let endpoint = endpoint(model);
    endpoint.map_or_else(Vec::new, |it| it.parameters.keys().cloned().collect())
}

/// Whether something in the value of a parameter looks like a key.
fn has_key(value: &str) -> bool {
    let is_of_word = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    let mut words = value.split(|c| !is_of_word(c));
    words.any(|word| looks_like_a_key(word) || is_of_key(word))
}

/// Whether what has this name is a key, or something like it.
fn is_of_key(name: &str) -> bool {
    const WORDS: [&str; 10] = [
        "key",
        "apikey",
        "token",
        "secret",
        "password",
        "passwd",
        "auth",
        "authorization",
        "credential",
        "credentials",
    ];
    let mut parts = name.split(['_', '-']);
    parts.any(|part| WORDS.iter().any(|word| part.eq_ignore_ascii_case(word)))
}

fn names(pairs: &[(String, String)]) -> Vec<String> {
    pairs.iter().map(|(name, _)| name.clone()).collect()
}
