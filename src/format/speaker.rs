//! Who speaks, by the many names that programs have for it.

use crate::domain::Role;

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Speaker {
    /// One that has a place in a log.
    Is(Role),
    /// A tool, whose results are left out.
    Tool,
}

impl Speaker {
    /// Reads the word, whoever wrote it; `None` if it is another.
    pub(super) fn parse(word: &str) -> Option<Self> {
        Some(match word.trim().to_ascii_lowercase().as_str() {
            "system" | "developer" => Self::Is(Role::System),
            "user" | "human" => Self::Is(Role::User),
            "assistant" | "ai" | "gpt" | "model" | "chatgpt" | "bot" | "bard" | "bing" => {
                Self::Is(Role::Ai)
            }
            "tool" | "function" | "observation" | "function_call" | "function_response" => {
                Self::Tool
            }
            _ => return None,
        })
    }
}
