//! A model of the configuration, checked and ready to be asked.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use super::environment::variable;
use super::expansion::{expanded, from_home, is_key_variable, path_values};
use super::file_endpoint::FileEndpoint;
use super::flags::{Flags, NO_VARIABLE, proxy_choice, set_key};
use super::header;
use super::parameters;
use super::settings::{FileError, NamedModel, NamedPrice, SourceMap};
use super::timeouts::Timeouts;
use super::window_tokens::WindowTokens;
use crate::responder::{Answerer, Api, DEFAULT_WINDOW, Endpoint, Models, Named, Price};

/// A model as the file describes it, and what there is besides.
pub(super) struct Description<'a> {
    pub(super) name: &'a str,
    pub(super) model: &'a NamedModel,
    pub(super) flags: &'a Flags,
    pub(super) places: &'a SourceMap,
    /// Where it is asked if it has no address of its own.
    pub(super) file_endpoint: &'a Result<Option<FileEndpoint>, FileError>,
}

impl Description<'_> {
    /// What answers to the name.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub(super) fn named(&self) -> Result<Named, FileError> {
        if Models::is_reserved(self.name) {
            return Err(self.wrong(&[], "the name means something else already"));
        }
        let answerer = match &self.model.command {
            Some(command) => self.program(command)?,
            None => Answerer::Endpoint(Box::new(self.endpoint()?)),
        };
        let system = self.flags.system.as_ref().or(self.model.system.as_ref());
        Ok(Named {
            answerer,
            system: system.cloned(),
            compact: self
                .flags
                .compact
                .or(self.model.compact)
                .unwrap_or_default(),
            price: self
                .model
                .price
                .map(|price| self.price(price))
                .transpose()?,
        })
    }

    fn wrong(&self, key: &[&str], why: &str) -> FileError {
        let path = [&["models", self.name], key].concat();
        let what = match key {
            [] => why.to_owned(),
            key => format!("`{}` {why}", key.join(".")),
        };
        self.places.wrong(&path, &what)
    }

    fn program(&self, command: &[String]) -> Result<Answerer, FileError> {
        // All are named, so that none that is added is forgotten here.
        let NamedModel {
            base_url,
            command: _,
            model,
            api,
            key_variable,
            key_header,
            headers,
            query,
            ca_file,
            allow_key_over_http,
            proxy,
            connect,
            first_byte,
            idle,
            total,
            retries,
            window,
            compact: _,
            price: _,
            system: _,
            parameters,
            without,
        } = self.model;
        let beside = [
            ("base_url", base_url.is_some()),
            ("model", model.is_some()),
            ("api", api.is_some()),
            ("key_variable", key_variable.is_some()),
            ("key_header", key_header.is_some()),
            ("headers", !headers.is_empty()),
            ("query", !query.is_empty()),
            ("ca_file", ca_file.is_some()),
            ("allow_key_over_http", *allow_key_over_http),
            ("proxy", proxy.is_some()),
            ("connect", connect.is_some()),
            ("first_byte", first_byte.is_some()),
            ("idle", idle.is_some()),
            ("total", total.is_some()),
            ("retries", retries.is_some()),
            ("parameters", !parameters.is_empty()),
            ("without", !without.is_empty()),
        ];
        if let Some((key, _)) = beside.iter().find(|(_, is_set)| *is_set) {
            let why = "is of an endpoint, and `command` is a program: a model has one of them";
            return Err(self.wrong(&[key], why));
        }
        let Some((program, arguments)) =
            command.split_first().filter(|(first, _)| !first.is_empty())
        else {
            return Err(self.wrong(&["command"], "names no program"));
        };
        let program = self.path("command", program)?;
        let program = program.to_string_lossy().into_owned();
        Ok(Answerer::Program {
            words: [&[program], arguments].concat(),
            window: self
                .flags
                .window
                .or(*window)
                .map_or(DEFAULT_WINDOW, |it| it.0),
        })
    }

    fn endpoint(&self) -> Result<Endpoint, FileError> {
        let (model, flags) = (self.model, self.flags);
        let own = model
            .base_url
            .as_deref()
            .map(|url| self.expanded(&["base_url"], url));
        let own = own.transpose()?;
        let called = model.model.as_deref().unwrap_or(self.name);
        let of_file = self.file_endpoint.as_ref().map_err(Clone::clone);
        let (mut endpoint, is_of_flags) = if let Some(base_url) = own {
            (Endpoint::new(called, base_url), false)
        } else if let Some(file_endpoint) = of_file? {
            (file_endpoint.at(called), false)
        } else if let Some(base_url) = &flags.base_url {
            (Endpoint::new(called, base_url), true)
        } else {
            let file_error = self.wrong(&[], "it has neither a `base_url` nor a `command`");
            return Err(file_error);
        };
        if let Some(written) = &model.base_url {
            endpoint.address_as_written.clone_from(written);
            endpoint.path_secrets = path_values(written, &variable);
        }
        endpoint.api = model.api.unwrap_or(endpoint.api);
        self.set_secrets(&mut endpoint)?;
        endpoint.allow_key_over_http = model.allow_key_over_http;
        if let Some(file) = &model.ca_file {
            let file = self.expanded(&["ca_file"], file)?;
            endpoint.ca_file = Some(self.path("ca_file", &file)?);
        }
        if let Some(proxy) = &model.proxy {
            endpoint.proxy = proxy_choice(&self.expanded(&["proxy"], proxy)?);
            endpoint.proxy_origin = format!("`proxy` of the model `{}`", self.name);
        }
        let timeouts = Timeouts::of(model).map_err(|(key, why)| self.wrong(&[key], &says(&why)))?;
        timeouts.apply(&mut endpoint.limits);
        endpoint.retries = model.retries.unwrap_or(endpoint.retries);
        if let Some(WindowTokens(window)) = model.window {
            endpoint.window = window;
            endpoint.is_window_configured = true;
        }
        let parameters = parameters::from_file(&model.parameters, &model.without);
        endpoint.parameters = parameters.map_err(|(key, why)| {
            let key: Vec<&str> = key.iter().map(String::as_str).collect();
            self.wrong(&key, &why)
        })?;
        if is_of_flags {
            flags.apply_to_address(&mut endpoint);
        }
        flags.apply(&mut endpoint);
        endpoint.check().map_err(|problem| {
            let path = ["models", self.name, "base_url"];
            let file_error = self.places.wrong(&path, &problem.what);
            file_error.with_hint(problem.hint)
        })?;
        Ok(endpoint)
    }

    /// The key, and what else is kept as it is.
    fn set_secrets(&self, endpoint: &mut Endpoint) -> Result<(), FileError> {
        if let Some(name) = &self.model.key_variable
            && !is_key_variable(name)
        {
            return Err(self.wrong(&["key_variable"], NO_VARIABLE));
        }
        let key_variable = self.key_variable();
        if let Some(name) = key_variable {
            set_key(endpoint, name);
        }
        if let Some(name) = &self.model.key_header {
            header::check_name(name).map_err(|why| self.wrong(&["key_header"], &says(&why)))?;
            endpoint.key_header = Some(name.clone());
        }
        let mut seen = HashSet::new();
        for name in self.model.headers.keys() {
            header::check_name(name).map_err(|why| self.wrong(&["headers"], &says(&why)))?;
            if !seen.insert(name.to_ascii_lowercase()) {
                return Err(self.wrong(&["headers", name], "is there twice"));
            }
        }
        let holder = match (&self.model.key_header, endpoint.api) {
            (Some(name), _) => name.as_str(),
            (None, Api::Anthropic) => "x-api-key",
            (None, Api::Chat | Api::Responses) => "authorization",
        };
        let holder = holder.to_ascii_lowercase();
        if key_variable.is_some() && seen.contains(&holder) {
            let why = format!("has `{holder}`, which is the header of the key");
            return Err(self.wrong(&["headers"], &why));
        }
        endpoint.headers = self.pairs("headers", &self.model.headers)?;
        for (name, value) in &endpoint.headers {
            header::check_value(value).map_err(|why| self.wrong(&["headers", name], &why))?;
        }
        endpoint.query = self.pairs("query", &self.model.query)?;
        Ok(())
    }

    /// Its own, or that of the endpoint that it shares.
    fn key_variable(&self) -> Option<&str> {
        let shared = match (&self.model.base_url, self.file_endpoint) {
            (None, Ok(Some(file_endpoint))) => file_endpoint.key_variable.as_deref(),
            _ => None,
        };
        self.model.key_variable.as_deref().or(shared)
    }

    fn pairs(
        &self,
        table: &str,
        values: &BTreeMap<String, String>,
    ) -> Result<Vec<(String, String)>, FileError> {
        let pairs = values.iter().map(|(name, value)| {
            let value = self.expanded(&[table, name], value)?;
            Ok((name.clone(), value))
        });
        pairs.collect()
    }

    fn expanded(&self, key: &[&str], value: &str) -> Result<String, FileError> {
        expanded(value, &variable).map_err(|why| self.wrong(key, &says(&why)))
    }

    fn path(&self, key: &str, path: &str) -> Result<PathBuf, FileError> {
        from_home(Path::new(path)).map_err(|why| self.wrong(&[key], &says(&why)))
    }

    fn price(&self, price: NamedPrice) -> Result<Price, FileError> {
        let NamedPrice { input, output } = price;
        for (name, price) in [("input", input), ("output", output)] {
            if !price.is_finite() || price < 0.0 {
                return Err(self.wrong(&["price", name], "is no price"));
            }
        }
        Ok(Price { input, output })
    }
}

/// What is wrong with the value of a key, to be read behind its name.
fn says(why: &str) -> String {
    format!("cannot be used: {why}")
}
