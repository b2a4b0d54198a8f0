//! A model of the configuration.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::super::window_tokens::WindowTokens;
use crate::responder::{Api, Compact};

/// A model under a name of the person's choice: an endpoint, or a program. It has
/// no `Debug`: headers may hold secrets.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(in crate::shell) struct NamedModel {
    /// The endpoint, up to and with its version: `http://localhost:11434/v1`.
    pub(in crate::shell) base_url: Option<String>,
    /// A program and its arguments, instead of an endpoint.
    pub(in crate::shell) command: Option<Vec<String>>,
    /// What the endpoint calls the model, if not by its own name here.
    pub(in crate::shell) model: Option<String>,
    /// The form of requests and answers.
    pub(in crate::shell) api: Option<Api>,
    /// The environment variable that holds the key. Never the key.
    pub(in crate::shell) key_variable: Option<String>,
    /// The header that the key is sent in, bare.
    pub(in crate::shell) key_header: Option<String>,
    /// Further headers.
    pub(in crate::shell) headers: BTreeMap<String, String>,
    /// What is added to the query of every address.
    pub(in crate::shell) query: BTreeMap<String, String>,
    /// A file of certificates that are trusted besides those of the system.
    pub(in crate::shell) ca_file: Option<String>,
    /// Whether the key may go over plain http to another machine.
    pub(in crate::shell) allow_key_over_http: bool,
    /// The proxy to it, or `none`; if not set, `HTTPS_PROXY` and the like count.
    pub(in crate::shell) proxy: Option<String>,
    /// Seconds to connect; 0 is no limit, as it is for the next three.
    pub(in crate::shell) connect: Option<f64>,
    /// Seconds to the beginning of the answer.
    pub(in crate::shell) first_byte: Option<f64>,
    /// Seconds between two pieces of an answer.
    pub(in crate::shell) idle: Option<f64>,
    /// Seconds for a turn, all tries together.
    pub(in crate::shell) total: Option<f64>,
    /// How often a request is sent again.
    pub(in crate::shell) retries: Option<u32>,
    /// Its window, in tokens.
    pub(in crate::shell) window: Option<WindowTokens>,
    /// When the context is summarized.
    pub(in crate::shell) compact: Option<Compact>,
    /// What it costs.
    pub(in crate::shell) price: Option<NamedPrice>,
    /// The system prompt.
    pub(in crate::shell) system: Option<String>,
    /// Further parameters, sent as they are: `temperature`, `top_p`, …
    pub(in crate::shell) parameters: toml::Table,
    /// Parameters that are not sent, though they are by default.
    pub(in crate::shell) without: Vec<String>,
}

/// What a model costs.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::shell) struct NamedPrice {
    /// For a million tokens that it is sent.
    pub(in crate::shell) input: f64,
    /// For a million tokens of its replies.
    pub(in crate::shell) output: f64,
}
