//! `/start`: begins a new session.

use super::action::{Action, Next};
use super::argument::{Arguments, free_text, split_word};
use super::spec::{Alias, Argument, Spec};
use crate::chat::{Chat, session};
use crate::domain::{Error, Result, Sink};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Start {
    pub(super) title: Option<String>,
    pub(super) persona: Option<String>,
}

/// Stands before the name of a persona.
const AS: &str = "--as";

impl Action for Start {
    const SPEC: Spec = Spec {
        name: "/start",
        arguments: "[--as NAME] [TITLE]",
        summary: "starts a new session for the current user and makes it theirs, as a persona if one is named",
        aliases: &[Alias {
            name: "/new",
            implies: "",
        }],
        argument: Argument::Persona { flag: AS },
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        let (first, rest) = split_word(arguments.text);
        if first != AS {
            if first.starts_with("--") {
                return Err(Self::SPEC.unknown_word(first, &[AS]));
            }
            return Ok(Self {
                title: free_text(arguments.text),
                persona: None,
            });
        }
        let (persona, title) = split_word(rest.trim());
        if persona.is_empty() {
            return Err(Error::BadArgument {
                command: "/start --as".into(),
                why: "names no persona".into(),
                hint: "`/personas` lists them".into(),
            });
        }
        Ok(Self {
            title: free_text(title),
            persona: Some(persona.to_owned()),
        })
    }

    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        let (title, persona) = (self.title.as_deref(), self.persona.as_deref());
        session::start(chat, title, persona, false, sink).map(|()| Next::Line)
    }
}
