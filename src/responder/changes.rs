//! What a person changes about a model while the program runs.

use serde_json::{Map, Value};

use super::http::{Endpoint, Limits};

/// When a context is put into fewer words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Compact {
    /// When it fills the model's window
    Auto,
    /// When somebody asks for it
    #[default]
    Off,
}

/// What is different about a model than was said at the start.
#[derive(Clone, Default)]
pub(crate) struct ModelChanges {
    /// When its contexts are summarized.
    pub compact: Option<Compact>,
    /// How much context it is sent, in tokens.
    pub window: Option<usize>,
    /// How often a request is sent again.
    pub retries: Option<u32>,
    pub limits: Option<Limits>,
    /// Parameters that are sent; null takes one away.
    pub parameters: Map<String, Value>,
}

impl ModelChanges {
    /// Changes an endpoint.
    pub(super) fn apply(&self, endpoint: &mut Endpoint) {
        if let Some(window) = self.window {
            endpoint.window = window;
            endpoint.is_window_configured = true;
        }
        endpoint.retries = self.retries.unwrap_or(endpoint.retries);
        endpoint.limits = self.limits.unwrap_or(endpoint.limits);
        endpoint.parameters.extend(self.parameters.clone());
    }
}
