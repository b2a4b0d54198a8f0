//! How to talk to a real model, for a person who has chosen none yet.

use std::net::SocketAddr;
use std::time::Duration;

use super::environment::variable;
use crate::responder::first_ollama_model;

/// The variables in which people keep their keys, and the arguments by which the
/// endpoints are asked that take them.
const KEYS: [(&str, &str); 8] = [
    ("OPENAI_API_KEY", "--base-url https://api.openai.com/v1"),
    (
        "ANTHROPIC_API_KEY",
        "--base-url https://api.anthropic.com/v1 --api anthropic",
    ),
    (
        "GEMINI_API_KEY",
        "--base-url https://generativelanguage.googleapis.com/v1beta/openai",
    ),
    (
        "OPENROUTER_API_KEY",
        "--base-url https://openrouter.ai/api/v1",
    ),
    ("MISTRAL_API_KEY", "--base-url https://api.mistral.ai/v1"),
    ("GROQ_API_KEY", "--base-url https://api.groq.com/openai/v1"),
    ("DEEPSEEK_API_KEY", "--base-url https://api.deepseek.com/v1"),
    ("XAI_API_KEY", "--base-url https://api.x.ai/v1"),
];

/// What a person is told, and what they can type or copy then.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Advice {
    Sentence(String),
    Command(String),
}

/// What there is that a person could talk to.
#[derive(Debug)]
pub(super) struct FirstStart {
    /// The address of an Ollama that runs, and its first model.
    ollama: Option<(SocketAddr, String)>,
    /// The variables that hold keys, each with the arguments that use it.
    keys: Vec<(&'static str, &'static str)>,
}

impl FirstStart {
    /// Looks at the environment, and for an Ollama at a loopback address, which is
    /// waited for no longer than that. Nobody else is asked anything.
    pub(super) fn look(ollama: SocketAddr, patience: Duration) -> Self {
        let model = first_ollama_model(ollama, patience);
        let keys = KEYS.into_iter();
        Self {
            ollama: model.map(|model| (ollama, model)),
            keys: keys.filter(|(name, _)| variable(name).is_some()).collect(),
        }
    }

    /// Two lines: what there is, and what to type. A key is named by its variable
    /// and never shown.
    pub(super) fn lines(&self) -> [Advice; 2] {
        let names: Vec<&str> = self.keys.iter().map(|(name, _)| *name).collect();
        let are_set = match names.as_slice() {
            [] => String::new(),
            [name] => format!("{name} is set"),
            [names @ .., last] => format!("{} and {last} are set", names.join(", ")),
        };
        let (found, command) = match (&self.ollama, self.keys.first()) {
            (Some((address, model)), first) => {
                let too = first.map_or_else(String::new, |_| format!(" ({are_set}, too)"));
                (
                    format!("Ollama runs here and has {model}{too}:"),
                    format!("saylog --base-url http://{address}/v1 -m {model}"),
                )
            }
            (None, Some((name, arguments))) => (
                format!("{are_set}; start again, with a model of yours:"),
                format!("saylog {arguments} --key-variable {name} -m MODEL"),
            ),
            (None, None) => (
                "Start Ollama, or set a variable such as OPENAI_API_KEY, and come again. \
                 Everything else:"
                    .into(),
                "saylog --config-template".into(),
            ),
        };
        let sentence = format!("No model is chosen yet: a mock answers. {found}");
        [Advice::Sentence(sentence), Advice::Command(command)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn offers(ollama: Option<&str>, keys: &[usize], sentence: &str, command: &str) {
        let address = "127.0.0.1:11434".parse().unwrap();
        let first = FirstStart {
            ollama: ollama.map(|model| (address, model.to_owned())),
            keys: keys.iter().map(|at| KEYS[*at]).collect(),
        };
        let sentence = format!("No model is chosen yet: a mock answers. {sentence}");
        let expected = [Advice::Sentence(sentence), Advice::Command(command.into())];
        assert_eq!(first.lines(), expected);
    }

    #[test]
    fn what_is_there_is_offered_by_name() {
        offers(
            Some("llama3.2"),
            &[],
            "Ollama runs here and has llama3.2:",
            "saylog --base-url http://127.0.0.1:11434/v1 -m llama3.2",
        );
        offers(
            Some("phi4"),
            &[0, 1, 4],
            "Ollama runs here and has phi4 \
             (OPENAI_API_KEY, ANTHROPIC_API_KEY and MISTRAL_API_KEY are set, too):",
            "saylog --base-url http://127.0.0.1:11434/v1 -m phi4",
        );
        offers(
            None,
            &[1],
            "ANTHROPIC_API_KEY is set; start again, with a model of yours:",
            "saylog --base-url https://api.anthropic.com/v1 --api anthropic \
             --key-variable ANTHROPIC_API_KEY -m MODEL",
        );
        offers(
            None,
            &[],
            "Start Ollama, or set a variable such as OPENAI_API_KEY, and come again. \
             Everything else:",
            "saylog --config-template",
        );
    }
}
