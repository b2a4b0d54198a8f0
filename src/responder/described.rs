//! A model, described as it would answer.

use super::Responder;
use super::changes::Compact;
use super::http::Endpoint;

/// A model as it would answer.
pub(crate) struct DescribedModel {
    pub answerer: Described,
    /// How much context it is sent, in tokens; what another one would be sent if it is
    /// a mock.
    pub window: usize,
    /// Its system prompt.
    pub system: Option<String>,
    pub compact: Compact,
}

/// What answers.
pub(crate) enum Described {
    /// Something of ours, asked nowhere.
    BuiltIn(Box<dyn Responder>),
    /// A program and its arguments.
    Program(Vec<String>),
    Endpoint(Box<Endpoint>),
}
