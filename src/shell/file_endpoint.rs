//! The endpoint that the configuration has for every model without one of its own.

use super::environment::variable;
use super::expansion::{expanded, is_key_variable, path_values};
use super::flags::{Flags, NO_VARIABLE, set_key};
use super::settings::{FileError, Settings};
use crate::responder::{Api, Endpoint};

/// Its address, and what belongs to that: flags and variables say nothing of it, since the
/// key of one company is no other's business.
pub(super) struct FileEndpoint {
    base_url: String,
    /// The address as the file has it, with variables.
    written: String,
    pub(super) api: Option<Api>,
    pub(super) key_variable: Option<String>,
}

impl FileEndpoint {
    /// Reads it, if there is one.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn read(settings: &Settings) -> Result<Option<Self>, FileError> {
        let wrong = |key: &str, why: &str| {
            let what = format!("`{key}` {why}");
            settings.places.wrong(&[key], &what)
        };
        let Some(written) = &settings.base_url else {
            let beside = [
                ("api", settings.api.is_some()),
                ("key_variable", settings.key_variable.is_some()),
            ];
            let alone = beside.iter().find(|(_, is_set)| *is_set);
            return alone.map_or(Ok(None), |(key, _)| {
                Err(wrong(key, "is of an endpoint, and there is no `base_url`"))
            });
        };
        if let Some(name) = &settings.key_variable
            && !is_key_variable(name)
        {
            return Err(wrong("key_variable", NO_VARIABLE));
        }
        let base_url = expanded(written, &variable)
            .map_err(|why| wrong("base_url", &format!("cannot be used: {why}")))?;
        let found = Self {
            base_url,
            written: written.clone(),
            api: settings.api,
            key_variable: settings.key_variable.clone(),
        };
        found.at("").check().map_err(|problem| {
            let file_error = settings.places.wrong(&["base_url"], &problem.what);
            file_error.with_hint(problem.hint)
        })?;
        Ok(Some(found))
    }

    /// A model there, by the name that the endpoint has for it; without a key.
    pub(super) fn at(&self, model: &str) -> Endpoint {
        let mut endpoint = Endpoint::new(model, &self.base_url);
        endpoint.address_as_written.clone_from(&self.written);
        endpoint.path_secrets = path_values(&self.written, &variable);
        endpoint.api = self.api.unwrap_or(endpoint.api);
        endpoint
    }

    /// What is asked for models that no table describes.
    pub(super) fn endpoint(&self, flags: &Flags) -> Endpoint {
        let mut endpoint = self.at("");
        if let Some(name) = &self.key_variable {
            set_key(&mut endpoint, name);
        }
        flags.apply(&mut endpoint);
        endpoint
    }
}
