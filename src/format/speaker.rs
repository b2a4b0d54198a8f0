//! Who speaks, by the many names that programs have for it.

use crate::domain::Role;

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Speaker {
    Of(Role),
    /// A tool or function that the model had called.
    Tool,
    /// Somebody of whom nothing is known.
    Stranger,
}

impl Speaker {
    pub(super) fn named(word: &str) -> Self {
        match word.trim().to_ascii_lowercase().as_str() {
            "assistant" | "ai" | "model" | "gpt" => Self::Of(Role::Ai),
            "user" | "human" => Self::Of(Role::User),
            "system" | "developer" => Self::Of(Role::System),
            "tool" | "function" => Self::Tool,
            _ => Self::Stranger,
        }
    }
}
